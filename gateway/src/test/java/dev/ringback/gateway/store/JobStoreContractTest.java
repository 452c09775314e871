package dev.ringback.gateway.store;

import static dev.ringback.protocol.JobState.CANCELLED;
import static dev.ringback.protocol.JobState.COMPLETED;
import static dev.ringback.protocol.JobState.FAILED;
import static dev.ringback.protocol.JobState.PROCESSING;
import static dev.ringback.protocol.JobState.QUEUED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link JobStore} does, whatever it is made of: the life of a job. */
abstract class JobStoreContractTest extends JobStoreFixture {
    @Test
    void jobThatNobodyMadeIsAbsent() {
        assertThat(read()).isEqualTo(StoreRead.ABSENT);
        assertThat(result()).isNull();
    }

    @Test
    void submittedJobIsQueuedAtItsFirstVersion() {
        StoreWrite created = create(job("transcode"), ALICE);

        assertThat(created.outcome()).isEqualTo(Outcome.CREATED);
        assertThat(created.present().owner()).isEqualTo("alice");
        assertThat(created.present().present().version()).isEqualTo(1);
        assertThat(created.present().present().state()).isEqualTo(QUEUED);
        assertThat(member(created, "jobId")).isEqualTo("\"" + id + "\"");
        assertThat(member(created, "type")).isEqualTo("\"transcode\"");
        assertThat(member(created, "correlationId")).isEqualTo("\"order-7\"");
        assertThat(member(created, "attempt")).isEqualTo("1");
        assertThat(member(created, "createdAt")).isEqualTo(member(created, "updatedAt"));
        assertThat(members(created)).doesNotContain("startedAt", "completedAt", "expiresAt", "progress", "result");
        assertThatJobIs(created.present());
    }

    @Test
    void sameSubmissionAgainIsARepeatAndAnotherOneAConflict() {
        JobSnapshot first = create(job("transcode"), ALICE).present();

        StoreWrite repeated = create(job("transcode"), ALICE);
        StoreWrite conflict = create(job("resize"), new JobStore.Submission("alice", "other"));

        assertThat(repeated.outcome()).isEqualTo(Outcome.REPEATED);
        assertThat(conflict.outcome()).isEqualTo(Outcome.CONFLICT);
        assertSame(repeated.present(), first);
        assertSame(conflict.present(), first);
        assertThatJobIs(first);
    }

    @Test
    void anotherOwnersSubmissionFindsNothing() {
        JobSnapshot first = create(job("transcode"), ALICE).present();

        assertThat(create(job("transcode"), new JobStore.Submission("bob", "f")))
                .isEqualTo(StoreWrite.UNKNOWN);
        assertThatJobIs(first);
    }

    @Test
    void everyAcceptedChangeRaisesTheVersionByOne() {
        String incarnation = create(job("transcode"), ALICE).present().present().incarnation();

        assertThat(versionOf(apply(JobChange.to(PROCESSING)))).isEqualTo(2);
        assertThat(versionOf(apply(progress("{\"current\":1}")))).isEqualTo(3);
        StoreWrite last = apply(JobChange.to(COMPLETED));

        assertThat(versionOf(last)).isEqualTo(4);
        assertThat(last.present().present().incarnation())
                .isEqualTo(incarnation)
                .matches("[a-z0-9]{4,16}");
        assertThatJobIs(last.present());
    }

    @Test
    void firstProcessingIsTheStartAndTheEndFixesWhenTheJobExpires() {
        create(job("transcode"), ALICE);
        StoreWrite started = apply(JobChange.to(PROCESSING));
        StoreWrite later = apply(progress("{\"current\":1}"));
        StoreWrite ended = apply(JobChange.to(COMPLETED));

        assertThat(member(started, "startedAt")).isEqualTo(member(started, "updatedAt"));
        assertThat(member(later, "startedAt")).isEqualTo(member(started, "startedAt"));
        assertThat(member(ended, "startedAt")).isEqualTo(member(started, "startedAt"));
        assertThat(member(ended, "completedAt")).isEqualTo(member(ended, "updatedAt"));
        Duration life = Duration.between(time(ended, "completedAt"), time(ended, "expiresAt"));
        assertThat(life).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPLETED", "FAILED", "CANCELLED"})
    void jobMayEndStraightFromTheQueueAndHasNoStartThen(JobState end) {
        create(job("transcode"), ALICE);

        StoreWrite ended = apply(JobChange.to(end));

        assertThat(ended.outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(ended.present().present().state()).isEqualTo(end);
        assertThat(members(ended)).doesNotContain("startedAt").contains("completedAt", "expiresAt");
        assertThatJobIs(ended.present());
    }

    @Test
    void nothingGoesBackToTheQueue() {
        create(job("transcode"), ALICE);
        assertThat(apply(JobChange.to(QUEUED)).outcome()).isEqualTo(Outcome.REFUSED);
        JobSnapshot present = apply(JobChange.to(PROCESSING)).present();

        StoreWrite refused = apply(JobChange.to(QUEUED));

        assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
        assertSame(refused.present(), present);
        assertThatJobIs(present);
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPLETED", "FAILED", "CANCELLED"})
    void endIsWrittenOnce(JobState end) {
        create(job("transcode"), ALICE);
        JobSnapshot ended = apply(JobChange.to(end)).present();

        for (JobState next : JobState.values()) {
            StoreWrite late = apply(JobChange.to(next));
            assertThat(late.outcome()).isEqualTo(next == end ? Outcome.DUPLICATE : Outcome.REFUSED);
            assertSame(late.present(), ended);
        }
        assertThat(apply(progress("{\"current\":9}")).outcome()).isEqualTo(Outcome.REFUSED);
        assertThatJobIs(ended);
    }

    @Test
    void changeWithTheLastChangesIdIsADuplicate() {
        create(job("transcode"), ALICE);
        JobSnapshot first = apply(progress("{\"current\":1}", "e1")).present();

        StoreWrite again = apply(progress("{\"current\":2}", "e1"));
        StoreWrite next = apply(progress("{\"current\":2}", "e2"));
        StoreWrite old = apply(progress("{\"current\":3}", "e1"));

        assertThat(again.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertSame(again.present(), first);
        assertThat(next.outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(old.outcome()).as("only the last id is remembered").isEqualTo(Outcome.APPLIED);
    }

    @Test
    void changeOfAnUnknownJobMakesItOnlyWhereThatIsAllowed() {
        assertThat(apply(JobChange.to(PROCESSING), new JobStore.Origin(null, false, null)))
                .isEqualTo(StoreWrite.UNKNOWN);
        assertThat(read()).isEqualTo(StoreRead.ABSENT);

        JobChange change = new JobChange(PROCESSING, null, null, null, null, "resize", null);
        StoreWrite made = apply(change, new JobStore.Origin("alice", true, null));

        assertThat(made.outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(versionOf(made)).isEqualTo(1);
        assertThat(made.present().owner()).isEqualTo("alice");
        assertThat(member(made, "type")).isEqualTo("\"resize\"");
        assertThat(member(made, "startedAt")).isEqualTo(member(made, "createdAt"));
        assertThatJobIs(made.present());
    }

    @ParameterizedTest
    @EnumSource
    void unknownJobIsMadeInTheStateThatTheChangeSays(JobState state) {
        StoreWrite made = apply(JobChange.to(state));

        assertThat(made.outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(versionOf(made)).isEqualTo(1);
        assertThat(made.present().present().state()).isEqualTo(state);
        assertThatJobIs(made.present());
    }

    @Test
    void jobThatAWorkerMadeIsAdoptedByItsSubmission() {
        JobSnapshot made = apply(progress("{\"current\":1}")).present();

        StoreWrite adopted = create(job("transcode"), ALICE);

        assertThat(adopted.outcome()).isEqualTo(Outcome.CREATED);
        assertThat(versionOf(adopted)).isEqualTo(2);
        assertThat(adopted.present().owner()).isEqualTo("alice");
        assertThat(adopted.present().present().state()).isEqualTo(PROCESSING);
        assertThat(adopted.present().present().incarnation())
                .isEqualTo(made.present().incarnation());
        assertThat(member(adopted, "type")).isEqualTo("\"transcode\"");
        assertThat(member(adopted, "progress")).isEqualTo("{\"current\":1}");
        assertThatJobIs(adopted.present());
        assertThat(create(job("transcode"), ALICE).outcome()).isEqualTo(Outcome.REPEATED);
        assertThat(apply(JobChange.to(PROCESSING), new JobStore.Origin("bob", true, null)))
                .isEqualTo(StoreWrite.UNKNOWN);
    }

    @Test
    void adoptedJobKeepsItsResultAndItsError() {
        apply(new JobChange(FAILED, null, bytes("[1,2]"), "/elsewhere", bytes("{\"code\":\"x\"}"), null, null));

        StoreWrite adopted = create(job("transcode"), ALICE);

        assertThat(member(adopted, "result")).isEqualTo("[1,2]");
        assertThat(member(adopted, "resultUrl")).isEqualTo("\"/elsewhere\"");
        assertThat(member(adopted, "error")).isEqualTo("{\"code\":\"x\"}");
        assertThat(member(adopted, "status")).isEqualTo("\"failed\"");
        assertThatJobIs(adopted.present());
    }

    @Test
    void changeByAnotherOwnerFindsNothing() {
        JobSnapshot created = create(job("transcode"), ALICE).present();

        assertThat(apply(JobChange.to(CANCELLED), new JobStore.Origin("bob", true, null)))
                .isEqualTo(StoreWrite.UNKNOWN);
        assertThatJobIs(created);
        assertThat(apply(JobChange.to(PROCESSING), new JobStore.Origin("alice", false, null))
                        .outcome())
                .isEqualTo(Outcome.APPLIED);
        assertThat(apply(JobChange.to(CANCELLED), new JobStore.Origin(null, false, null))
                        .outcome())
                .isEqualTo(Outcome.APPLIED);
    }

    @Test
    void jobWithoutAnOwnerIsEverybodys() {
        create(job("transcode"), new JobStore.Submission(null, "f"));

        assertThat(apply(JobChange.to(PROCESSING), new JobStore.Origin("bob", false, null))
                        .outcome())
                .isEqualTo(Outcome.APPLIED);
    }

    @Test
    void afterItsTombstoneAJobBeginsANewLife() {
        open("jobs.result-ttl=300ms", "jobs.tombstone-ttl=400ms");
        JobSnapshot first = apply(JobChange.to(COMPLETED)).present();
        assertThatJobIs(first);

        awaitRead(StoreRead.expired(null));
        assertThat(apply(JobChange.to(COMPLETED))).isEqualTo(StoreWrite.EXPIRED);
        assertThat(create(job("transcode"), ALICE)).isEqualTo(StoreWrite.EXPIRED);
        awaitRead(StoreRead.ABSENT);

        StoreWrite second = create(job("transcode"), ALICE);
        assertThat(second.outcome()).isEqualTo(Outcome.CREATED);
        assertThat(versionOf(second)).isEqualTo(1);
        assertThat(second.present().present().incarnation())
                .isNotEqualTo(first.present().incarnation());
    }

    @Test
    void jobsOwnTimeToLiveComesBeforeTheConfiguredOne() {
        create(job("transcode", Duration.ofSeconds(90)), ALICE);

        StoreWrite ended = apply(JobChange.to(COMPLETED));

        Duration life = Duration.between(time(ended, "completedAt"), time(ended, "expiresAt"));
        assertThat(life).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void largeResultIsKeptBesideTheDocument() {
        open("limits.inline-result-bytes=16");
        StoreWrite ended = apply(completed("\"0123456789abcdef\""));

        assertThat(members(ended)).doesNotContain("result");
        assertThat(member(ended, "resultUrl")).isEqualTo("\"/jobs/" + id + "/result\"");
        assertThat(result()).isEqualTo("\"0123456789abcdef\"");
        assertThatJobIs(ended.present());
    }

    @Test
    void smallResultIsInTheDocumentOnly() {
        open("limits.inline-result-bytes=16");
        StoreWrite ended = apply(completed("\"0123456789abcd\""));

        assertThat(member(ended, "result")).isEqualTo("\"0123456789abcd\"");
        assertThat(members(ended)).doesNotContain("resultUrl");
        assertThat(result()).isNull();
    }

    @Test
    void largeResultGoesWithItsJob() {
        open("limits.inline-result-bytes=0", "jobs.result-ttl=200ms", "jobs.tombstone-ttl=1h");
        apply(completed("12345"));
        assertThat(result()).isEqualTo("12345");

        awaitRead(StoreRead.expired(null));
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(result()).isNull());
    }
}
