package dev.ringback.loadtest.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.util.List;

/** A process that answers each line with a line; the end of its input ends it. For one thread. */
public final class LineProcess implements Closeable {
    /** What such a process does with a line. */
    @FunctionalInterface
    public interface Answerer {
        String answer(String line) throws IOException;
    }

    private static final int STOP_SECONDS = 5;

    private final Process process;
    private final BufferedWriter to;
    private final BufferedReader from;

    private LineProcess(Process process) {
        this.process = process;
        this.to = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), UTF_8));
        this.from = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    /** @param cpus processors that it is bound to, as {@code taskset} takes them; empty for all */
    public static LineProcess start(List<String> command, String cpus) throws IOException {
        return new LineProcess(new ProcessBuilder(LoadedServer.pinned(command, cpus))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    public long pid() {
        return process.pid();
    }

    public String ask(String line) throws IOException {
        to.write(line);
        to.newLine();
        to.flush();
        String answer = from.readLine();
        if (answer == null) {
            throw new IOException("a client process ended; what it said is above");
        }
        return answer;
    }

    /** The process's own side: answers what it is asked until there is no more. */
    public static void serve(BufferedReader in, Answerer answerer) throws IOException {
        String line = in.readLine();
        while (line != null) {
            System.out.println(answerer.answer(line));
            line = in.readLine();
        }
    }

    @Override
    public void close() throws IOException {
        to.close();
        Ending.await(process, STOP_SECONDS);
    }
}
