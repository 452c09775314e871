package dev.ringback.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.simulation.SeededScheduler;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Orders that once went wrong, laid out by hand on the simulated parts. */
class HubScenarioTest {
    private static final JobId JOB = JobId.of("job1");
    private static final JobId OTHER = JobId.of("job2");

    private final SeededScheduler scheduler = new SeededScheduler(2);
    private final List<SimulatedClient> clients = new ArrayList<>();
    private SimulatedRedis redis;
    private Shard shard;

    @BeforeEach
    void start() {
        start(new UnpooledByteBufAllocator(false));
    }

    private void start(ByteBufAllocator allocator, String... settings) {
        scheduler.reset(1);
        redis = new SimulatedRedis(scheduler, scheduler.loops().get(0), false);
        List<String> all = new ArrayList<>(List.of("hub.linger=100ms", "hub.sweep-interval=1h"));
        all.addAll(List.of(settings));
        var config = GatewayConfig.of(all.toArray(String[]::new)).hub();
        var parts = new Shard.Parts(
                redis, config, new HubCounters(), allocator, new Hints(InstantSource.system()), scheduler.random());
        shard = new Shard(scheduler.loops().get(0), redis, parts);
        scheduler.loops().get(0).execute(shard::start);
        run(0);
    }

    /** Lets everything happen that can, and so much time pass. */
    private void run(long millis) {
        long horizon = scheduler.now() + TimeUnit.MILLISECONDS.toNanos(millis);
        scheduler.after(TimeUnit.MILLISECONDS.toNanos(millis), () -> {});
        while (scheduler.step(horizon)) {
            assertThat(shard).isNotNull();
        }
    }

    private SimulatedClient subscribe(JobId id) {
        return subscribe(id, WireFormat.OWN);
    }

    private SimulatedClient subscribe(JobId id, WireFormat format) {
        SimulatedClient client = new SimulatedClient(id, scheduler.loops().get(1), format);
        clients.add(client);
        scheduler.loops().get(0).execute(() -> shard.subscribe(id, client, null));
        return client;
    }

    private void leave(SimulatedClient client) {
        client.left = true;
        scheduler.loops().get(0).execute(() -> shard.unsubscribe(client.id, client));
    }

    @Test
    void newcomerToATopicThatWasDeafForAWhileHearsTheTruthAtOnce() {
        redis.move(JOB, JobState.PROCESSING);
        SimulatedClient first = subscribe(JOB);
        run(10);
        leave(first);
        run(10);
        redis.stallAll(TimeUnit.MILLISECONDS.toNanos(600));
        run(300);
        assertThat(shard.stateOf(JOB)).isEqualTo(TopicState.UNSUBSCRIBING);
        SimulatedClient second = subscribe(JOB);
        run(10);
        leave(second);
        redis.moveUnheard(JOB, JobState.COMPLETED);
        run(400);
        SimulatedClient third = subscribe(JOB);
        run(50);

        assertThat(third.ended).as("heard %s", third.heard).isTrue();
    }

    @Test
    void acknowledgementsThatTakeLongDoNotKeepATopicFromGoingLive() {
        redis.stallAll(TimeUnit.SECONDS.toNanos(30));
        SimulatedClient client = subscribe(JOB);
        run(30_100);
        assertThat(shard.stateOf(JOB)).isEqualTo(TopicState.LIVE);
        redis.move(JOB, JobState.COMPLETED);
        run(50);

        assertThat(client.ended).isTrue();
    }

    @Test
    void topicsOfThoseWhoCameAndLeftWhileTheRelayWasAwayAreNotKept() {
        redis.breakPubSub();
        for (int i = 0; i < 100; i++) {
            leave(subscribe(JobId.of("gone" + i)));
        }
        run(20);
        assertThat(shard.isConnected()).isFalse();
        assertThat(shard.topics()).isZero();
    }

    @Test
    void eventThatCannotBeEncodedIsAFaultOfItsSubscribersAndOfNobodyElse() {
        FailingAllocator allocator = new FailingAllocator();
        start(allocator);
        SimulatedClient streaming = subscribe(JOB, WireFormat.SSE);
        SimulatedClient other = subscribe(OTHER);
        run(10);
        allocator.failing = true;
        redis.move(JOB, JobState.COMPLETED);
        redis.move(OTHER, JobState.COMPLETED);
        run(10);
        allocator.failing = false;
        SimulatedClient newcomer = subscribe(JOB);
        run(10);

        assertThat(streaming.faulted).isTrue();
        assertThat(other.ended).isTrue();
        assertThat(newcomer.ended).isTrue();
    }

    @Test
    void waitEndsTheSameWhetherDocumentsAreKeptOrNot() {
        start(new UnpooledByteBufAllocator(false), "hub.cache-bytes=0");
        SimulatedClient early = subscribe(JOB);
        run(10);
        redis.move(JOB, JobState.PROCESSING);
        run(10);
        SimulatedClient between = subscribe(JOB);
        run(10);
        redis.move(JOB, JobState.COMPLETED);
        run(10);
        SimulatedClient late = subscribe(JOB);
        run(10);

        assertThat(List.of(early, between, late)).allMatch(client -> client.ended && client.emptyDocuments == 0);
        assertThat(shard.cachedBytes()).isZero();
    }

    @Test
    void newcomerWhoseReadAnEventOvertookIsToldOfItWithItsDocument() {
        start(new UnpooledByteBufAllocator(false), "hub.cache-bytes=0");
        subscribe(JOB);
        redis.move(JOB, JobState.PROCESSING);
        run(10);
        for (int i = 0; i < 200; i++) {
            SimulatedClient newcomer = subscribe(JOB);
            boolean more = true;
            for (int steps = 0; more && steps < i % 8; steps++) {
                more = scheduler.step(scheduler.now());
            }
            redis.move(JOB, JobState.PROCESSING);
            run(1);
            assertThat(newcomer.emptyDocuments).as("heard %s", newcomer.heard).isZero();
        }
    }

    /** Refuses direct buffers while told to. */
    private static final class FailingAllocator extends AbstractByteBufAllocator {
        private boolean failing;

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (failing) {
                throw new OutOfMemoryError("simulated");
            }
            return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    @Test
    void endThatReachesAnUndoneVersionAgainIsToldAfterABreak() {
        SimulatedClient client = followToVersionTwo();
        redis.undo(JOB);
        redis.moveUnheard(JOB, JobState.COMPLETED);
        redis.breakPubSub();
        run(200);

        assertThat(client.heard).containsExactly("v1", "v2", "reset to v2");
        assertThat(client.ended).isTrue();
    }

    @Test
    void endThatReachesAnUndoneVersionAgainIsToldByItsEvent() {
        SimulatedClient client = followToVersionTwo();
        redis.undo(JOB);
        redis.move(JOB, JobState.COMPLETED);
        run(50);

        assertThat(client.heard).containsExactly("v1", "v2", "reset to v2");
        assertThat(client.ended).isTrue();
    }

    private SimulatedClient followToVersionTwo() {
        redis.move(JOB, JobState.PROCESSING);
        SimulatedClient client = subscribe(JOB);
        client.mayGoBack = true;
        run(10);
        redis.move(JOB, JobState.PROCESSING);
        run(10);
        return client;
    }

    @Test
    void clientThatSawMoreElsewhereIsNotToldLessHere() {
        redis.move(JOB, JobState.PROCESSING);
        subscribe(JOB);
        run(10);
        redis.moveUnheard(JOB, JobState.PROCESSING);
        redis.moveUnheard(JOB, JobState.PROCESSING);
        SimulatedClient resumed = new SimulatedClient(JOB, scheduler.loops().get(1), WireFormat.OWN);
        Cursor seen = new Cursor("inc", 3);
        scheduler.loops().get(0).execute(() -> shard.subscribe(JOB, resumed, seen));
        run(10);

        assertThat(resumed.heard).containsExactly("v3");
    }

    @Test
    void lostEventIsFoundByTheSweepThoughClientsComeAndGo() {
        start(new UnpooledByteBufAllocator(false), "hub.linger=10s", "hub.sweep-interval=20s");
        redis.move(JOB, JobState.PROCESSING);
        SimulatedClient first = subscribe(JOB);
        run(100);
        redis.moveUnheard(JOB, JobState.COMPLETED);
        leave(first);
        for (int i = 0; i < 8; i++) {
            SimulatedClient next = subscribe(JOB);
            run(5_000);
            leave(next);
        }

        assertThat(clients).filteredOn(client -> client.ended).isNotEmpty();
    }

    @Test
    void doubtThatComesWhileNobodyWaitsIsForWhoComesNext() {
        start(new UnpooledByteBufAllocator(false), "hub.linger=10s");
        redis.move(JOB, JobState.PROCESSING);
        leave(subscribe(JOB));
        run(100);
        assertThat(shard.stateOf(JOB)).isEqualTo(TopicState.LINGERING);
        redis.moveUnheard(JOB, JobState.COMPLETED);
        scheduler.loops().get(0).execute(shard::onDoubt);
        SimulatedClient next = subscribe(JOB);
        run(100);

        assertThat(next.heard).containsExactly("v2");
    }

    @Test
    void readsAfterABreakAreBoundedAndAllAreMade() {
        for (int i = 0; i < 2_000; i++) {
            subscribe(JobId.of("many" + i));
        }
        run(1_000);
        redis.breakPubSub();
        for (int i = 0; i < 2_000; i++) {
            redis.moveUnheard(JobId.of("many" + i), JobState.COMPLETED);
        }
        run(10_000);

        assertThat(redis.mostReadsUnderWay()).isEqualTo(ReadQueue.MAX_UNDER_WAY);
        assertThat(clients).allMatch(client -> client.ended);
    }
}
