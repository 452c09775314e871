package dev.ringback.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSide;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Acknowledgements, their order, and what becomes of them when connections break. */
class RedisRelayIT {
    private static final JobId ID = JobId.of("123");

    private static RedisProcess redis;
    private RedisSide side;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void connect() {
        redis.cli("FLUSHALL");
        side = new RedisSide(redis.uri(), "gw-a");
        side.awaitConnected();
        redis.cli("CONFIG", "RESETSTAT");
    }

    @AfterEach
    void disconnect() {
        side.close();
    }

    @Test
    void acknowledgementComesBeforeTheJobsEvents() {
        side.follow(ID);
        apply(JobState.PROCESSING);
        apply(JobState.COMPLETED);

        awaitHeard(ID, "subscribed 123", "event 123 1", "event 123 2");
        assertThat(side.counters().relayEvents.sum()).isEqualTo(2);
    }

    @Test
    void requestsOfOneBurstLeaveInBatches() {
        List<JobId> ids = sameShard(1_000);
        side.onRelayOf(ids.get(0), relay -> ids.forEach(relay::subscribe));
        ids.forEach(id -> awaitHeard(id, "subscribed " + id));
        assertThat(calls("subscribe")).isEqualTo(2);

        side.onRelayOf(ids.get(0), relay -> ids.forEach(relay::unsubscribe));
        ids.forEach(id -> awaitHeard(id, "subscribed " + id, "unsubscribed " + id));
        assertThat(calls("unsubscribe")).isEqualTo(2);
    }

    @Test
    void requestsOfOneJobAreAcknowledgedInTheirOrderWithinOneBurst() {
        side.onRelayOf(ID, relay -> {
            relay.subscribe(ID);
            relay.unsubscribe(ID);
            relay.subscribe(ID);
        });

        awaitHeard(ID, "subscribed 123", "unsubscribed 123", "subscribed 123");
        apply(JobState.PROCESSING);
        awaitHeard(ID, "subscribed 123", "unsubscribed 123", "subscribed 123", "event 123 1");
    }

    @Test
    void askingTwiceIsAcknowledgedTwiceAndBringsEachEventOnce() {
        side.onRelayOf(ID, relay -> {
            relay.subscribe(ID);
            relay.subscribe(ID);
        });
        awaitHeard(ID, "subscribed 123", "subscribed 123");
        side.follow(ID);
        apply(JobState.PROCESSING);

        awaitHeard(ID, "subscribed 123", "subscribed 123", "subscribed 123", "event 123 1");
        side.onRelayOf(ID, relay -> relay.unsubscribe(ID));
        RedisSide.awaitTrue(() -> side.listenerOf(ID).count("unsubscribed 123") == 1);
        assertThat(side.relayed(ID)).hasSize(1);
    }

    @Test
    void anyInterleavingOfRequestsIsAcknowledgedInItsOrder() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<JobId> ids = sameShard(8);
        Map<JobId, List<String>> expected = new HashMap<>();
        for (int burst = 0; burst < 200; burst++) {
            side.onRelayOf(ids.get(0), relay -> {
                for (int request = random.nextInt(12); request > 0; request--) {
                    JobId id = ids.get(random.nextInt(ids.size()));
                    boolean subscribes = random.nextBoolean();
                    expected.computeIfAbsent(id, any -> new ArrayList<>())
                            .add((subscribes ? "subscribed " : "unsubscribed ") + id);
                    if (subscribes) {
                        relay.subscribe(id);
                    } else {
                        relay.unsubscribe(id);
                    }
                }
            });
        }

        for (JobId id : ids) {
            List<String> requests = expected.getOrDefault(id, List.of());
            RedisSide.awaitTrue(() -> side.listenerOf(id).heard(id).size() >= requests.size());
            assertThat(side.listenerOf(id).heard(id)).as("seed " + seed).isEqualTo(requests);
            boolean subscribed =
                    !requests.isEmpty() && requests.get(requests.size() - 1).startsWith("subscribed");
            assertThat(redis.cli("PUBSUB", "NUMSUB", "job:" + id))
                    .as("seed " + seed)
                    .isEqualTo(List.of("job:" + id, subscribed ? 1L : 0L));
        }
    }

    @Test
    void noEventIsLostBetweenAcknowledgementAndUnsubscribe() {
        int rounds = 200;
        for (int round = 1; round <= rounds; round++) {
            side.follow(ID);
            apply(JobState.PROCESSING);
            side.onRelayOf(ID, relay -> relay.unsubscribe(ID));
            int version = round;
            RedisSide.awaitTrue(() -> side.listenerOf(ID).count("unsubscribed 123") == version);
            RedisSide.awaitTrue(() -> side.relayed(ID).size() == version);
        }

        assertThat(side.relayed(ID))
                .extracting(JobEvent::version)
                .isEqualTo(LongStream.rangeClosed(1, rounds).boxed().toList());
    }

    @Test
    void eventsGoOnComingWhileOtherJobsAreSubscribed() {
        side.follow(ID);
        List<JobId> others = sameShard(500);
        int events = 300;
        for (int i = 0; i < events; i++) {
            JobId other = others.get(i);
            side.onRelayOf(ID, relay -> relay.subscribe(other));
            apply(JobState.PROCESSING);
        }

        RedisSide.awaitTrue(() -> side.relayed(ID).size() == events);
        assertThat(side.listenerOf(ID).heard(ID))
                .startsWith("subscribed 123")
                .endsWith("event 123 " + events)
                .hasSize(events + 1);
    }

    @Test
    void brokenConnectionIsSaidOnceAndTheNextBeginsWithoutSubscriptions() {
        side.follow(ID);
        assertThat((Long) redis.cli("CLIENT", "KILL", "TYPE", "pubsub")).isPositive();
        RedisSide.awaitTrue(() -> side.listenerOf(ID).count("connected") == 2);

        assertThat(side.listenerOf(ID).heard())
                .containsExactly("connected", "subscribed 123", "disconnected", "connected");
        assertThat(redis.cli("PUBSUB", "NUMSUB", "job:123")).isEqualTo(List.of("job:123", 0L));
        side.follow(ID);
        apply(JobState.PROCESSING);
        awaitHeard(ID, "subscribed 123", "subscribed 123", "event 123 1");
    }

    @Test
    void relayFindsAKilledRedisAgainOnItsPort() {
        side.follow(ID);
        redis.kill();
        RedisSide.awaitTrue(() -> side.listenerOf(ID).count("disconnected") == 1);
        side.onRelayOf(ID, relay -> relay.subscribe(ID));
        redis.restart(true);

        RedisSide.awaitTrue(() -> side.listenerOf(ID).count("connected") == 2);
        RedisSide.awaitTrue(() -> side.store().outage() == null);
        side.follow(ID);
        apply(JobState.PROCESSING);
        RedisSide.awaitTrue(() -> side.relayed(ID).size() == 1);
        assertThat(side.listenerOf(ID).heard())
                .as("what was asked without a connection is not acknowledged")
                .containsExactly(
                        "connected", "subscribed 123", "disconnected", "connected", "subscribed 123", "event 123 1");
    }

    @Test
    void manyBreaksAreHeardInPairs() {
        for (int i = 1; i <= 5; i++) {
            side.follow(ID);
            redis.cli("CLIENT", "KILL", "TYPE", "pubsub");
            long breaks = i;
            RedisSide.awaitTrue(() -> side.listenerOf(ID).count("connected") == breaks + 1);
        }

        assertThat(side.listenerOf(ID).heard())
                .isEqualTo(Stream.concat(
                                IntStream.range(0, 5)
                                        .boxed()
                                        .flatMap(i -> Stream.of("connected", "subscribed 123", "disconnected")),
                                Stream.of("connected"))
                        .toList());
    }

    @Test
    void storedEventThatCannotBeReadSendsToTheStore() {
        side.follow(ID);
        redis.cli("PUBLISH", "job:123", "{\"rb\":1,\"jobId\":\"124\",\"status\":\"completed\"}");
        redis.cli("PUBLISH", "job:123", "{\"rb\":1,oops");

        awaitHeard(ID, "subscribed 123", "unreadable 123", "unreadable 123");
        assertThat(side.counters().relayUnreadable.sum()).isEqualTo(2);
        assertThat(redis.cli("EXISTS", "job:123")).isEqualTo(0L);
    }

    @Test
    void closedRelayHearsNothingMore() {
        side.follow(ID);
        side.onRelayOf(ID, JobRelay::close);
        RedisSide.awaitTrue(() -> redis.cli("PUBSUB", "NUMSUB", "job:123").equals(List.of("job:123", 0L)));
        apply(JobState.PROCESSING);
        side.onRelayOf(ID, relay -> relay.subscribe(ID));

        assertThat(side.listenerOf(ID).heard()).containsExactly("connected", "subscribed 123");
    }

    private StoreWrite apply(JobState state) {
        return side.store()
                .apply(ID, JobChange.to(state), new JobStore.Origin(null, true, null))
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private void awaitHeard(JobId id, String... lines) {
        RedisSide.awaitTrue(() -> side.listenerOf(id).heard(id).size() >= lines.length);
        assertThat(side.listenerOf(id).heard(id)).containsExactly(lines);
    }

    /** Ids that fall to the shard of {@link #ID}. */
    private List<JobId> sameShard(int count) {
        return IntStream.iterate(1_000, i -> i + 1)
                .mapToObj(i -> JobId.of("j" + i))
                .filter(id -> side.loopOf(id) == side.loopOf(ID))
                .limit(count)
                .toList();
    }

    private static int calls(String command) {
        String stats = (String) redis.cli("INFO", "commandstats");
        String line = stats.lines()
                .filter(l -> l.startsWith("cmdstat_" + command + ":"))
                .findFirst()
                .orElseThrow();
        return Integer.parseInt(line.replaceAll("^[^:]*:calls=(\\d+),.*", "$1"));
    }
}
