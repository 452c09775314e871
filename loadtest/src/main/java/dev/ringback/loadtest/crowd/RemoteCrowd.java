package dev.ringback.loadtest.crowd;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A part of a crowd in a process of its own. */
public final class RemoteCrowd implements Crowd {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STOP_SECONDS = 5;

    private final Process process;
    private final BufferedWriter to;
    private final BufferedReader from;

    /** Starts the command, which must come to {@link CrowdCommand}. */
    public RemoteCrowd(List<String> command, Plan plan) throws IOException {
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        to = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), UTF_8));
        from = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        ask(JSON.writeValueAsString(plan));
    }

    public long pid() {
        return process.pid();
    }

    private String ask(String line) throws IOException {
        to.write(line);
        to.newLine();
        to.flush();
        String answer = from.readLine();
        if (answer == null) {
            throw new IOException("a client process ended; what it said is above");
        }
        return answer;
    }

    @Override
    public void open() throws IOException {
        ask(CrowdCommand.OPEN);
    }

    @Override
    public void churn() throws IOException {
        ask(CrowdCommand.CHURN);
    }

    @Override
    public void storm() throws IOException {
        ask(CrowdCommand.STORM);
    }

    @Override
    public CrowdFigures read() throws IOException {
        return JSON.readValue(ask(CrowdCommand.READ), CrowdFigures.class);
    }

    @Override
    public long outstanding(long[] accepted) throws IOException {
        return Long.parseLong(ask(CrowdCommand.OUTSTANDING + JSON.writeValueAsString(accepted)));
    }

    @Override
    public long missing(long[] accepted) throws IOException {
        return Long.parseLong(ask(CrowdCommand.MISSING + JSON.writeValueAsString(accepted)));
    }

    @Override
    public void close() throws IOException {
        to.close();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
