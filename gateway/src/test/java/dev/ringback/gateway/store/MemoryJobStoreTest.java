package dev.ringback.gateway.store;

import static dev.ringback.protocol.JobState.FAILED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.ringback.protocol.JobId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** The contract, and what only the memory store has: its bound, and jobs that end by their age. */
class MemoryJobStoreTest extends JobStoreContractTest {
    @Override
    StoreUnderTest newStore(String... settings) {
        return new MemoryStoreUnderTest(settings);
    }

    @Test
    void fullStoreRefusesNewJobsByNameAndStillMovesKnownOnes() {
        open("store.memory-bytes=64KiB");
        create(job("kept"), ALICE);
        JobId known = id;
        Throwable refusal = null;
        for (int i = 0; i < 1000 && refusal == null; i++) {
            id = JobId.random(i, new SecureRandom());
            refusal = catchThrowable(() -> create(job("more"), ALICE));
        }

        assertThat(refusal).isInstanceOf(CompletionException.class);
        assertThat(StoreException.of(refusal).kind()).isEqualTo(StoreException.Kind.FULL);
        id = known;
        assertThat(apply(completed("{\"ok\":true}")).outcome()).isEqualTo(StoreWrite.Outcome.APPLIED);
    }

    @Test
    void fullStoreHasRoomAgainWhenTombstonesGo() {
        open("store.memory-bytes=64KiB", "jobs.result-ttl=100ms", "jobs.tombstone-ttl=100ms");
        while (catchThrowable(() -> create(job("short"), ALICE)) == null) {
            apply(completed("1"));
            id = JobId.random(1, new SecureRandom());
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> catchThrowable(() -> create(job("new"), ALICE)) == null);
    }

    @Test
    void jobOlderThanTheMaxAgeEndsAsFailed() {
        open("jobs.max-age=200ms");
        create(job("forgotten"), ALICE);

        await().atMost(Duration.ofSeconds(10))
                .until(() -> read().snapshot().present().state() == FAILED);
        assertThat(document(read().snapshot())).contains("\"code\":\"expired\"");
    }
}
