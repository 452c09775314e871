package dev.ringback.loadtest.crowd;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.loadtest.server.LineProcess;
import java.io.IOException;
import java.util.List;

/** A part of a crowd in a process of its own. */
public final class RemoteCrowd implements Crowd {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LineProcess process;

    /** Starts the command, which must come to {@link CrowdCommand}. */
    public RemoteCrowd(List<String> command, Plan plan) throws IOException {
        process = LineProcess.start(command, "");
        ask(JSON.writeValueAsString(plan));
    }

    public long pid() {
        return process.pid();
    }

    private String ask(String line) throws IOException {
        return process.ask(line);
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
        process.close();
    }
}
