package dev.ringback.gateway.faults;

import static dev.ringback.gateway.faults.Trial.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.loadtest.check.Heard.Kind;
import dev.ringback.loadtest.check.Stats;
import dev.ringback.protocol.JobId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two gateways are restarted in turn under ten thousand who wait, as a deployment does, or killed: nothing is excused, for one of the two
 * was always there (I1, I2, I4).
 */
@Tag("chaos")
@ExtendWith(SeedWatcher.class)
class RollingRestartIT {
    private static final int STILL_WAITING = 10_000;
    private static final int ENDING = 500;
    private static final int WORKERS = 16;

    /**
     * A client that is sent away comes back within a second, and again within a second while the gateway that it chooses is away. All
     * ten thousand at once on a process that has just begun: the rest is for a busy machine, far below the sweep's hour.
     */
    private static final Duration WITHIN = Duration.ofSeconds(40);

    /** So that ends come all the while. */
    private static final Duration BETWEEN_ENDS = Duration.ofMillis(25);

    private static final Duration STOOD = Duration.ofSeconds(1);

    private RedisProcess redis;
    private GatewayProcess first;
    private GatewayProcess second;

    enum Way {
        /** {@code SIGTERM}: it drains. */
        DRAINED,
        /** {@code kill -9}. */
        KILLED
    }

    @AfterEach
    void stop() {
        Stream.of(first, second).filter(Objects::nonNull).forEach(GatewayProcess::close);
        redis.close();
    }

    private GatewayProcess gateway(int port) {
        return GatewayProcess.start(
                "listen.port=" + port,
                "store.kind=redis",
                "redis.uri=" + redis.uri(),
                "redis.required=false",
                "hub.sweep-interval=1h");
    }

    static Stream<Way> ways() {
        return Seed.isShort() ? Stream.of(Way.DRAINED) : Stream.of(Way.values());
    }

    @ParameterizedTest
    @MethodSource("ways")
    void nobodyMissesAnEndWhileTwoGatewaysAreReplacedInTurn(Way way) throws Exception {
        int clients = STILL_WAITING + ENDING;
        redis = RedisProcess.start();
        first = gateway(0);
        second = gateway(0);
        try (Trial trial = new Trial(Seed.value(), clients, first.port(), second.port())) {
            List<JobId> jobs = trial.makeAndFollow(clients, first, second);
            List<JobId> staying = jobs.subList(ENDING, clients);
            try (Trial.Movers movers = trial.move(4, Duration.ofMillis(10), staying)) {
                CompletableFuture<Void> during = trial.complete(1, jobs.subList(0, ENDING), BETWEEN_ENDS);
                first = replace(first, way);
                second = replace(second, way);
                during.join();
                assertThat(movers).isNotNull();
            }
            trial.complete(WORKERS, staying).join();
            trial.awaitAllEnded();
            Stats stats = trial.judge(redis, WITHIN, true).stats();
            report(way, stats, trial, clients);
        }
    }

    private GatewayProcess replace(GatewayProcess old, Way way) {
        long beganNanos = System.nanoTime();
        if (way == Way.KILLED) {
            old.kill();
        } else {
            old.terminate();
            assertThat(old.awaitExit()).isZero();
        }
        long goneNanos = System.nanoTime();
        old.close();
        GatewayProcess next = gateway(old.port());
        awaitThat("it is ready again", () -> Trial.areReady(next));
        System.out.printf(
                "gateway %s: gone after %d ms, ready again after %d ms%n",
                way,
                Duration.ofNanos(goneNanos - beganNanos).toMillis(),
                Duration.ofNanos(System.nanoTime() - beganNanos).toMillis());
        return next;
    }

    /** The longest that a client was without a connection that told it something, or stood for a while. */
    private static Duration longestApart(List<Heard> heard) {
        Map<Integer, Long> since = new HashMap<>();
        Map<Integer, Long> connected = new HashMap<>();
        long longest = 0;
        for (Heard line : heard) {
            int client = line.client();
            long connectedNanos = connected.getOrDefault(client, line.atNanos());
            if (line.kind() == Kind.CONNECTED) {
                connected.put(client, line.atNanos());
            } else if (line.incarnation() != null || line.atNanos() - connectedNanos > STOOD.toNanos()) {
                Long closed = since.remove(client);
                longest = Math.max(longest, closed == null ? 0 : connectedNanos - closed);
            }
            if (line.kind() == Kind.CLOSED) {
                since.putIfAbsent(client, line.atNanos());
            }
        }
        return Duration.ofNanos(longest);
    }

    private static void report(Way way, Stats stats, Trial trial, int clients) throws InterruptedException {
        System.out.printf(
                "measured: two gateways %s in turn: %d clients, %d reconnects, %d refusals, %d of %d acknowledged ends undone, %d"
                        + " writes unknown, longest time without a connection %d ms, worst delay of an end %d ms%n",
                way,
                stats.clients(),
                stats.reconnects(),
                stats.refusals(),
                stats.undoneEnds(),
                stats.acknowledgedEnds(),
                trial.unknownWrites(),
                longestApart(trial.heard()).toMillis(),
                Duration.ofNanos(stats.worstDelayNanos()).toMillis());
        assertThat(trial.heard(Kind.GONE)).isZero();
        assertThat(stats.terminalsHeard()).isEqualTo(clients);
        assertThat(stats.reconnects()).isGreaterThan(STILL_WAITING / 2);
        assertThat(stats.undoneEnds()).isZero();
    }
}
