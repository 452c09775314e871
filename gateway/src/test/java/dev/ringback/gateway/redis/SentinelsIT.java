package dev.ringback.gateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.Place;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSide;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sentinels that know nothing of each other, so that a test decides what each of them says. */
@Tag("conformance")
class SentinelsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RedisProcess first = RedisProcess.start();
    private final RedisProcess second = RedisProcess.start();
    private List<RedisProcess> sentinels = List.of();

    @AfterEach
    void stop() {
        Stream.concat(sentinels.stream(), Stream.of(first, second)).forEach(RedisProcess::close);
    }

    private static RedisProcess sentinel(RedisProcess named, int epoch) {
        return RedisProcess.startSentinel(
                Place.HERE,
                "sentinel monitor jobs 127.0.0.1 " + named.port() + " 1",
                "sentinel config-epoch jobs " + epoch);
    }

    private RedisSide gateway(String... settings) {
        String places = sentinels.stream().map(RedisProcess::address).collect(Collectors.joining(","));
        return new RedisSide("redis-sentinel://" + places + "/0#jobs", "gw", settings);
    }

    private static void awaitThat(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(condition);
    }

    /** The gateway's connections there. */
    private static long connections(RedisProcess redis) {
        return String.valueOf(redis.cli("CLIENT", "LIST"))
                .lines()
                .filter(line -> line.contains("name=ringback:gw:"))
                .count();
    }

    @Test
    void whereSentinelsDifferTheLatestFailoverCounts() {
        sentinels = List.of(sentinel(first, 3), sentinel(second, 7), sentinel(first, 3));
        try (RedisSide gateway = gateway()) {
            gateway.awaitConnected();
            assertThat(connections(first)).isZero();
            assertThat(connections(second)).isEqualTo(4);
        }
    }

    /** As when one of them announces a host name, or another address of the same machine, and others are slow to answer. */
    @Test
    void sentinelsThatNameThePrimaryDifferentlySendNobodyToAndFro() {
        sentinels = List.of(sentinel(first, 3), sentinel(second, 3), sentinel(first, 3));
        try (RedisSide gateway = gateway()) {
            gateway.awaitConnected();
            assertThat(connections(first)).isEqualTo(4);
            sentinels.get(0).freeze();
            sentinels.get(2).freeze();
            long reconnects = gateway.counters().reconnects.sum();
            await("nobody moves")
                    .during(Duration.ofSeconds(5))
                    .atMost(PATIENCE)
                    .until(() -> connections(first) == 4
                            && gateway.counters().reconnects.sum() == reconnects);
        }
    }

    @Test
    void allConnectionsFollowTheSentinelThoughTheFormerPrimaryAnswersAsEver() {
        sentinels = List.of(sentinel(first, 3));
        try (RedisSide gateway = gateway("store.kind=redis", "store.durability=replicated")) {
            gateway.awaitConnected();
            assertThat(connections(first)).isEqualTo(6);
            RedisProcess sentinel = sentinels.get(0);
            sentinel.cli("SENTINEL", "REMOVE", "jobs");
            sentinel.cli("SENTINEL", "MONITOR", "jobs", "127.0.0.1", "" + second.port(), "1");
            awaitThat("all have moved", () -> connections(first) == 0 && connections(second) == 6);
        }
    }

    @Test
    void replicaThatIsNamedIsNotTaken() {
        second.cli("REPLICAOF", "127.0.0.1", "" + first.port());
        sentinels = List.of(sentinel(second, 3));
        try (RedisSide gateway = gateway()) {
            assertThatThrownBy(gateway::awaitConnected).hasMessageContaining(second.address() + " is a replica");
            second.cli("REPLICAOF", "NO", "ONE");
            awaitThat("it is taken now", () -> gateway.store().outage() == null);
        }
    }

    /** Nobody writes, not even the keeper of the indexes, and Redis does not close what it has: only its role tells. */
    @Test
    void primaryThatBecomesAReplicaIsLeft() {
        sentinels = List.of(sentinel(first, 3));
        try (RedisSide gateway = gateway("jobs.index-repair=0")) {
            gateway.awaitConnected();
            first.cli("REPLICAOF", "127.0.0.1", "" + second.port());
            awaitThat(
                    "it is left", () -> String.valueOf(gateway.store().outage()).contains("is a replica"));
            awaitThat("nobody listens there", () -> connections(first) == 0);
        }
    }

    @Test
    void sentinelsThatDoNotAnswerAreARiskAndNoOutage() {
        sentinels = List.of(sentinel(first, 3), sentinel(first, 3), sentinel(first, 3));
        try (RedisSide gateway = gateway()) {
            gateway.awaitConnected();
            sentinels.get(0).freeze();
            sentinels.get(1).kill();
            awaitThat(
                    "it is said",
                    () -> gateway.backend().risks().stream()
                            .anyMatch(risk -> risk.startsWith("1 of 3 Sentinels answer")));
            assertThat(gateway.store().outage()).isNull();
            assertThat(connections(first)).isEqualTo(4);
        }
    }
}
