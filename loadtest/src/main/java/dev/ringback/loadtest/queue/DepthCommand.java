package dev.ringback.loadtest.queue;

import dev.ringback.loadtest.queue.DepthFigures.Held;
import dev.ringback.loadtest.queue.DepthReport.Pair;
import dev.ringback.loadtest.report.ReportDirectory;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.RedisServer;
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

/** What a job that waits takes of each store, and whether a lease takes longer where many wait. */
@Command(
        name = "depth",
        description =
                "Measures what a waiting job takes of each store, and a lease from a shallow and from a deep queue.",
        mixinStandardHelpOptions = true)
public final class DepthCommand implements Callable<Integer> {
    private static final int MOST_JOBS = 10_000_000;
    /** What is measured are times and bytes; a machine that stands still for some seconds is no reason to stop. */
    private static final List<String> ROOM = List.of("queues.depth=20000000", "store.timeout=30s");

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(names = "--shallow", description = "Jobs that wait first (default ${DEFAULT-VALUE}).")
    private int shallow = 1_000;

    @Option(names = "--jobs", description = "Jobs that wait then (default ${DEFAULT-VALUE}).")
    private int jobs = 100_000;

    @Option(names = "--cycles", description = "Leases of each kind at each depth (default ${DEFAULT-VALUE}).")
    private int cycles = 5_000;

    @Option(names = "--input-bytes", description = "Bytes of each job's input, about (default ${DEFAULT-VALUE}).")
    private int inputBytes = 100;

    @Option(names = "--most", description = "How many times as long a lease may take then (default ${DEFAULT-VALUE}).")
    private double most = 3;

    @Option(
            names = "--store",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "memory,file,redis",
            description = "Which stores (default ${DEFAULT-VALUE}).")
    private List<QueueStores> stores = List.of();

    @Option(names = "--set", paramLabel = "key=value", description = "A setting of the gateways; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the report goes (default load-results/queues-depth-<time>).")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (shallow < 1 || jobs <= shallow || jobs > MOST_JOBS || cycles < 1 || inputBytes < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--jobs is more than --shallow and at most " + MOST_JOBS + ", --shallow and --cycles at least 1");
        }
        Path directory = ReportDirectory.of(out, "queues-depth");
        Files.createDirectories(directory);
        List<Pair> pairs = new ArrayList<>();
        for (QueueStores store : stores) {
            pairs.add(store == QueueStores.REDIS ? inRedis() : measured(store, "", null));
        }
        return new DepthReport(most, pairs).tell(directory, "queues-depth");
    }

    private Pair inRedis() throws IOException, InterruptedException {
        Path program = RedisServer.program().orElseThrow(() -> new IOException("no redis-server in the PATH"));
        try (RedisServer redis = RedisServer.start(program);
                RedisCosts costs = new RedisCosts(redis.address())) {
            return measured(QueueStores.REDIS, redis.address(), costs);
        }
    }

    private Pair measured(QueueStores store, String redis, @Nullable RedisCosts costs)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(ROOM);
        all.addAll(settings);
        Path files = Files.createTempDirectory("ringback-depth");
        try (LoadedServer server = store.start(redis, files, all)) {
            DepthRun run = new DepthRun(store, server, costs, files, inputBytes);
            run.fill(0, shallow);
            run.measure(shallow, cycles);
            DepthFigures first = run.measure(shallow, cycles);
            System.err.printf("%s: %,d jobs wait, measured; %,d more come%n", store.words(), shallow, jobs - shallow);
            Held before = run.held();
            run.fill(shallow, jobs);
            Held after = run.held();
            return new Pair(first, run.measure(jobs, cycles), before, after);
        } finally {
            delete(files);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
