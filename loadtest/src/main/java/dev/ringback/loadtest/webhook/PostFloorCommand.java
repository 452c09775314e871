package dev.ringback.loadtest.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.loadtest.server.LineProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The floor of webhooks, in a process of its own; it ends with its input. */
@Command(
        name = "webhook-floor",
        hidden = true,
        description = "Started by the harness itself, on the processors that the gateway has otherwise.")
public final class PostFloorCommand implements Callable<Integer> {
    @Option(names = "--ports", split = ",", required = true)
    private List<Integer> ports = List.of();

    @Option(names = "--connections", required = true)
    private int connections;

    @Option(names = "--body-bytes", required = true)
    private int bodyBytes;

    @Override
    public Integer call() throws IOException {
        try (PostFloor floor =
                new PostFloor(ports, connections, PostFloor.request(bodyBytes), SinkConnection.ANSWER_BYTES)) {
            LineProcess.serve(new BufferedReader(new InputStreamReader(System.in, UTF_8)), line -> SinkCommand.DONE);
        }
        return 0;
    }
}
