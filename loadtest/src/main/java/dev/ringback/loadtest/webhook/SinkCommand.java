package dev.ringback.loadtest.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.loadtest.server.LineProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A sink in a process of its own: says where it listens, and then what it has received, as often as it is asked. */
@Command(
        name = "webhook-sink",
        hidden = true,
        description = "Started by the harness itself, so that receiving does not share a JVM with sending.")
public final class SinkCommand implements Callable<Integer> {
    static final String PORTS = "ports";
    static final String READ = "read";
    static final String DISTINCT = "distinct";
    static final String DONE = "done";

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--endpoints")
    private int endpoints = 1;

    @Override
    public Integer call() throws IOException {
        try (Sink sink = new Sink(endpoints)) {
            LineProcess.serve(new BufferedReader(new InputStreamReader(System.in, UTF_8)), line -> answer(sink, line));
        }
        return 0;
    }

    private static String answer(Sink sink, String line) throws IOException {
        switch (line) {
            case PORTS -> {
                return JSON.writeValueAsString(sink.ports());
            }
            case READ -> {
                return JSON.writeValueAsString(sink.read());
            }
            case DISTINCT -> {
                return Long.toString(sink.distinct());
            }
            default -> sink.begin(JSON.readValue(line, SinkRun.class));
        }
        return DONE;
    }
}
