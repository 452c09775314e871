package dev.ringback.gateway.store;

import static dev.ringback.protocol.JobState.CANCELLED;
import static dev.ringback.protocol.JobState.COMPLETED;
import static dev.ringback.protocol.JobState.FAILED;
import static dev.ringback.protocol.JobState.PROCESSING;
import static dev.ringback.protocol.JobState.QUEUED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link JobStore} does, whatever it is made of: lists of jobs, and what was submitted. */
abstract class JobStoreListContractTest extends JobStoreFixture {
    private static final SecureRandom RANDOM = new SecureRandom();
    /** More pages than any list here has, bounded so that a list without an end fails. */
    private static final int MOST_PAGES = 1_000;

    /** Of this test alone: other tests may have left jobs in the store. */
    private String owner;

    @BeforeEach
    void takeAnOwner() {
        owner = "owner-" + Long.toString(RANDOM.nextLong() >>> 1, 36);
    }

    @Test
    void ownerWithoutJobsHasAnEmptyList() {
        JobPage page = page(new JobQuery(owner, Set.of(), null, 10, null));

        assertThat(page.jobs()).isEmpty();
        assertThat(page.next()).isNull();
    }

    @Test
    void newestJobIsFirstAndEachIsAsAReadTells() {
        for (int i = 0; i < 20; i++) {
            make("transcode", owner);
        }

        List<JobSnapshot> listed = all(owner, Set.of(), null, 100);

        assertThat(listed).hasSize(20);
        assertThat(places(listed)).isSorted();
        for (JobSnapshot job : listed) {
            assertSame(job, get(tested.store().read(job.present().jobId())).snapshot());
        }
    }

    @Test
    void pagesJoinWithoutAGapOrARepeat() {
        for (int i = 0; i < 17; i++) {
            make("transcode", owner);
        }

        List<JobSnapshot> whole = all(owner, Set.of(), null, 100);
        for (int limit : new int[] {1, 2, 5, 16, 17, 18}) {
            assertThat(ids(all(owner, Set.of(), null, limit)))
                    .as("pages of %d", limit)
                    .isEqualTo(ids(whole));
        }
        assertThat(whole).hasSize(17);
    }

    @Test
    void lastPageNamesNoNextOne() {
        make("transcode", owner);
        make("transcode", owner);

        assertThat(page(new JobQuery(owner, Set.of(), null, 10, null)).next()).isNull();
    }

    @Test
    void jobsMadeMeanwhileDoNotMoveThePagesThatFollow() {
        for (int i = 0; i < 6; i++) {
            make("transcode", owner);
        }
        List<JobId> whole = ids(all(owner, Set.of(), null, 100));
        awaitNextMillisecond();

        JobPage first = page(new JobQuery(owner, Set.of(), null, 3, null));
        make("transcode", owner);
        make("transcode", owner);
        List<JobSnapshot> all = new ArrayList<>(first.jobs());
        all.addAll(from(first.next(), owner, Set.of(), null, 3));

        assertThat(ids(all)).isEqualTo(whole);
    }

    @Test
    void anyPlaceMayBeginAPage() {
        make("transcode", owner);
        JobPlace beforeAll = new JobPlace(1, JobId.of("none"));
        JobPlace afterAll = new JobPlace(System.currentTimeMillis() + 1_000_000, JobId.of("none"));

        assertThat(from(afterAll, owner, Set.of(), null, 10)).hasSize(1);
        assertThat(from(beforeAll, owner, Set.of(), null, 10)).isEmpty();
    }

    @Test
    void listIsOfOneOwnerOnly() {
        JobId mine = make("transcode", owner);
        make("transcode", owner + "-other");
        make("transcode", null);
        apply(JobChange.to(PROCESSING));

        assertThat(ids(all(owner, Set.of(), null, 10))).containsExactly(mine);
    }

    @Test
    void whoSeesEverythingIsListedEverybodysJobs() {
        String type = "type-of-" + owner;
        JobId mine = make(type, owner);
        JobId others = make(type, owner + "-other");
        JobId nobodys = make(type, null);
        JobChange typed = new JobChange(PROCESSING, null, null, null, null, type, null);
        apply(typed);

        assertThat(ids(all(null, Set.of(), type, 2))).containsExactlyInAnyOrder(mine, others, nobodys, id);
    }

    @Test
    void statesChooseTheJobsThatAreInOneOfThemNow() {
        JobId queued = make("transcode", owner);
        JobId processing = make("transcode", owner);
        JobId completed = make("transcode", owner);
        JobId failed = make("transcode", owner);
        move(processing, PROCESSING);
        move(completed, PROCESSING);
        move(completed, COMPLETED);
        move(failed, FAILED);

        assertThat(ids(all(owner, Set.of(QUEUED), null, 2))).containsExactly(queued);
        assertThat(ids(all(owner, Set.of(PROCESSING), null, 2))).containsExactly(processing);
        assertThat(ids(all(owner, Set.of(COMPLETED, FAILED), null, 1))).containsExactlyInAnyOrder(completed, failed);
        assertThat(ids(all(owner, Set.of(CANCELLED), null, 2))).isEmpty();
    }

    @Test
    void typeChoosesJobsOfItAndJoinsWithStates() {
        JobId report = make("report", owner);
        make("transcode", owner);
        JobId processing = make("report", owner);
        move(processing, PROCESSING);

        assertThat(ids(all(owner, Set.of(), "report", 1))).containsExactlyInAnyOrder(report, processing);
        assertThat(ids(all(owner, Set.of(PROCESSING), "report", 1))).containsExactly(processing);
        assertThat(ids(all(owner, Set.of(), "rep", 1))).isEmpty();
    }

    @Test
    void jobThatAWorkersEventMadeIsListedForItsOwner() {
        apply(JobChange.to(PROCESSING), new JobStore.Origin(owner, true, null));

        assertThat(ids(all(owner, Set.of(), null, 10))).containsExactly(id);
    }

    @Test
    void adoptedJobIsListedForWhoAdoptedIt() {
        apply(JobChange.to(PROCESSING));
        assertThat(all(owner, Set.of(), null, 10)).isEmpty();

        create(job("transcode"), new JobStore.Submission(owner, "f"));

        assertThat(ids(all(owner, Set.of(PROCESSING), "transcode", 10))).containsExactly(id);
    }

    @Test
    void expiredJobIsNotListed() {
        open("jobs.result-ttl=200ms", "jobs.tombstone-ttl=1h");
        create(job("transcode"), new JobStore.Submission(owner, "f"));
        JobId kept = make("transcode", owner);
        apply(JobChange.to(COMPLETED));

        awaitRead(StoreRead.expired(owner));
        assertThat(ids(all(owner, Set.of(), null, 1))).containsExactly(kept);
    }

    @Test
    void secondLifeOfAJobIsListedOnce() {
        open("jobs.result-ttl=100ms", "jobs.tombstone-ttl=200ms");
        create(job("transcode"), new JobStore.Submission(owner, "f"));
        apply(JobChange.to(COMPLETED));
        awaitRead(StoreRead.ABSENT);
        create(job("transcode"), new JobStore.Submission(owner, "f"));

        List<JobSnapshot> listed = all(owner, Set.of(), null, 1);
        assertThat(ids(listed)).containsExactly(id);
        assertThat(listed.get(0).present().state()).isEqualTo(QUEUED);
    }

    @Test
    void submissionCanBeReadAgainWholeAlsoAfterTheEnd() {
        NewJob submitted = job("transcode", Duration.ofSeconds(90)).retrying(JobId.of("first-try"));
        create(submitted, ALICE);
        assertSubmitted(submitted);

        apply(JobChange.to(FAILED));
        assertSubmitted(submitted);
    }

    @Test
    void submissionOfTheLeastIsReadAgainAsTheLeast() {
        NewJob submitted = new NewJob("t", null, 0, null, null, null, null, NewJob.Plan.NONE);
        create(submitted, new JobStore.Submission(null, "f"));

        assertSubmitted(submitted);
    }

    @Test
    void nothingWasSubmittedForAJobThatIsAbsentOrMadeByAWorker() {
        assertThat(get(tested.store().submitted(id))).isNull();
        apply(JobChange.to(PROCESSING));
        assertThat(get(tested.store().submitted(id))).isNull();

        create(job("transcode"), ALICE);
        assertSubmitted(job("transcode"));
    }

    @Test
    void submissionGoesWithItsJob() {
        open("jobs.result-ttl=100ms", "jobs.tombstone-ttl=1h");
        create(job("transcode"), ALICE);
        apply(JobChange.to(COMPLETED));
        awaitRead(StoreRead.expired("alice"));

        assertThat(get(tested.store().submitted(id))).isNull();
    }

    @Test
    void nextTryNamesTheJobThatItTriesAgain() {
        StoreWrite created = create(job("transcode").retrying(JobId.of("first-try")), ALICE);
        StoreWrite moved = apply(JobChange.to(PROCESSING));

        assertThat(created.outcome()).isEqualTo(Outcome.CREATED);
        assertThat(member(created, "originalJobId")).isEqualTo("\"first-try\"");
        assertThat(member(moved, "originalJobId")).isEqualTo("\"first-try\"");
        assertThatJobIs(moved.present());
    }

    @Test
    void closedStoreListsNothing() {
        tested.store().close();

        assertUnavailable(tested.store().list(new JobQuery(owner, Set.of(), null, 10, null)));
        assertUnavailable(tested.store().submitted(id));
    }

    private static void assertUnavailable(CompletionStage<?> stage) {
        assertThatThrownBy(() -> get(stage))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
    }

    private void assertSubmitted(NewJob expected) {
        assertThat(get(tested.store().submitted(id))).usingRecursiveComparison().isEqualTo(expected);
    }

    private JobId make(String type, @Nullable String by) {
        JobId made = JobId.random(System.currentTimeMillis(), RANDOM);
        StoreWrite write = get(tested.store().create(made, job(type), new JobStore.Submission(by, "f")));
        assertThat(write.outcome()).isEqualTo(Outcome.CREATED);
        return made;
    }

    private void move(JobId job, JobState state) {
        var write = get(tested.store().apply(job, JobChange.to(state), new JobStore.Origin(null, false, null)));
        assertThat(write.outcome()).isEqualTo(Outcome.APPLIED);
    }

    private JobPage page(JobQuery query) {
        tested.settle();
        JobPage page = get(tested.store().list(query));
        assertThat(page.jobs()).hasSizeLessThanOrEqualTo(query.limit());
        return page;
    }

    private List<JobSnapshot> all(@Nullable String of, Set<JobState> states, @Nullable String type, int limit) {
        return from(null, of, states, type, limit);
    }

    /** Every page from here to the end. */
    private List<JobSnapshot> from(
            @Nullable JobPlace place, @Nullable String of, Set<JobState> states, @Nullable String type, int limit) {
        List<JobSnapshot> jobs = new ArrayList<>();
        JobPlace after = place;
        for (int pages = 0; pages < MOST_PAGES; pages++) {
            JobPage page = page(new JobQuery(of, states, type, limit, after));
            jobs.addAll(page.jobs());
            if (page.next() == null) {
                return jobs;
            }
            if (after != null) {
                assertThat(page.next()).isGreaterThan(after);
            }
            after = page.next();
        }
        throw new AssertionError("the list has no end");
    }

    private static List<JobId> ids(List<JobSnapshot> jobs) {
        return jobs.stream().map(job -> job.present().jobId()).toList();
    }

    private static List<JobPlace> places(List<JobSnapshot> jobs) {
        return jobs.stream().map(JobStoreListContractTest::place).toList();
    }

    private static JobPlace place(JobSnapshot job) {
        String created = membersOf(job.present().json()).get("createdAt").replace("\"", "");
        return new JobPlace(Instant.parse(created).toEpochMilli(), job.present().jobId());
    }

    /** Jobs made after it are newer than those made before. */
    private static void awaitNextMillisecond() {
        long now = System.currentTimeMillis();
        while (System.currentTimeMillis() <= now + 1) {
            Thread.onSpinWait();
        }
    }
}
