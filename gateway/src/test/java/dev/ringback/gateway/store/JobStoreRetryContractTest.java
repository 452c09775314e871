package dev.ringback.gateway.store;

import static dev.ringback.protocol.JobState.CANCELLED;
import static dev.ringback.protocol.JobState.FAILED;
import static dev.ringback.protocol.JobState.PROCESSING;
import static dev.ringback.protocol.JobState.QUEUED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.LeaseUse.Retry;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.NewJob.AfterFailure;
import dev.ringback.protocol.NewJob.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every {@link JobStore} does, whatever it is made of: what becomes of a job that its worker fails or gives back. */
abstract class JobStoreRetryContractTest extends JobStoreWorkFixture {
    private static final long MINUTE = 60_000;
    /** Stores read the clock more than once in a step, and tests run on slow machines. */
    private static final long SLACK_MILLIS = 2_000;

    private static void assertDueIn(StoreWrite write, long millis) {
        long due = write.work().dueMillis() - time(write, "updatedAt").toEpochMilli();
        assertThat(due).isCloseTo(millis, within(SLACK_MILLIS));
    }

    private static Duration life(StoreWrite ended) {
        return Duration.between(time(ended, "completedAt"), time(ended, "expiresAt"));
    }

    /** But for its due time, which differs by the moment. */
    private static void assertWork(StoreWrite write, JobWork expected) {
        JobWork is = write.work();
        assertThat(new JobWork(
                        is.type(),
                        is.owner(),
                        is.state(),
                        is.attempt(),
                        is.maxAttempts(),
                        is.leaseId(),
                        expected.dueMillis(),
                        is.dead()))
                .isEqualTo(expected);
    }

    @Test
    void failureWithAttemptsLeftQueuesTheJobAgain() {
        create(job("transcode"), MANAGED);
        StoreWrite begun = begin("l1");
        by("l1", progress("{\"current\":1}"));

        StoreWrite again = failing("l1", new Retry(10 * MINUTE, 60 * MINUTE, 1_000_000));

        assertThat(again.outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(versionOf(again)).isEqualTo(4);
        assertWork(again, new JobWork("transcode", "alice", QUEUED, 2, 3, null, 0, false));
        assertDueIn(again, 10 * MINUTE);
        assertThat(work()).isEqualTo(again.work());
        assertThat(member(again, "status")).isEqualTo("\"queued\"");
        assertThat(member(again, "attempt")).isEqualTo("2");
        assertThat(member(again, "error")).isEqualTo("{\"code\":\"disk\"}");
        assertThat(member(again, "startedAt")).isEqualTo(member(begun, "startedAt"));
        assertThat(members(again)).doesNotContain("progress", "completedAt", "expiresAt");
        assertThatJobIs(again.present());
    }

    @Test
    void nextAttemptBeginsAnewAtOnce() {
        create(job("transcode"), MANAGED);
        StoreWrite first = begin("l1");
        failing("l1", new Retry(10 * MINUTE, 60 * MINUTE, 1_000_000));

        StoreWrite second = begin("l2");

        assertThat(second.work()).isEqualTo(new JobWork("transcode", "alice", PROCESSING, 2, 3, "l2", 0, false));
        assertThat(work()).isEqualTo(second.work());
        assertThat(members(second)).doesNotContain("error", "progress");
        assertThat(member(second, "startedAt")).isEqualTo(member(first, "startedAt"));
    }

    @Test
    void resultOfAFailureThatIsTriedAgainIsNotKept() {
        open("limits.inline-result-bytes=4");
        create(job("transcode"), MANAGED);
        begin("l1");
        JobChange failure = new JobChange(
                FAILED, bytes("{\"current\":9}"), bytes("\"0123456789\""), "/x", bytes("{\"code\":\"x\"}"), null, "e1");

        StoreWrite again = apply(failure, with(LeaseUse.of("l1").retrying(AT_ONCE)));

        assertThat(members(again)).contains("error").doesNotContain("result", "resultUrl", "progress");
        assertThat(result()).isNull();
        assertThatJobIs(again.present());
        StoreWrite begun = begin("l2");
        assertThat(by("l2", progress("{\"current\":1}", "e1")).outcome())
                .as("the last change is the lease's beginning")
                .isEqualTo(Outcome.APPLIED);
        assertThat(versionOf(begun)).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "1000000, 60, 10, 20, 40",
        "1000000, 15, 10, 15, 15",
        "500000,  60,  5, 10, 20",
        "0,       60,  0,  0,  0",
    })
    void delayDoublesUpToItsMaximumAndChanceShortensIt(
            int jitter, long maxMinutes, long first, long second, long third) {
        create(job("transcode"), new Submission("alice", "f", 9));
        Retry retry = new Retry(10 * MINUTE, maxMinutes * MINUTE, jitter);
        for (long minutes : List.of(first, second, third)) {
            begin("l");
            assertDueIn(failing("l", retry), minutes * MINUTE);
        }
    }

    @Test
    void jobWhoseAttemptsAreUsedUpIsDeadAndKeptLonger() {
        open("queues.dead-ttl=2h");
        create(job("transcode"), MANAGED);
        for (int attempt = 1; attempt < 3; attempt++) {
            begin("l" + attempt);
            assertThat(failing("l" + attempt, AT_ONCE).work().state()).isEqualTo(QUEUED);
        }
        begin("l3");
        by("l3", progress("{\"current\":1}"));

        StoreWrite dead = failing("l3", AT_ONCE);

        assertThat(dead.outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(dead.work()).isEqualTo(new JobWork("transcode", "alice", FAILED, 3, 3, "l3", 0, true));
        assertThat(work()).isEqualTo(dead.work());
        assertThat(life(dead)).isEqualTo(Duration.ofHours(2));
        assertThat(member(dead, "error")).isEqualTo("{\"code\":\"disk\"}");
        assertThat(member(dead, "progress")).isEqualTo("{\"current\":1}");
        assertThatJobIs(dead.present());
        assertUnchanged(failing("l3", AT_ONCE), Outcome.DUPLICATE, dead.present());
        assertUnchanged(begin("l4"), Outcome.REFUSED, dead.present());
    }

    @Test
    void failureThatIsFinalIsDeadAtOnce() {
        create(job("transcode"), MANAGED);
        begin("l1");

        StoreWrite dead = by("l1", JobChange.to(FAILED));

        assertThat(dead.work()).isEqualTo(new JobWork("transcode", "alice", FAILED, 1, 3, "l1", 0, true));
        assertThat(life(dead)).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void deadJobIsKeptAsLongAsItsSubmissionSaysIfThatIsLonger() {
        open("queues.dead-ttl=1s");
        create(job("transcode", Duration.ofSeconds(90)), MANAGED);
        begin("l1");

        assertThat(life(by("l1", JobChange.to(FAILED)))).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void onlyWhatFailsInWorkersHandsIsADeadLetter() {
        create(job("transcode"), MANAGED);
        begin("l1");
        assertThat(life(by("l1", completed("1")))).isEqualTo(Duration.ofHours(1));

        id = anotherId();
        create(job("transcode"), MANAGED);
        StoreWrite failed = apply(JobChange.to(FAILED));
        assertThat(failed.work().dead()).isFalse();
        assertThat(life(failed)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void jobThatIsGivenBackIsQueuedAgainAndTheAttemptDoesNotCount() {
        create(job("transcode"), new Submission("alice", "f", 1));
        begin("l1");
        by("l1", progress("{\"current\":1}"));

        StoreWrite back = givingBack("l1", 5 * MINUTE);

        assertThat(versionOf(back)).isEqualTo(4);
        assertWork(back, new JobWork("transcode", "alice", QUEUED, 2, 1, null, 0, false));
        assertDueIn(back, 5 * MINUTE);
        assertThat(work()).isEqualTo(back.work());
        assertThat(members(back)).doesNotContain("progress", "error");
        assertUnchanged(givingBack("l1", 0), Outcome.STALE, back.present());
        begin("l2");
        assertDueIn(givingBack("l2", 0), 0);
        begin("l3");
        StoreWrite dead = failing("l3", AT_ONCE);
        assertThat(dead.work()).isEqualTo(new JobWork("transcode", "alice", FAILED, 3, 1, "l3", 0, true));
    }

    @Test
    void attemptsThatWereGivenBackDoNotLengthenTheDelayOrShortenTheRest() {
        create(job("transcode"), new Submission("alice", "f", 2));
        for (int i = 0; i < 3; i++) {
            begin("l");
            givingBack("l", 0);
        }
        begin("l");

        StoreWrite again = failing("l", new Retry(10 * MINUTE, 60 * MINUTE, 1_000_000));

        assertWork(again, new JobWork("transcode", "alice", QUEUED, 5, 2, null, 0, false));
        assertDueIn(again, 10 * MINUTE);
        begin("l");
        assertThat(failing("l", AT_ONCE).work().dead()).isTrue();
    }

    @Test
    void jobThatIsQueuedAgainMayBeCancelled() {
        create(job("transcode"), MANAGED);
        begin("l1");
        StoreWrite back = givingBack("l1", MINUTE);

        StoreWrite cancelled = apply(JobChange.to(CANCELLED), new Origin("alice", false, null));

        assertThat(cancelled.work())
                .isEqualTo(new JobWork(
                        "transcode", "alice", CANCELLED, 2, 3, null, back.work().dueMillis(), false));
        assertUnchanged(by("l1", completed("1")), Outcome.STALE, cancelled.present());
        assertUnchanged(begin("l2"), Outcome.REFUSED, cancelled.present());
    }

    @Test
    void planIsReadBackAsItWasSubmittedAndSaysWhenTheJobIsDue() {
        long runAt = System.currentTimeMillis() + 5 * MINUTE;
        List<JobId> after = List.of(JobId.of("a"), JobId.of("~b:1_.-"));
        NewJob planned = planned(new Plan(0, runAt, after, AfterFailure.CANCEL));

        StoreWrite created = create(planned, MANAGED);

        assertThat(created.work()).isEqualTo(new JobWork("transcode", "alice", QUEUED, 1, 3, null, runAt, false));
        assertThat(work()).isEqualTo(created.work());
        assertThat(begin("l1").work().dueMillis()).isZero();
        failing("l1", AT_ONCE);
        assertThat(get(tested.store().submitted(id))).usingRecursiveComparison().isEqualTo(planned);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, FAIL", "7, 0, FAIL", "7, 3, CANCEL", "0, 3, FAIL"})
    void whatASubmissionSaysOfAttemptsIsKeptWhateverItCameTo(int asked, int granted, AfterFailure afterFailure) {
        NewJob planned = planned(new Plan(asked, 0, List.of(), afterFailure));
        StoreWrite created = create(planned, new Submission("alice", "f", granted));

        assertThat(created.work() == null ? 0 : created.work().maxAttempts()).isEqualTo(granted);
        assertThat(get(tested.store().submitted(id))).usingRecursiveComparison().isEqualTo(planned);
    }

    private static NewJob planned(Plan plan) {
        return new NewJob("transcode", bytes("[]"), 0, null, null, null, null, plan);
    }

    @Test
    void workGoesWithItsJob() {
        open("jobs.result-ttl=200ms", "jobs.tombstone-ttl=1h");
        create(job("transcode"), MANAGED);
        begin("l1");
        by("l1", completed("1"));

        awaitRead(StoreRead.expired("alice"));
        assertThat(work()).isNull();
        assertThat(by("l1", completed("1"))).isEqualTo(StoreWrite.EXPIRED);
        assertThat(begin("l1")).isEqualTo(StoreWrite.EXPIRED);
    }

    @Test
    void wholeLifeIsToldInTheSameBytesByEveryStore() {
        tested.follow(id);
        List<StoreWrite> accepted = new ArrayList<>();
        accepted.add(create(planned(new Plan(2, 0, List.of(), AfterFailure.FAIL)), new Submission("alice", "f", 2)));
        accepted.add(begin("l1"));
        begin("l2");
        accepted.add(by("l1", progress("{\"current\":1}", "e1")));
        by("l1", progress("{\"current\":1}", "e1"));
        by("l2", completed("2"));
        accepted.add(givingBack("l1", MINUTE));
        by("l1", completed("1"));
        accepted.add(begin("l2"));
        accepted.add(failing("l2", new Retry(MINUTE, MINUTE, 1)));
        accepted.add(begin("l3"));
        accepted.add(failing("l3", AT_ONCE));
        by("l3", completed("3"));

        awaitRelayed(accepted.size());
        List<String> documents = documentsOf(tested.relayed(id));
        assertThat(documents)
                .isEqualTo(accepted.stream()
                        .map(write -> document(write.present()))
                        .toList());
        assertThat(documents.stream().map(this::withoutWhatDiffers).toList())
                .containsExactly(
                        "{ID\"queued\",\"version\":1,LIFE\"createdAt\":T,\"updatedAt\":T,\"attempt\":1}",
                        "{ID\"processing\",\"version\":2,LIFE\"createdAt\":T,\"updatedAt\":T,\"startedAt\":T,\"attempt\":1}",
                        "{ID\"processing\",\"version\":3,LIFE\"progress\":{\"current\":1},\"createdAt\":T,\"updatedAt\":T,"
                                + "\"startedAt\":T,\"attempt\":1}",
                        "{ID\"queued\",\"version\":4,LIFE\"createdAt\":T,\"updatedAt\":T,\"startedAt\":T,\"attempt\":2}",
                        "{ID\"processing\",\"version\":5,LIFE\"createdAt\":T,\"updatedAt\":T,\"startedAt\":T,\"attempt\":2}",
                        "{ID\"queued\",\"version\":6,LIFE\"createdAt\":T,\"updatedAt\":T,\"startedAt\":T,"
                                + "\"error\":{\"code\":\"disk\"},\"attempt\":3}",
                        "{ID\"processing\",\"version\":7,LIFE\"createdAt\":T,\"updatedAt\":T,\"startedAt\":T,\"attempt\":3}",
                        "{ID\"failed\",\"version\":8,LIFE\"createdAt\":T,\"updatedAt\":T,\"startedAt\":T,\"completedAt\":T,"
                                + "\"expiresAt\":T,\"error\":{\"code\":\"disk\"},\"attempt\":3}");
    }

    /** Times, and the names of the job and its incarnation. */
    private String withoutWhatDiffers(String document) {
        return document.replace("\"jobId\":\"" + id + "\",\"type\":\"transcode\",\"status\":", "ID")
                .replaceAll("\"incarnation\":\"[a-z0-9]+\",", "LIFE")
                .replaceAll("\"\\d{4}-\\d\\d-\\d\\dT[0-9:.]{12}Z\"", "T");
    }
}
