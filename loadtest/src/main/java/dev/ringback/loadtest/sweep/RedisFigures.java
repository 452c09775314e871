package dev.ringback.loadtest.sweep;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ringback.loadtest.client.WireException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/** What Redis counts of itself, by {@code INFO} over a connection of its own. */
public final class RedisFigures implements Closeable {
    private static final int TIMEOUT_MILLIS = 10_000;

    /**
     * Counts since Redis started.
     *
     * @param reads {@code HMGET}s: what a gateway reads a job with
     * @param scripts {@code EVALSHA}s: what a gateway writes a job with
     * @param commands all commands, those of scripts included
     * @param cpuSeconds user and system
     */
    public record Reading(long reads, long scripts, long commands, double cpuSeconds) {}

    private final Socket socket;
    private final InputStream in;

    public RedisFigures(String address) throws IOException {
        String[] parts = address.split(":", 2);
        if (parts.length != 2 || !parts[1].matches("\\d{1,5}")) {
            throw new WireException("--redis must be HOST:PORT, not " + address);
        }
        socket = new Socket(parts[0], Integer.parseInt(parts[1]));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    public Reading read() throws IOException {
        return parse(info("commandstats") + info("stats") + info("cpu"));
    }

    /** Reads what {@code INFO} says. */
    static Reading parse(String info) throws WireException {
        long reads = 0;
        long scripts = 0;
        long commands = -1;
        double cpu = 0;
        for (String line : info.split("\r\n", -1)) {
            if (line.startsWith("cmdstat_hmget:calls=")) {
                reads = calls(line);
            } else if (line.startsWith("cmdstat_evalsha:calls=")) {
                scripts = calls(line);
            } else if (line.startsWith("total_commands_processed:")) {
                commands = Long.parseLong(line.substring(line.indexOf(':') + 1));
            } else if (line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:")) {
                cpu += Double.parseDouble(line.substring(line.indexOf(':') + 1));
            }
        }
        if (commands < 0) {
            throw new WireException("Redis does not say what it counted: " + info);
        }
        return new Reading(reads, scripts, commands, cpu);
    }

    private static long calls(String line) {
        return Long.parseLong(line.substring(line.indexOf('=') + 1, line.indexOf(',')));
    }

    private String info(String section) throws IOException {
        socket.getOutputStream().write(("INFO " + section + "\r\n").getBytes(US_ASCII));
        String head = line();
        if (!head.matches("\\$\\d{1,9}")) {
            throw new WireException("Redis answers " + head);
        }
        byte[] body = in.readNBytes(Integer.parseInt(head.substring(1)));
        line();
        return new String(body, US_ASCII);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            line.append((char) next);
            next = in.read();
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
