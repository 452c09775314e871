package dev.ringback.loadtest.crowd;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.loadtest.server.LineProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** A part of a crowd, told what to do by the process that started it: one line in, one line out; the end of the input ends it. */
@Command(
        name = "crowd-part",
        hidden = true,
        description = "Started by the harness itself when it needs more processes.")
public final class CrowdCommand implements Callable<Integer> {
    static final String OPEN = "open";
    static final String CHURN = "churn";
    static final String STORM = "storm";
    static final String READ = "read";
    static final String OUTSTANDING = "outstanding ";
    static final String MISSING = "missing ";
    static final String DONE = "done";

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public Integer call() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        String first = in.readLine();
        if (first == null) {
            return 1;
        }
        try (Crowd crowd = new LocalCrowd(JSON.readValue(first, Crowd.Plan.class))) {
            System.out.println(DONE);
            LineProcess.serve(in, line -> answer(crowd, line));
        }
        return 0;
    }

    private static String answer(Crowd crowd, String line) throws IOException {
        switch (line) {
            case OPEN -> crowd.open();
            case CHURN -> crowd.churn();
            case STORM -> crowd.storm();
            case READ -> {
                return JSON.writeValueAsString(crowd.read());
            }
            default -> {
                boolean missing = line.startsWith(MISSING);
                String versions = line.substring(missing ? MISSING.length() : OUTSTANDING.length());
                long[] accepted = JSON.readValue(versions, long[].class);
                return Long.toString(missing ? crowd.missing(accepted) : crowd.outstanding(accepted));
            }
        }
        return DONE;
    }
}
