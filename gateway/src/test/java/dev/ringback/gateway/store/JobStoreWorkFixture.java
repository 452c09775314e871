package dev.ringback.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.LeaseUse.Retry;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** Words to speak about jobs that workers hold by leases. */
abstract class JobStoreWorkFixture extends JobStoreFixture {
    /** Alice's, to be tried three times at most. */
    static final Submission MANAGED = new Submission("alice", "f", 3);

    static final Retry AT_ONCE = new Retry(0, 0, 0);

    /** Even where an unknown job would be made. */
    static Origin with(LeaseUse use) {
        return new Origin(null, true, null, use);
    }

    StoreWrite begin(String lease) {
        return apply(JobChange.to(JobState.PROCESSING), with(LeaseUse.beginning(lease)));
    }

    /** A worker that holds the job by this lease; its failure is final. */
    StoreWrite by(String lease, JobChange change) {
        return apply(change, with(LeaseUse.of(lease)));
    }

    /** A worker whose failure is tried again. */
    StoreWrite failing(String lease, Retry retry) {
        return apply(
                new JobChange(JobState.FAILED, null, null, null, bytes("{\"code\":\"disk\"}"), null, null),
                with(LeaseUse.of(lease).retrying(retry)));
    }

    StoreWrite givingBack(String lease, long delayMillis) {
        return apply(JobChange.to(JobState.QUEUED), with(LeaseUse.of(lease).delayed(delayMillis)));
    }

    @Nullable JobWork work() {
        return get(tested.store().work(id));
    }

    static JobId anotherId() {
        return JobId.random(System.currentTimeMillis(), new SecureRandom());
    }

    void assertUnchanged(StoreWrite write, Outcome expected, JobSnapshot present) {
        assertThat(write.outcome()).isEqualTo(expected);
        assertSame(write.present(), present);
        assertThatJobIs(present);
    }
}
