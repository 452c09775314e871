package dev.ringback.loadtest.webhook;

import dev.ringback.loadtest.server.RedisServer;
import dev.ringback.loadtest.webhook.ThroughputReport.Rate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many webhooks one event loop delivers, with each store, and what the same requests cost without all that a gateway does. */
@Command(
        name = "throughput",
        description =
                "Measures deliveries a second of a gateway with one loop, beside a bare client that sends the same.",
        mixinStandardHelpOptions = true)
public final class ThroughputCommand implements Callable<Integer> {
    private static final int MOST_ENDPOINTS = 10_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--endpoints",
            description = "Endpoints, each of which is told of each job (default ${DEFAULT-VALUE}).")
    private int endpoints = 100;

    @Option(names = "--backlog", description = "Deliveries that wait, about (default ${DEFAULT-VALUE}).")
    private int backlog = 5_000;

    @Option(names = "--event-bytes", description = "Bytes of each job's result (default ${DEFAULT-VALUE}).")
    private int eventBytes = 700;

    @Option(names = "--seconds", description = "How long to measure each (default ${DEFAULT-VALUE}).")
    private int seconds = 10;

    @Option(names = "--warmup", description = "Seconds before that (default ${DEFAULT-VALUE}).")
    private int warmup = 15;

    @Option(names = "--rounds", description = "How often each is measured, in turn (default ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--server-cpus",
            description = "Processors of gateway and floor, as taskset takes them (default all).")
    private String serverCpus = "";

    @Option(names = "--sink-cpus", description = "Processors of the sink (default all).")
    private String sinkCpus = "";

    @Option(names = "--memory", description = "Leave Redis out also where there is a redis-server in the PATH.")
    private boolean memory;

    @Option(names = "--set", paramLabel = "key=value", description = "A setting of the gateway; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the report goes (default load-results/webhook-throughput-<time>).")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (endpoints < 1 || endpoints > MOST_ENDPOINTS || backlog < endpoints || seconds < 1 || rounds < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--endpoints is 1 to " + MOST_ENDPOINTS
                            + ", --backlog at least as many, --seconds and --rounds at least 1");
        }
        List<String> all = new ArrayList<>(List.of("listen.loops=1", "webhook.endpoints=" + endpoints));
        all.addAll(settings);
        Optional<Path> program = memory ? Optional.empty() : RedisServer.program();
        ThroughputRun.Load load = new ThroughputRun.Load(endpoints, backlog, eventBytes, warmup, seconds, serverCpus);
        List<Rate> rates = new ArrayList<>();
        try (RemoteSink sink = new RemoteSink(endpoints, sinkCpus)) {
            ThroughputRun run = new ThroughputRun(sink, load);
            for (int round = 0; round < rounds; round++) {
                rates.add(told(run.floor()));
                rates.add(told(run.gateway(null, all)));
                if (program.isPresent()) {
                    try (RedisServer redis = RedisServer.start(program.get())) {
                        rates.add(told(run.gateway(redis, all)));
                    }
                }
            }
        }
        ThroughputReport report = new ThroughputReport(load, rates);
        return report.tell(out, "webhook-throughput");
    }

    private static Rate told(Rate rate) {
        System.err.printf(Locale.ROOT, "%s: %,.0f deliveries/s%n", rate.name(), rate.deliveriesPerSecond());
        return rate;
    }
}
