package dev.ringback.loadtest.sweep;

import dev.ringback.loadtest.client.AdminMetrics;
import dev.ringback.loadtest.client.CommonOptions;
import dev.ringback.loadtest.client.Crew;
import dev.ringback.loadtest.client.LoadJobs;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.client.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what a gateway asks of Redis while nothing happens and many jobs are waited for: the sweep, and the canaries. */
@Command(
        name = "sweep",
        description = "Measures the commands that an idle gateway sends to Redis for the jobs that are waited for.",
        mixinStandardHelpOptions = true)
public final class SweepCommand implements Callable<Integer> {
    private static final int CREATORS = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            converter = Target.Converter.class,
            description = "The gateway's admin port (default ${DEFAULT-VALUE}).")
    private Target admin = new Target("127.0.0.1", 8081);

    @Option(names = "--redis", paramLabel = "HOST:PORT", description = "Its Redis (default ${DEFAULT-VALUE}).")
    private String redis = "127.0.0.1:6379";

    @Option(names = "--jobs", description = "Jobs that are waited for (default ${DEFAULT-VALUE}).")
    private int jobs = 100_000;

    @Option(names = "--per-connection", description = "Jobs that a WebSocket follows (default ${DEFAULT-VALUE}).")
    private int perConnection = 1_000;

    @Option(names = "--seconds", description = "How long to measure (default ${DEFAULT-VALUE}).")
    private int seconds = 60;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (jobs < 1 || perConnection < 1 || seconds < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--jobs, --per-connection and --seconds must be at least 1");
        }
        LoadJobs made = LoadJobs.fresh();
        System.err.printf("making %,d jobs%n", jobs);
        Crew.start(CREATORS, common.url(), jobs, made::create).join();
        try (Subscriptions subscriptions = new Subscriptions(common.url());
                RedisFigures figures = new RedisFigures(redis)) {
            for (int from = 0; from < jobs; from += perConnection) {
                subscriptions.follow(made, from, Math.min(jobs, from + perConnection));
            }
            awaitQuiet();
            SweepReport report = measure(figures);
            System.out.print(report.table());
            common.write(report);
        }
        return 0;
    }

    /** Until each job has a topic, and each topic has been read once. */
    private void awaitQuiet() throws IOException, InterruptedException {
        AdminMetrics metrics = new AdminMetrics(admin);
        boolean quiet = Poll.until(
                PATIENCE,
                () -> metrics.read("ringback_topics") >= jobs && metrics.read("ringback_topic_reads_waiting") == 0);
        if (!quiet) {
            throw new IOException(
                    "the gateway follows " + (long) metrics.read("ringback_topics") + " jobs, not " + jobs);
        }
    }

    private SweepReport measure(RedisFigures figures) throws IOException, InterruptedException {
        System.err.printf("measuring for %d s%n", seconds);
        RedisFigures.Reading before = figures.read();
        long began = System.nanoTime();
        Poll.until(Duration.ofSeconds(seconds), () -> false);
        RedisFigures.Reading after = figures.read();
        return SweepReport.between(jobs, before, after, (System.nanoTime() - began) / 1e9);
    }
}
