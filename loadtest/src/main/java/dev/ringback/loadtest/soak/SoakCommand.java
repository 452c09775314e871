package dev.ringback.loadtest.soak;

import dev.ringback.loadtest.scenario.Scenario.ServerChoice;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.RedisServer;
import dev.ringback.loadtest.server.ServerStart;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lets clients come and go in every way for a while, and tells whether the gateway, once they have left, holds what it held before. */
@Command(
        name = "soak",
        description =
                "Churn of every kind against a gateway of its own; fails where anything does not return to its start value.",
        mixinStandardHelpOptions = true)
public final class SoakCommand implements Callable<Integer> {
    /** Rounds take a third longer than their events: everyone has to come, the ends are awaited, and the linger. */
    private static final double ROUND_SHARE = 0.75;

    private static final Duration SHORTEST_ROUND = Duration.ofSeconds(20);
    private static final int MOST_ROUNDS = 12;

    /** Short, so that everything that may outlive its client does so within seconds. */
    private static final List<String> SHORT = List.of(
            "hub.linger=1s",
            "hub.sweep-interval=5s",
            "stream.stall-timeout=2s",
            "stream.queued-bytes=64KiB",
            "limits.header-timeout=1s",
            "limits.body-timeout=2s",
            "jobs.unknown=wait",
            "jobs.unknown-wait=3s",
            "jobs.result-ttl=15s",
            "jobs.tombstone-ttl=3s");

    private static final List<String> FIXED_HEAP = List.of("-Xms256m", "-Xmx256m");

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(names = "--minutes", description = "How long, about, the start left out (default ${DEFAULT-VALUE}).")
    private int minutes = 30;

    @Option(names = "--visitors", description = "Clients that come and go at a time (default ${DEFAULT-VALUE}).")
    private int visitors = 32;

    @Option(names = "--crowd", description = "Connections of well-behaved clients (default ${DEFAULT-VALUE}).")
    private int crowd = 300;

    @Option(
            names = "--memory",
            description = "Use the memory store also where there is a redis-server in the PATH to start.")
    private boolean memory;

    @Option(names = "--set", paramLabel = "key=value", description = "A setting of the gateway; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the report goes (default load-results/soak-<time>).")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (minutes < 1 || visitors < 1 || crowd < 1) {
            throw new ParameterException(spec.commandLine(), "--minutes, --visitors and --crowd must be at least 1");
        }
        Optional<Path> program = memory ? Optional.empty() : RedisServer.program();
        if (program.isEmpty()) {
            return soak(null);
        }
        try (RedisServer redis = RedisServer.start(program.get())) {
            return soak(redis);
        }
    }

    private int soak(@Nullable RedisServer redis) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(SHORT);
        all.addAll(redis == null ? List.of() : List.of("store.kind=redis", "redis.uri=" + redis.uri()));
        all.addAll(settings);
        ServerStart start = new ServerStart(ServerChoice.RINGBACK, "", "", all, FIXED_HEAP);
        try (LoadedServer server = start.start()) {
            SoakRun run = new SoakRun(plan(), server, new Inventory(server, redis));
            SoakReport report = run.run(redis == null ? "memory" : "redis");
            return report.tell(out, "soak");
        }
    }

    /** One of the rounds is the warm-up. */
    private SoakRun.Plan plan() {
        Duration whole = Duration.ofMinutes(minutes);
        long most = (long) (whole.toMillis() * ROUND_SHARE / SHORTEST_ROUND.toMillis());
        int rounds = (int) Math.max(2, Math.min(MOST_ROUNDS, most));
        Duration round = Duration.ofMillis((long) (whole.toMillis() * ROUND_SHARE / rounds));
        return new SoakRun.Plan(rounds - 1, round, visitors, crowd);
    }
}
