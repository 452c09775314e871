package dev.ringback.loadtest.recovery;

import dev.ringback.loadtest.crowd.Crowds;
import dev.ringback.loadtest.recovery.Recovery.Loss;
import dev.ringback.loadtest.scenario.Scenario.Comeback;
import dev.ringback.loadtest.scenario.Scenario.ServerChoice;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.ProcessFigures;
import dev.ringback.loadtest.server.RedisServer;
import dev.ringback.loadtest.server.ServerStart;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lets all clients of a gateway lose their connections at the same moment, and draws how they come back. */
@Command(
        name = "recovery",
        description =
                "All clients lose their connection at once, by kill -9 of the gateway or by a reset, and come back.",
        mixinStandardHelpOptions = true)
public final class RecoveryCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(names = "--clients", description = "How many (default ${DEFAULT-VALUE}).")
    private int clients = 15_000;

    @Option(names = "--loss", description = "kill, reset; may be repeated (default both).")
    private List<Loss> losses = List.of(Loss.values());

    @Option(
            names = "--comeback",
            converter = ComebackConverter.class,
            description = "at-once, told (with jitter); may be repeated (default both).")
    private List<Comeback> comebacks = List.of(Comeback.AT_ONCE, Comeback.TOLD);

    @Option(names = "--heap", description = "The gateway's, fixed (default ${DEFAULT-VALUE}).")
    private String heap = "256m";

    @Option(names = "--set", paramLabel = "key=value", description = "A setting of the gateway; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--also",
            paramLabel = "key=value",
            description = "Each case once more with this setting of the gateway; may be repeated.")
    private List<String> also = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the report goes (default load-results/recovery-<time>).")
    private @Nullable Path out;

    /** Reads {@code at-once}. */
    static final class ComebackConverter implements picocli.CommandLine.ITypeConverter<Comeback> {
        @Override
        public Comeback convert(String text) {
            return Comeback.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (clients < 1) {
            throw new ParameterException(spec.commandLine(), "--clients must be at least 1");
        }
        Path program = RedisServer.program()
                .orElseThrow(() -> new IOException(
                        "there is no redis-server in the PATH, which keeps the jobs while the gateway is gone"));
        List<Recovery> recoveries = new ArrayList<>();
        try (RedisServer redis = RedisServer.start(program)) {
            for (Loss loss : losses) {
                for (Comeback comeback : comebacks) {
                    recoveries.addAll(cases(loss, comeback, redis));
                }
            }
        }
        RecoveryReport report = new RecoveryReport(heap, recoveries);
        return report.tell(out, "recovery");
    }

    private List<Recovery> cases(Loss loss, Comeback comeback, RedisServer redis)
            throws IOException, InterruptedException {
        List<Recovery> recoveries = new ArrayList<>();
        recoveries.add(recovery(loss, comeback, redis, List.of()));
        if (!also.isEmpty()) {
            recoveries.add(recovery(loss, comeback, redis, also));
        }
        return recoveries;
    }

    private Recovery recovery(Loss loss, Comeback comeback, RedisServer redis, List<String> more)
            throws IOException, InterruptedException {
        // More than one process, so that one slow loop of theirs is not what is measured.
        int processes = Math.max(2, Crowds.processes(clients, ProcessFigures.fileLimit()));
        RecoveryRun.Plan plan = new RecoveryRun.Plan(
                ServerChoice.RINGBACK, loss, comeback, clients, processes, more, Duration.ofSeconds(90));
        List<String> all = new ArrayList<>(
                List.of("listen.port=" + LoadedServer.freePort(), "store.kind=redis", "redis.uri=" + redis.uri()));
        all.addAll(settings);
        all.addAll(more);
        ServerStart start = new ServerStart(ServerChoice.RINGBACK, "", "", all, List.of("-Xms" + heap, "-Xmx" + heap));
        try (RecoveryRun run = new RecoveryRun(plan, start::start)) {
            Recovery recovery = run.run();
            System.err.printf(Locale.ROOT, "%s: all back after %.1f s%n", recovery.words(), recovery.secondsUntil(100));
            return recovery;
        }
    }
}
