package dev.ringback.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.testkit.Sockets;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * Stands between one gateway and Redis, and cuts it off at one of the commands that name a job. None that names it passes any more: to
 * the job that is the death of the gateway between two steps.
 */
final class RedisCutter implements AutoCloseable {
    private final ServerSocket server;
    private final int redisPort;
    private final Set<Socket> gateways = ConcurrentHashMap.newKeySet();
    private final Set<Socket> redises = ConcurrentHashMap.newKeySet();
    private final CountDownLatch cutOff = new CountDownLatch(1);

    /** Guarded by this, as are the others. */
    private String named = "";

    private int number;
    private boolean passes;
    private int seen;
    private boolean cut;
    /** How many connections of the gateway there are, and were when it was cut. */
    private int links;

    private int linksBefore;

    private RedisCutter(int redisPort) throws IOException {
        this.redisPort = redisPort;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    /** Listens on a free port, and passes all on as yet. */
    static RedisCutter before(int redisPort) {
        try {
            return new RedisCutter(redisPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String uri() {
        return "redis://127.0.0.1:" + server.getLocalPort();
    }

    /**
     * Cuts at a command that is still to come.
     *
     * @param word what the commands have in them
     * @param which of them, from 1
     * @param done whether Redis still gets this one; the gateway hears no answer to it
     */
    synchronized void cutAt(String word, int which, boolean done) {
        named = word;
        number = which;
        passes = done;
        seen = 0;
    }

    synchronized boolean isCut() {
        return cut;
    }

    /** Awaited by who does something at once when it is cut. */
    CountDownLatch cutOff() {
        return cutOff;
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "redis-cutter");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket gateway = server.accept();
                Socket redis = new Socket(InetAddress.getLoopbackAddress(), redisPort);
                redis.setTcpNoDelay(true);
                gateway.setTcpNoDelay(true);
                gateways.add(gateway);
                redises.add(redis);
                Link link = new Link(gateway, redis, begin());
                daemon(() -> passCommands(link));
                daemon(() -> passAnswers(link));
            } catch (IOException e) {
                // It is closed, or Redis is away.
            }
        }
    }

    /**
     * One connection of the gateway.
     *
     * @param late whether it was made when the gateway had been cut off already
     */
    private record Link(Socket gateway, Socket redis, boolean late) {}

    private synchronized boolean begin() {
        links++;
        return cut;
    }

    private synchronized void end(Link link) {
        if (cut == link.late) {
            links--;
        }
    }

    /** Whether the gateway, cut off and back, has as many connections as before: it can be closed then. */
    synchronized boolean isWhole() {
        return !cut || links >= linksBefore;
    }

    /** Redis does what it has, though nobody hears of it. */
    private void passCommands(Link link) {
        try {
            DataInputStream in = new DataInputStream(new BufferedInputStream(link.gateway.getInputStream()));
            while (true) {
                passCommand(command(in), link);
            }
        } catch (IOException e) {
            Sockets.close(link.gateway);
            if (!isCutOff(link)) {
                Sockets.close(link.redis);
            }
        }
    }

    private synchronized boolean isCutOff(Link link) {
        return cut && !link.late;
    }

    /** What names the job never passes again. */
    private synchronized void passCommand(byte[] command, Link link) throws IOException {
        boolean isNamed = !named.isEmpty() && new String(command, ISO_8859_1).contains(named);
        if (isNamed && !cut && ++seen == number) {
            cut(passes ? command : new byte[0], link);
        }
        if (cut && (isNamed || !link.late)) {
            throw new EOFException("cut off");
        }
        link.redis.getOutputStream().write(command);
    }

    private synchronized void cut(byte[] last, Link link) throws IOException {
        cut = true;
        linksBefore = links;
        links = 0;
        link.redis.getOutputStream().write(last);
        gateways.forEach(Sockets::close);
        cutOff.countDown();
    }

    private void passAnswers(Link link) {
        byte[] buffer = new byte[16 << 10];
        try {
            InputStream in = link.redis.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!isCutOff(link)) {
                    link.gateway.getOutputStream().write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            // One side has gone.
        }
        Sockets.close(link.gateway);
        Sockets.close(link.redis);
        end(link);
    }

    /** One command as it came: an array of strings with their lengths. */
    private static byte[] command(DataInputStream in) throws IOException {
        ByteArrayOutputStream command = new ByteArrayOutputStream();
        int parts = length(in, command);
        for (int i = 0; i < parts; i++) {
            byte[] part = new byte[length(in, command) + 2];
            in.readFully(part);
            command.write(part);
        }
        return command.toByteArray();
    }

    private static int length(DataInputStream in, ByteArrayOutputStream command) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            line.append((char) c);
        }
        command.write((line + "\n").getBytes(ISO_8859_1));
        return Integer.parseInt(line.substring(1, line.length() - 1));
    }

    @Override
    public void close() {
        Sockets.close(server);
        gateways.forEach(Sockets::close);
        redises.forEach(Sockets::close);
    }
}
