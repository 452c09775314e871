package dev.ringback.loadtest.webhook;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.loadtest.server.LineProcess;
import dev.ringback.loadtest.server.ProcessFigures;
import dev.ringback.loadtest.server.SelfCommand;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A sink that runs in a process of its own. Any thread. */
final class RemoteSink implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LineProcess process;
    private final Sink.Ports ports;

    /** @param cpus processors that it is bound to, as {@code taskset} takes them; empty for all */
    RemoteSink(int endpoints, String cpus) throws IOException {
        List<String> command = SelfCommand.with("webhook-sink", "--endpoints", Integer.toString(endpoints));
        process = LineProcess.start(command, cpus);
        ports = JSON.readValue(ask(SinkCommand.PORTS), Sink.Ports.class);
    }

    private synchronized String ask(String line) throws IOException {
        return process.ask(line);
    }

    /** URLs of the endpoints that answer. */
    List<String> urls() {
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < ports.endpoints().size(); i++) {
            urls.add("http://127.0.0.1:" + ports.endpoints().get(i) + SinkConnection.PATH + i);
        }
        return urls;
    }

    Sink.Ports ports() {
        return ports;
    }

    void begin(SinkRun run) throws IOException {
        ask(JSON.writeValueAsString(run));
    }

    SinkFigures read() throws IOException {
        return JSON.readValue(ask(SinkCommand.READ), SinkFigures.class);
    }

    long distinct() throws IOException {
        return Long.parseLong(ask(SinkCommand.DISTINCT));
    }

    double cpuSeconds() {
        return ProcessFigures.cpuSeconds(process.pid());
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
