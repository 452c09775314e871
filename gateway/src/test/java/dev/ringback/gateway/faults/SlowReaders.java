package dev.ringback.gateway.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ringback.loadtest.client.Target;
import dev.ringback.protocol.JobId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Clients that ask for a job's events and never read them, for as long as they are let. */
final class SlowReaders implements AutoCloseable {
    /** So small that the gateway soon has nowhere to write. */
    private static final int RECEIVE_BUFFER_BYTES = 1_024;

    private static final int CONNECT_MILLIS = 2_000;

    private final List<Target> gateways;
    private final List<JobId> jobs;
    private final RandomGenerator random;
    private final List<Socket> sockets = new ArrayList<>();

    SlowReaders(List<Target> gateways, List<JobId> jobs, RandomGenerator random) {
        this.gateways = gateways;
        this.jobs = jobs;
        this.random = random;
    }

    /** So many more come; those whose gateway is away stay away too. */
    void come(int count) {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket();
            sockets.add(socket);
            ask(socket, jobs.get(random.nextInt(jobs.size())));
        }
    }

    private void ask(Socket socket, JobId job) {
        Target target = gateways.get(random.nextInt(gateways.size()));
        try {
            socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
            socket.connect(new InetSocketAddress(target.host(), target.port()), CONNECT_MILLIS);
            String request = "GET /jobs/" + job + "/events HTTP/1.1\r\nHost: " + target.authority() + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
        } catch (IOException away) {
            // It is one less then.
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
