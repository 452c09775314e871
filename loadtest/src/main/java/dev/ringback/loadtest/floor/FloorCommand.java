package dev.ringback.loadtest.floor;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the floor until it is told to stop. */
@Command(
        name = "floor",
        description = "Runs a server that does nothing but deliver, to compare others with.",
        mixinStandardHelpOptions = true)
public final class FloorCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            description = "Where it listens, on 127.0.0.1; 0 is any free port (default ${DEFAULT-VALUE}).")
    private int port = 8090;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (FloorServer server = new FloorServer(port)) {
            System.out.println("ready http://127.0.0.1:" + server.port());
            new CountDownLatch(1).await();
        }
        return 0;
    }
}
