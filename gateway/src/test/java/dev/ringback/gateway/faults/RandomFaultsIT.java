package dev.ringback.gateway.faults;

import static dev.ringback.gateway.faults.Trial.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.SentinelGroup;
import dev.ringback.gateway.testkit.TcpProxy;
import dev.ringback.loadtest.check.Fault;
import dev.ringback.loadtest.check.Stats;
import dev.ringback.loadtest.client.Target;
import dev.ringback.protocol.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three gateways and a group of Redis under Sentinels, with clients of which some never read, and one fault after the other in an order
 * and with pauses that follow from the {@link Seed}: everyone hears the end, once and in time (I1, I2, I4, I6).
 */
@Tag("chaos")
@ExtendWith(SeedWatcher.class)
class RandomFaultsIT {
    private static final int GATEWAYS = 3;
    private static final int CLIENTS = 300;
    private static final int JOBS_PER_ROUND = 24;
    private static final int WORKERS = 8;
    private static final double ROUNDS_PER_MINUTE = 4;
    /** One in a hundred, and at least one for each gateway. */
    private static final int SLOW_READERS = Math.max(GATEWAYS, CLIENTS / 100);

    private static final long LONGEST_FAULT_MILLIS = 5_000;

    /** As {@link SentinelFailoverIT} has it. */
    private static final Duration WITHIN = Duration.ofSeconds(20);

    private enum Kind {
        PRIMARY_KILLED,
        PRIMARY_FROZEN,
        FAILOVER_ORDERED,
        REPLICA_FROZEN,
        SENTINEL_KILLED,
        GATEWAY_KILLED,
        GATEWAYS_RESTARTED_IN_TURN,
        STORM;

        private boolean changesThePrimary() {
            return this == PRIMARY_KILLED || this == PRIMARY_FROZEN || this == FAILOVER_ORDERED;
        }

        private boolean cutsClientsOff() {
            return this == GATEWAY_KILLED || this == GATEWAYS_RESTARTED_IN_TURN || this == STORM;
        }
    }

    /** A gateway and the address that its clients know, which stays the same. */
    private static final class Node implements AutoCloseable {
        private final String[] settings;
        private GatewayProcess gateway;
        private final TcpProxy address;

        private Node(String... settings) {
            this.settings = settings;
            gateway = GatewayProcess.start(settings);
            address = TcpProxy.to(gateway.port());
        }

        /** It is away for as long as a process takes to start. */
        private void restart() {
            gateway.close();
            gateway = GatewayProcess.start(settings);
            address.retarget(gateway.port());
        }

        private void drainAndRestart() {
            gateway.terminate();
            assertThat(gateway.awaitExit()).isZero();
            restart();
            awaitThat("ready again", () -> Trial.areReady(gateway));
        }

        @Override
        public void close() {
            address.close();
            gateway.close();
        }
    }

    private final Random random = new Random(Seed.value());
    private final List<Node> nodes = new ArrayList<>();
    private SentinelGroup group;

    static Stream<String> levels() {
        return Seed.isShort() ? Stream.of("replicated") : Stream.of("replicated", "stored");
    }

    @ParameterizedTest
    @MethodSource("levels")
    void everyoneHearsTheEndWhateverGoesWrongAndWhen(String durability) throws Exception {
        int rounds = (int) Math.max(3, ROUNDS_PER_MINUTE * Seed.minutes());
        int clients = Math.max(CLIENTS, (rounds + 1) * JOBS_PER_ROUND);
        try (SentinelGroup kept = SentinelGroup.start()) {
            group = kept;
            startGateways(durability);
            int[] ports = nodes.stream().mapToInt(node -> node.address.port()).toArray();
            try (Trial trial = new Trial(Seed.value(), clients, ports)) {
                run(trial, clients, rounds, durability);
            }
        } finally {
            nodes.forEach(Node::close);
        }
    }

    private void startGateways(String durability) {
        for (int i = 0; i < GATEWAYS; i++) {
            nodes.add(new Node(
                    "store.kind=redis",
                    "redis.uri=" + group.uri(),
                    "redis.required=false",
                    "store.durability=" + durability,
                    "store.replicas=" + SentinelGroup.REPLICAS,
                    "hub.sweep-interval=1h"));
        }
        awaitThat("all are ready at first", this::areReady);
    }

    private boolean areReady() {
        return Trial.areReady(gateways());
    }

    private GatewayProcess[] gateways() {
        return nodes.stream().map(node -> node.gateway).toArray(GatewayProcess[]::new);
    }

    private void run(Trial trial, int clients, int rounds, String durability) throws Exception {
        List<JobId> jobs = trial.makeAndFollow(clients, gateways());
        List<JobId> staying = jobs.subList(rounds * JOBS_PER_ROUND, clients);
        List<Target> targets = nodes.stream()
                .map(node -> new Target("127.0.0.1", node.address.port()))
                .toList();
        try (SlowReaders slow = new SlowReaders(targets, staying, new SplittableRandom(Seed.value()));
                Trial.Movers movers = trial.move(4, Duration.ofMillis(20), jobs)) {
            List<Kind> order = order(rounds);
            for (int round = 0; round < rounds; round++) {
                slow.come(SLOW_READERS);
                List<JobId> ending = jobs.subList(round * JOBS_PER_ROUND, (round + 1) * JOBS_PER_ROUND);
                goWrong(order.get(round), trial, ending);
            }
            assertThat(movers).isNotNull();
        }
        group.settle();
        trial.complete(WORKERS, staying).join();
        trial.failLeftovers(group.primary());
        trial.awaitAllEnded();
        boolean survives = durability.equals("replicated");
        Stats stats = trial.judge(group.primary(), WITHIN, survives).stats();
        report(durability, stats, trial);
        assertThat(survives ? stats.undoneEnds() : 0).isZero();
    }

    /**
     * Each kind once before any comes again, but for the first two: another primary, and clients that have to come back. What
     * {@link RollingRestartIT} shows takes too long for a short run.
     */
    private List<Kind> order(int rounds) {
        List<Kind> order = new ArrayList<>();
        while (order.size() < rounds) {
            List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
            if (Seed.isShort()) {
                kinds.remove(Kind.GATEWAYS_RESTARTED_IN_TURN);
            }
            Collections.shuffle(kinds, random);
            order.addAll(kinds);
        }
        Collections.swap(order, 0, first(order, Kind::changesThePrimary));
        Collections.swap(order, 1, first(order, Kind::cutsClientsOff));
        return order.subList(0, rounds);
    }

    private static int first(List<Kind> order, Predicate<Kind> condition) {
        return order.indexOf(order.stream().filter(condition).findFirst().orElseThrow());
    }

    private void goWrong(Kind kind, Trial trial, List<JobId> ending) {
        int third = ending.size() / 3;
        Duration lasts = Duration.ofMillis(random.nextLong(LONGEST_FAULT_MILLIS));
        CompletableFuture<Void> before = trial.complete(WORKERS, ending.subList(0, third));
        long beganNanos = System.nanoTime();
        CompletableFuture<Void> during = trial.complete(WORKERS, ending.subList(third, 2 * third));
        breakAndMend(kind, lasts);
        group.awaitWhole();
        awaitThat("all are ready after " + kind, this::areReady);
        trial.note(new Fault(kind.toString(), beganNanos, System.nanoTime()));
        System.out.printf(
                "chaos: %s for %d ms, whole after %d ms%n",
                kind,
                lasts.toMillis(),
                Duration.ofNanos(System.nanoTime() - beganNanos).toMillis());
        before.join();
        during.join();
        trial.complete(WORKERS, ending.subList(2 * third, ending.size())).join();
    }

    private void breakAndMend(Kind kind, Duration lasts) {
        long beganNanos = System.nanoTime();
        RedisProcess primary = group.primary();
        Node node = nodes.get(random.nextInt(nodes.size()));
        switch (kind) {
            case PRIMARY_KILLED -> {
                primary.kill();
                group.awaitOtherPrimary(primary);
                Trial.awaitPassed(beganNanos, lasts);
                primary.restart(true);
            }
            case PRIMARY_FROZEN -> {
                primary.freeze();
                group.awaitOtherPrimary(primary);
                Trial.awaitPassed(beganNanos, lasts);
                primary.thaw();
            }
            case FAILOVER_ORDERED -> group.failOver();
            case REPLICA_FROZEN -> {
                RedisProcess replica = group.replicas().get(random.nextInt(SentinelGroup.REPLICAS));
                replica.freeze();
                Trial.awaitPassed(beganNanos, lasts);
                replica.thaw();
            }
            case SENTINEL_KILLED -> {
                RedisProcess sentinel = group.sentinels().get(random.nextInt(GATEWAYS));
                sentinel.kill();
                Trial.awaitPassed(beganNanos, lasts);
                sentinel.restart(true);
            }
            case GATEWAY_KILLED -> {
                node.gateway.kill();
                Trial.awaitPassed(beganNanos, lasts);
                node.restart();
            }
            case GATEWAYS_RESTARTED_IN_TURN -> nodes.forEach(Node::drainAndRestart);
            case STORM -> node.address.resetAll();
        }
    }

    private static void report(String durability, Stats stats, Trial trial) {
        System.out.printf(
                "measured: random faults, seed %d, %s: %d faults, %d clients, %d reconnects, %d of %d acknowledged ends undone, %d"
                        + " resets heard, %d writes unknown, worst delay of an end %d ms%n",
                Seed.value(),
                durability,
                stats.faults(),
                stats.clients(),
                stats.reconnects(),
                stats.undoneEnds(),
                stats.acknowledgedEnds(),
                stats.resetsHeard(),
                trial.unknownWrites(),
                Duration.ofNanos(stats.worstDelayNanos()).toMillis());
        assertThat(stats.reconnects()).isPositive();
    }
}
