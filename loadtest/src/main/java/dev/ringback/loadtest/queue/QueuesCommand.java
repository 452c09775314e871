package dev.ringback.loadtest.queue;

import dev.ringback.loadtest.report.ReportDirectory;
import dev.ringback.loadtest.server.RedisServer;
import dev.ringback.loadtest.sweep.RedisFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Jobs from their submission by way of a worker to the client that hears of the end, and beside it the same with BullMQ. */
@Command(
        name = "queues",
        description =
                "Measures how long jobs take from submission to worker to the waiting client, at a fixed rate (open loop), beside BullMQ.",
        subcommands = DepthCommand.class,
        mixinStandardHelpOptions = true)
public final class QueuesCommand implements Callable<Integer> {
    private static final int MOST_JOBS = 1_000_000;
    private static final int MOST_THREADS = 2_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(names = "--rate", description = "Jobs that are submitted per second (default ${DEFAULT-VALUE}).")
    private int rate = 1_000;

    @Option(names = "--seconds", description = "How long to measure in each round (default ${DEFAULT-VALUE}).")
    private int seconds = 10;

    @Option(names = "--warmup", description = "Seconds before the first round (default ${DEFAULT-VALUE}).")
    private int warmup = 15;

    @Option(names = "--rounds", description = "How often each is measured, in turn (default ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--workers", description = "Jobs that are worked on at once (default ${DEFAULT-VALUE}).")
    private int workers = 16;

    @Option(
            names = "--clients",
            description = "Clients of a gateway, each with one job under way (default ${DEFAULT-VALUE}).")
    private int clients = 64;

    @Option(names = "--input-bytes", description = "Bytes of each job's input, about (default ${DEFAULT-VALUE}).")
    private int inputBytes = 100;

    @Option(
            names = "--store",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "redis",
            description = "redis, memory, file: each has a gateway of its own (default ${DEFAULT-VALUE}).")
    private List<QueueStores> stores = List.of();

    @Option(names = "--alone", description = "Leave BullMQ out also where there are node and npm in the PATH.")
    private boolean alone;

    @Option(
            names = "--redis",
            paramLabel = "HOST:PORT",
            description =
                    "The Redis of all that need one (default one of this run's own, by the redis-server in the PATH).")
    private @Nullable String redis;

    @Option(names = "--set", paramLabel = "key=value", description = "A setting of the gateways; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the report goes (default load-results/queues-<time>).")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        QueueLoad load = new QueueLoad(rate, warmup, seconds, workers, clients, inputBytes);
        if (rate < 1
                || warmup < 1
                || seconds < 1
                || rounds < 1
                || (long) rate * Math.max(warmup, seconds) > MOST_JOBS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rate, --warmup, --seconds and --rounds are at least 1, with " + MOST_JOBS + " jobs at most");
        }
        if (workers < 1 || clients < 1 || Math.max(workers, clients) > MOST_THREADS || inputBytes < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--workers and --clients are 1 to " + MOST_THREADS + ", --input-bytes at least 0");
        }
        if (redis != null) {
            return measure(load, redis);
        }
        Path program = RedisServer.program().orElseThrow(() -> new IOException("no redis-server in the PATH"));
        try (RedisServer own = RedisServer.start(program)) {
            return measure(load, own.address());
        }
    }

    private int measure(QueueLoad load, String address) throws IOException, InterruptedException {
        Path directory = ReportDirectory.of(out, "queues");
        Files.createDirectories(directory);
        List<Contender> contenders = new ArrayList<>();
        try (RedisFigures figures = new RedisFigures(address)) {
            for (QueueStores store : stores) {
                contenders.add(new RingbackQueue(store.words(), load, store.start(address, directory, settings)));
            }
            if (!alone && BullmqInstall.isPossible()) {
                contenders.add(BullmqQueue.start(BullmqInstall.install(), address, load));
            }
            QueuesReport report = new QueuesReport(load, new QueueRace(load, figures).run(contenders, rounds));
            return report.tell(directory, "queues");
        } finally {
            for (Contender contender : contenders) {
                contender.close();
            }
        }
    }
}
