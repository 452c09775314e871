package dev.ringback.gateway.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.redis.RedisCounters;
import dev.ringback.gateway.store.JobPage;
import dev.ringback.gateway.store.JobQuery;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreException.Kind;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How long a plain event is tried, with time that the test moves. */
class PlainEventsTest {
    private static final JobId ID = JobId.of("123");
    private static final String DONE = "{\"status\":\"done\"}";

    private final ManualLoop loop = new ManualLoop();
    private final RedisCounters counters = new RedisCounters();
    private final FailingStore store = new FailingStore();
    private final PlainEvents events = new PlainEvents(
            loop,
            new PlainEvents.Parts(
                    () -> store, 1_000, new JobStore.Origin(null, true, "gw"), new SplittableRandom(7), counters));

    @ParameterizedTest
    @EnumSource(names = {"UNAVAILABLE", "TIMEOUT", "OVERLOADED", "FULL"})
    void endOfAJobIsTriedUntilTheStoreTakesIt(Kind kind) {
        store.failure = kind;
        hear(DONE);
        loop.pass(20_000);
        assertThat(store.tries).hasSizeBetween(6, 16);
        assertThat(events.waiting()).isEqualTo(1);

        store.failure = null;
        loop.pass(6_000);
        assertThat(counters.plainApplied.sum()).isEqualTo(1);
        assertThat(counters.plainLost.sum()).isZero();
        assertThat(events.waiting()).isZero();
    }

    @Test
    void triesComeFurtherAndFurtherApart() {
        store.failure = Kind.UNAVAILABLE;
        hear(DONE);
        loop.pass(30_000);

        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < store.tries.size(); i++) {
            gaps.add((store.tries.get(i) - store.tries.get(i - 1)) / 1_000_000);
        }
        assertThat(gaps.get(0)).isBetween(50L, 160L);
        assertThat(gaps.get(gaps.size() - 1)).isBetween(2_500L, 5_060L);
    }

    @Test
    void endOfAJobIsGivenUpAfterAMinute() {
        store.failure = Kind.UNAVAILABLE;
        hear(DONE);
        loop.pass(70_000);
        int tries = store.tries.size();
        loop.pass(60_000);

        assertThat(store.tries).hasSize(tries);
        assertThat(counters.plainLost.sum()).isEqualTo(1);
        assertThat(events.waiting()).isZero();
    }

    @Test
    void progressIsNotTriedAgain() {
        store.failure = Kind.UNAVAILABLE;
        hear("{\"progress\":1}");
        loop.pass(10_000);

        assertThat(store.tries).hasSize(1);
        assertThat(counters.plainLost.sum()).isEqualTo(1);
    }

    @Test
    void whatWillNotPassIsNotTriedAgain() {
        store.failure = Kind.CORRUPT;
        hear(DONE);
        loop.pass(10_000);

        assertThat(store.tries).hasSize(1);
        assertThat(counters.plainLost.sum()).isEqualTo(1);
    }

    @Test
    void onlySoManyWaitForAnotherTry() {
        store.failure = Kind.UNAVAILABLE;
        for (int i = 0; i < PlainEvents.MAX_WAITING + 5; i++) {
            hear(DONE);
        }

        assertThat(events.waiting()).isEqualTo(PlainEvents.MAX_WAITING);
        assertThat(counters.plainLost.sum()).isEqualTo(5);
    }

    @Test
    void afterTheEndNothingIsTriedAnyMore() {
        store.failure = Kind.UNAVAILABLE;
        hear(DONE);
        events.close();
        loop.pass(10_000);

        assertThat(store.tries).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"DUPLICATE", "REFUSED", "LEASED"})
    void whatTheStoreRefusesIsCounted(Outcome outcome) {
        store.outcome = outcome;
        hear(DONE);

        assertThat(counters.plainRefused.sum()).isEqualTo(1);
        assertThat(counters.plainApplied.sum()).isZero();
    }

    @Test
    void gatewayThatHeardIsNamedToTheStore() {
        hear(DONE);

        assertThat(store.origin).isEqualTo(new JobStore.Origin(null, true, "gw"));
    }

    private void hear(String plain) {
        events.hear(ID, plain.getBytes(UTF_8));
    }

    /** Fails as it is told, or answers. */
    private final class FailingStore implements JobStore {
        private final List<Long> tries = new ArrayList<>();
        private Outcome outcome = Outcome.APPLIED;
        private @Nullable Kind failure;
        private @Nullable Origin origin;

        @Override
        public CompletionStage<StoreWrite> apply(JobId id, JobChange change, Origin by) {
            tries.add(loop.nanoTime());
            origin = by;
            if (failure != null) {
                return CompletableFuture.failedFuture(new StoreException(failure, "as told"));
            }
            JobEvent event = new JobEvent(id, "i", 1, JobState.COMPLETED, false, new byte[] {'{', '}'});
            return CompletableFuture.completedFuture(new StoreWrite(outcome, new JobSnapshot(event, null)));
        }

        @Override
        public CompletionStage<StoreRead> read(JobId id) {
            throw new AssertionError("not asked here");
        }

        @Override
        public CompletionStage<byte @Nullable []> result(JobId id) {
            throw new AssertionError("not asked here");
        }

        @Override
        public CompletionStage<StoreWrite> create(JobId id, NewJob job, Submission submission) {
            throw new AssertionError("not asked here");
        }

        @Override
        public CompletionStage<@Nullable JobWork> work(JobId id) {
            throw new AssertionError("not asked here");
        }

        @Override
        public CompletionStage<@Nullable NewJob> submitted(JobId id) {
            throw new AssertionError("not asked here");
        }

        @Override
        public CompletionStage<JobPage> list(JobQuery query) {
            throw new AssertionError("not asked here");
        }

        @Override
        public CompletionStage<byte[]> secret() {
            throw new AssertionError("not asked here");
        }

        @Override
        public @Nullable String outage() {
            return null;
        }

        @Override
        public void close() {}
    }
}
