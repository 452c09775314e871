package dev.ringback.gateway.store;

import static dev.ringback.protocol.JobState.CANCELLED;
import static dev.ringback.protocol.JobState.COMPLETED;
import static dev.ringback.protocol.JobState.FAILED;
import static dev.ringback.protocol.JobState.PROCESSING;
import static dev.ringback.protocol.JobState.QUEUED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link JobStore} does, whatever it is made of: who may move a job that workers hold by leases. */
abstract class JobStoreLeaseContractTest extends JobStoreWorkFixture {
    @Test
    void submittedJobWaitsForALease() {
        StoreWrite created = create(job("transcode"), MANAGED);

        assertThat(created.work()).isEqualTo(new JobWork("transcode", "alice", QUEUED, 1, 3, null, 0, false));
        assertThat(work()).isEqualTo(created.work());
        assertThat(versionOf(created)).isEqualTo(1);
    }

    @Test
    void jobThatNobodyMadeHasNoWorkAndNoLeaseMakesIt() {
        assertThat(work()).isNull();
        assertThat(begin("l1")).isEqualTo(StoreWrite.UNKNOWN);
        assertThat(by("l1", completed("1"))).isEqualTo(StoreWrite.UNKNOWN);
        assertThat(read()).isEqualTo(StoreRead.ABSENT);
    }

    @Test
    void jobThatWaitsInNoQueueIsNobodysByALease() {
        StoreWrite created = create(job("transcode"), ALICE);
        assertThat(created.work()).isNull();
        assertThat(work()).isNull();

        assertUnchanged(begin("l1"), Outcome.REFUSED, created.present());
        assertUnchanged(by("l1", completed("1")), Outcome.STALE, created.present());
        assertThat(apply(JobChange.to(PROCESSING)).work()).isNull();
    }

    @Test
    void leaseBeginsWithAQueuedJob() {
        create(job("transcode"), MANAGED);

        StoreWrite begun = begin("l1");

        assertThat(begun.outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(versionOf(begun)).isEqualTo(2);
        assertThat(members(begun)).contains("startedAt");
        assertThat(begun.work()).isEqualTo(new JobWork("transcode", "alice", PROCESSING, 1, 3, "l1", 0, false));
        assertThat(work()).isEqualTo(begun.work());
        assertThatJobIs(begun.present());
    }

    @Test
    void leaseBeginsOnceAndNoOtherBesideIt() {
        create(job("transcode"), MANAGED);
        JobSnapshot begun = begin("l1").present();

        assertUnchanged(begin("l1"), Outcome.DUPLICATE, begun);
        assertUnchanged(begin("l2"), Outcome.REFUSED, begun);
        JobSnapshot ended = by("l1", completed("1")).present();
        assertUnchanged(begin("l1"), Outcome.DUPLICATE, ended);
        assertUnchanged(begin("l2"), Outcome.REFUSED, ended);
        assertThat(work().leaseId()).isEqualTo("l1");
    }

    @Test
    void ofSimultaneousLeasesOneBegins() {
        create(job("transcode"), MANAGED);
        List<CompletionStage<StoreWrite>> stages = IntStream.range(0, 40)
                .parallel()
                .mapToObj(i ->
                        tested.store().apply(id, JobChange.to(PROCESSING), with(LeaseUse.beginning("l" + (i % 20)))))
                .toList();
        List<Outcome> outcomes =
                stages.stream().map(stage -> get(stage).outcome()).toList();

        assertThat(outcomes).containsOnlyOnce(Outcome.APPLIED);
        assertThat(outcomes).containsOnlyOnce(Outcome.DUPLICATE);
        assertThat(outcomes).filteredOn(Outcome.REFUSED::equals).hasSize(38);
    }

    @Test
    void jobThatAWorkerWithoutALeaseHasIsLeasedToNobody() {
        create(job("transcode"), MANAGED);
        JobSnapshot begun = apply(JobChange.to(PROCESSING)).present();

        assertUnchanged(begin("l1"), Outcome.REFUSED, begun);
        assertUnchanged(by("l1", completed("1")), Outcome.STALE, begun);
        assertThat(work().leaseId()).isNull();
        assertThat(apply(completed("1")).work())
                .isEqualTo(new JobWork("transcode", "alice", COMPLETED, 1, 3, null, 0, false));
    }

    @ParameterizedTest
    @EnumSource
    void anotherLeaseMovesNothing(JobState state) {
        create(job("transcode"), MANAGED);
        JobSnapshot queued = read().snapshot();
        assertUnchanged(by("l1", JobChange.to(state)), Outcome.STALE, queued);
        JobSnapshot begun = begin("l1").present();

        assertUnchanged(by("l2", JobChange.to(state)), Outcome.STALE, begun);
        assertThat(by("l2", JobChange.to(state)).work()).isEqualTo(work());

        JobSnapshot ended = by("l1", completed("1")).present();
        assertUnchanged(by("l2", JobChange.to(state)), Outcome.STALE, ended);
    }

    @Test
    void workerTellsOfProgressAndOfTheSameOnlyOnce() {
        create(job("transcode"), MANAGED);
        begin("l1");

        StoreWrite progress = by("l1", progress("{\"current\":1}", "e1"));

        assertThat(versionOf(progress)).isEqualTo(3);
        assertThat(member(progress, "progress")).isEqualTo("{\"current\":1}");
        assertThat(progress.work()).isEqualTo(new JobWork("transcode", "alice", PROCESSING, 1, 3, "l1", 0, false));
        assertUnchanged(by("l1", progress("{\"current\":2}", "e1")), Outcome.DUPLICATE, progress.present());
        assertThat(by("l1", progress("{\"current\":2}", "e2")).outcome()).isEqualTo(Outcome.APPLIED);
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPLETED", "FAILED", "CANCELLED"})
    void workerEndsItsJobOnce(JobState end) {
        create(job("transcode"), MANAGED);
        begin("l1");

        StoreWrite ended = by("l1", JobChange.to(end));

        assertThat(ended.outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(versionOf(ended)).isEqualTo(3);
        assertThat(ended.work()).isEqualTo(new JobWork("transcode", "alice", end, 1, 3, "l1", 0, end == FAILED));
        assertThat(work()).isEqualTo(ended.work());
        for (JobState next : JobState.values()) {
            assertUnchanged(
                    by("l1", JobChange.to(next)), next == end ? Outcome.DUPLICATE : Outcome.REFUSED, ended.present());
        }
        assertThatJobIs(ended.present());
    }

    @Test
    void workerLearnsThatItsJobWasCancelled() {
        create(job("transcode"), MANAGED);
        begin("l1");
        StoreWrite cancelled = apply(JobChange.to(CANCELLED), new Origin("alice", false, null));

        JobWork stands = new JobWork("transcode", "alice", CANCELLED, 1, 3, "l1", 0, false);
        assertThat(cancelled.work()).isEqualTo(stands);
        assertThat(work()).as("what a heartbeat asks").isEqualTo(stands);
        StoreWrite late = by("l1", completed("1"));
        assertUnchanged(late, Outcome.REFUSED, cancelled.present());
        assertThat(late.work()).isEqualTo(stands);
        assertUnchanged(by("l1", progress("{\"current\":1}")), Outcome.REFUSED, cancelled.present());
        assertUnchanged(failing("l1", AT_ONCE), Outcome.REFUSED, cancelled.present());
        assertUnchanged(by("l1", JobChange.to(QUEUED)), Outcome.REFUSED, cancelled.present());
        assertUnchanged(by("l1", JobChange.to(CANCELLED)), Outcome.DUPLICATE, cancelled.present());
        assertUnchanged(by("l2", JobChange.to(CANCELLED)), Outcome.STALE, cancelled.present());
        assertUnchanged(begin("l2"), Outcome.REFUSED, cancelled.present());
    }

    @Test
    void whoMovesALeasedJobWithoutALeaseLeavesItHeld() {
        create(job("transcode"), MANAGED);
        begin("l1");

        assertThat(apply(progress("{\"current\":1}")).work().leaseId()).isEqualTo("l1");
        assertThat(apply(JobChange.to(QUEUED)).outcome()).isEqualTo(Outcome.REFUSED);
        StoreWrite failed = apply(JobChange.to(FAILED));

        assertThat(failed.work()).isEqualTo(new JobWork("transcode", "alice", FAILED, 1, 3, "l1", 0, false));
    }

    @Test
    void leaseThatWasReplacedIsStaleAndItsSuccessorEndsTheJob() {
        create(job("transcode"), MANAGED);
        begin("l1");
        assertThat(failing("l1", AT_ONCE).outcome()).isEqualTo(Outcome.APPLIED);
        JobSnapshot queued = read().snapshot();
        assertUnchanged(by("l1", completed("1")), Outcome.STALE, queued);
        JobSnapshot begun = begin("l2").present();

        assertUnchanged(by("l1", completed("1")), Outcome.STALE, begun);
        assertUnchanged(by("l1", progress("{\"current\":1}")), Outcome.STALE, begun);
        assertUnchanged(begin("l1"), Outcome.REFUSED, begun);
        StoreWrite ended = by("l2", completed("2"));
        assertThat(ended.outcome()).isEqualTo(Outcome.APPLIED);
        assertUnchanged(by("l1", completed("1")), Outcome.STALE, ended.present());
    }

    @Test
    void leaseOfAnotherOwnersWorkerFindsNothing() {
        JobSnapshot created = create(job("transcode"), MANAGED).present();

        StoreWrite begun = apply(JobChange.to(PROCESSING), new Origin("bob", true, null, LeaseUse.beginning("l1")));

        assertThat(begun).isEqualTo(StoreWrite.UNKNOWN);
        assertThatJobIs(created);
    }

    @Test
    void jobThatAWorkerMadeWaitsForALeaseOnceItIsSubmittedIfItIsStillQueued() {
        apply(JobChange.to(QUEUED));
        assertThat(work()).isNull();

        StoreWrite adopted = create(job("transcode"), MANAGED);

        assertThat(adopted.outcome()).isEqualTo(Outcome.CREATED);
        assertThat(versionOf(adopted)).isEqualTo(2);
        assertThat(adopted.work()).isEqualTo(new JobWork("transcode", "alice", QUEUED, 1, 3, null, 0, false));
        assertThat(versionOf(begin("l1"))).isEqualTo(3);
    }

    @Test
    void jobThatAWorkerBeganOrEndedBeforeItWasSubmittedIsLeasedToNobody() {
        apply(progress("{\"current\":1}"));
        StoreWrite adopted = create(job("transcode"), MANAGED);
        assertThat(adopted.work()).isEqualTo(new JobWork("transcode", "alice", PROCESSING, 1, 3, null, 0, false));
        assertUnchanged(begin("l1"), Outcome.REFUSED, adopted.present());

        id = anotherId();
        JobSnapshot ended = apply(completed("1")).present();
        StoreWrite late = create(job("transcode"), MANAGED);
        assertThat(late.work()).isEqualTo(new JobWork("transcode", "alice", COMPLETED, 1, 3, null, 0, false));
        assertThat(late.present().present().cursor()).isEqualTo(ended.present().cursor());
        assertUnchanged(begin("l1"), Outcome.REFUSED, late.present());
        assertUnchanged(by("l1", completed("2")), Outcome.STALE, late.present());
    }

    @Test
    void repeatAndConflictTellHowTheWorkStands() {
        create(job("transcode"), MANAGED);
        begin("l1");

        assertThat(create(job("transcode"), MANAGED).work()).isEqualTo(work());
        StoreWrite conflict = create(job("resize"), new Submission("alice", "other", 7));
        assertThat(conflict.outcome()).isEqualTo(Outcome.CONFLICT);
        assertThat(conflict.work()).isEqualTo(new JobWork("transcode", "alice", PROCESSING, 1, 3, "l1", 0, false));
    }

    @Test
    void namesOfQueuesAndLeasesAreToldAsTheyAre() {
        create(job("a|b|ü\"\\|"), new Submission(null, "f", 1));
        String lease = "A-z_0.9" + "x".repeat(121);

        assertThat(begin(lease).work())
                .isEqualTo(new JobWork("a|b|ü\"\\|", null, PROCESSING, 1, 1, lease, 0, false))
                .isEqualTo(work());
    }
}
