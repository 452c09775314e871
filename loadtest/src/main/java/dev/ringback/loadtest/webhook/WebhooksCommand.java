package dev.ringback.loadtest.webhook;

import dev.ringback.loadtest.run.Pairs;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Webhooks to a hundred endpoints, with ten dead ones among them and without, in turn, and what the others wait. What the dead leave
 * behind, deliveries that are tried for a day, would be there in the next run without them: each of the two has a gateway of its own.
 */
@Command(
        name = "webhooks",
        description =
                "Measures p99 of webhooks to 90 endpoints, with 10 dead ones beside them and without, in alternating rounds.",
        subcommands = ThroughputCommand.class,
        mixinStandardHelpOptions = true)
public final class WebhooksCommand implements Callable<Integer> {
    private static final int THREADS = 16;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--deliveries",
            description = "In all runs with the dead together, and as many without (default ${DEFAULT-VALUE}).")
    private int deliveries = 100_000;

    @Option(names = "--rounds", description = "Rounds, of two runs each (default ${DEFAULT-VALUE}).")
    private int rounds = 9;

    @Option(names = "--rate", description = "Jobs that are made and ended a second (default ${DEFAULT-VALUE}).")
    private int rate = 1_500;

    @Option(names = "--event-bytes", description = "Bytes of each job's result (default ${DEFAULT-VALUE}).")
    private int eventBytes = 500;

    @Option(
            names = "--most",
            description =
                    "How many times the p99 without the dead is allowed, by the median (default ${DEFAULT-VALUE}).")
    private double most = 1.3;

    @Option(names = "--redis", description = "Use Redis, one for each gateway, by the redis-server in the PATH.")
    private boolean redis;

    @Option(names = "--set", paramLabel = "key=value", description = "A setting of the gateways; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the report goes (default load-results/webhooks-<time>).")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (rounds < 1 || rate < 1 || deliveries < rounds * DeadEndpointsRun.ENDPOINTS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rounds and --rate must be at least 1, --deliveries " + DeadEndpointsRun.ENDPOINTS + " a round");
        }
        if (!redis) {
            return measure(null, null);
        }
        Path program = RedisServer.program().orElseThrow(() -> new IOException("no redis-server in the PATH"));
        try (RedisServer first = RedisServer.start(program);
                RedisServer second = RedisServer.start(program)) {
            return measure(first, second);
        }
    }

    private int measure(@Nullable RedisServer first, @Nullable RedisServer second)
            throws IOException, InterruptedException {
        DeadEndpointsRun.Load load = new DeadEndpointsRun.Load(deliveries / rounds, rate, THREADS, eventBytes);
        try (RemoteSink sink = new RemoteSink(DeadEndpointsRun.ENDPOINTS, "");
                LoadedServer without = WebhookGateway.start(first, "", settings);
                LoadedServer with = WebhookGateway.start(second, "", settings)) {
            DeadEndpointsRun control = new DeadEndpointsRun(without, sink, load);
            DeadEndpointsRun dead = new DeadEndpointsRun(with, sink, load);
            // The first runs warm the gateways up, and this program.
            control.withoutDead();
            dead.withDead();
            Pairs<DeadEndpointsReport.Run> runs = Pairs.inTurn(
                    rounds,
                    control::withoutDead,
                    dead::withDead,
                    Pairs.printingP99(rounds, DeadEndpointsReport.Run::p99Micros));
            DeadEndpointsReport report =
                    new DeadEndpointsReport(with.description(), first == null ? "memory" : "redis", load, most, runs);
            return report.tell(out, "webhooks");
        }
    }
}
