package dev.ringback.gateway.store;

import static dev.ringback.protocol.JobState.FAILED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The contract, and what only the file store has: its bound, its deadline, its queue. */
class FileJobStoreTest extends JobStoreContractTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @Override
    StoreUnderTest newStore(String... settings) {
        return new FileStoreUnderTest(settings);
    }

    @Test
    void fullStoreRefusesNewJobsAndLongerProgressAndTakesEnds() {
        open("store.file-bytes=1MiB");
        create(job("kept"), ALICE);
        apply(progress("{\"current\":1}"));
        JobId known = id;

        fill();

        id = known;
        assertThat(StoreException.of(catchThrowable(() -> apply(progress("{\"current\":12}"))))
                        .kind())
                .isEqualTo(StoreException.Kind.FULL);
        assertThat(apply(progress("{\"current\":2}")).outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(apply(completed("{\"ok\":true}")).outcome()).isEqualTo(Outcome.APPLIED);
    }

    private void fill() {
        Throwable refusal = null;
        for (int i = 0; i < 10_000 && refusal == null; i++) {
            id = JobId.random(i, RANDOM);
            refusal = catchThrowable(() -> create(job("more"), ALICE));
        }
        assertThat(StoreException.of(refusal).kind()).isEqualTo(StoreException.Kind.FULL);
    }

    @Test
    void fullStoreHasRoomAgainWhenTombstonesGo() {
        open("store.file-bytes=1MiB", "jobs.max-age=8s", "jobs.result-ttl=10ms", "jobs.tombstone-ttl=10ms");
        fill();

        await().atMost(Duration.ofSeconds(20)).until(() -> catchThrowable(() -> create(job("new"), ALICE)) == null);
    }

    @Test
    void jobOlderThanTheMaxAgeEndsAsFailedAndIsRelayed() {
        open("jobs.max-age=200ms");
        create(job("forgotten"), ALICE);

        await().atMost(Duration.ofSeconds(10))
                .until(() -> read().snapshot().present().state() == FAILED);
        assertThat(document(read().snapshot())).contains("\"code\":\"expired\"");
        assertThat(tested.relayed(id)).hasSize(2);
    }

    @Test
    void callThatWaitsBehindAStuckFileEndsByTheTimeoutAndNeverHappens() {
        StuckClock clock = new StuckClock();
        openWith(clock, "store.timeout=100ms");
        apply(JobChange.to(JobState.PROCESSING));

        awaitIdle();
        clock.stick();
        Throwable late = catchThrowable(() -> apply(completed("1")));
        assertThat(StoreException.of(late).kind()).isEqualTo(StoreException.Kind.TIMEOUT);
        assertThat(tested.relayed(id)).hasSize(1);
        clock.release();

        assertThat(read().snapshot().present().state()).isEqualTo(JobState.PROCESSING);
        assertThat(tested.relayed(id)).hasSize(1);
    }

    @Test
    void callBehindTooManyOthersIsRefusedAtOnce() {
        StuckClock clock = new StuckClock();
        openWith(clock, "store.timeout=1m");
        clock.stick();
        List<CompletionStage<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 2 * FileThread.MOST_WAITING; i++) {
            waiting.add(tested.store().read(id));
        }
        Throwable refusal = catchThrowable(() -> get(waiting.get(waiting.size() - 1)));
        assertThat(StoreException.of(refusal).kind()).isEqualTo(StoreException.Kind.OVERLOADED);

        clock.release();
        assertThat(get(waiting.get(0))).isEqualTo(StoreRead.ABSENT);
    }

    /** The thread asks for the time before it waits for calls, and must not be held up there. */
    private static void awaitIdle() {
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(FileThread.NAME))
                .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
    }

    private void openWith(InstantSource clock, String... settings) {
        tested.close();
        tested = new FileStoreUnderTest(clock, settings);
    }

    /** Holds the file's thread up where it asks for the time, as a disk may that does not answer. */
    private static final class StuckClock implements InstantSource {
        private volatile CountDownLatch held = new CountDownLatch(0);

        @Override
        public Instant instant() {
            if (Thread.currentThread().getName().equals(FileThread.NAME)) {
                hold();
            }
            return Clock.systemUTC().instant();
        }

        private void hold() {
            try {
                held.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        void stick() {
            held = new CountDownLatch(1);
        }

        void release() {
            held.countDown();
        }
    }
}
