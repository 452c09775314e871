package dev.ringback.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ringback.protocol.JobId;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a damaged file may hold in place of a job or a submission: it is told as damage, or it is one that can be written and told again. */
class StoredJobFuzzTest {
    private static final JobId ID = JobId.of("1");

    @FuzzTest
    void bytesAreAJobOrDamage(byte[] input) {
        orDamaged(() -> checkJob(StoredJobFormat.decode(ID, input)));
        orDamaged(() -> checkSubmission(StoredJobFormat.decodeSubmission(ID, input)));
    }

    private static void checkJob(StoredJob job) {
        byte[] written = StoredJobFormat.encode(job);
        assertThat(StoredJobFormat.encode(StoredJobFormat.decode(ID, written))).isEqualTo(written);
        assertThat(job.jsonBytes()).isNotNegative();
        assertThat(job.read()).isNotNull();
    }

    private static void checkSubmission(dev.ringback.protocol.NewJob job) {
        byte[] written = StoredJobFormat.encode(job);
        assertThat(StoredJobFormat.encode(StoredJobFormat.decodeSubmission(ID, written)))
                .isEqualTo(written);
    }

    private static void orDamaged(ThrowingCallable reading) {
        Throwable thrown = Assertions.catchThrowable(reading);
        if (thrown instanceof StoreException damage) {
            assertThat(damage.kind()).isEqualTo(StoreException.Kind.CORRUPT);
        } else if (thrown != null) {
            throw new AssertionError(thrown);
        }
    }
}
