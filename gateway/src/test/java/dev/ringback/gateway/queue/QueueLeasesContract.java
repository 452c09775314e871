package dev.ringback.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.queue.QueueStore.Added;
import dev.ringback.gateway.queue.QueueStore.Dead;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link QueueStore} knows of jobs that workers have, or had: see {@link QueueStoreContract}. */
abstract class QueueLeasesContract extends QueuesFixture {
    private static final QueueFigures NOTHING =
            new QueueFigures(0, 0, 0, 0, 0, 0, new QueueFigures.Counts(0, 0, 0, 0, 0, 0, 0, 0), 0);

    // ── renewing and losing ────────────────────────────────────────────────────────────────────────────────────

    @Test
    void leaseGoesOnFromNowWhenItIsRenewed() {
        add(entry("a"));
        Lease lease = takeOne(10_000);
        pass(4_000);
        long deadline = get(store().renew(TYPE, lease.id(), lease.leaseId(), 15_000));
        assertThat(deadline).isBetween(tested.nowMillis() + 13_000, tested.nowMillis() + 15_050);
        pass(9_000);
        assertThat(lost(9)).isEmpty();
        pass(7_000);
        assertThat(lost(9)).containsExactly("a");
    }

    @Test
    void onlyTheJobsOwnLeaseIsRenewed() {
        add(entry("a"));
        add(entry("waiting"));
        Lease lease = takeOne();
        assertThat(get(store().renew(TYPE, lease.id(), "another", 1_000))).isZero();
        assertThat(get(store().renew(TYPE, JobId.of("waiting"), lease.leaseId(), 1_000)))
                .isZero();
        assertThat(get(store().renew(TYPE, JobId.of("unknown"), lease.leaseId(), 1_000)))
                .isZero();
        assertThat(get(store().renew("resize", lease.id(), lease.leaseId(), 1_000)))
                .isZero();
        assertThat(renew(lease)).isPositive();

        giveBack(lease, 0, Return.RELEASED);
        assertThat(renew(lease)).isZero();
        end("waiting", Ending.DROPPED);
        Lease second = takeOne();
        assertThat(renew(lease)).as("the lease before").isZero();
        end("a", Ending.COMPLETED);
        assertThat(renew(second)).isZero();
    }

    @Test
    void leaseThatIsOverIsNamedOnceAndThenTheCallers() {
        add(entry("a"));
        Lease lease = takeOne(10_000);
        assertThat(lost(9)).isEmpty();
        pass(10_200);
        List<Lease> lost = get(store().lost(TYPE, 9));
        assertThat(lost).hasSize(1);
        assertThat(lost.get(0).id()).isEqualTo(lease.id());
        assertThat(lost.get(0).leaseId()).isEqualTo(lease.leaseId());
        assertThat(lost(9)).as("it is claimed").isEmpty();
        assertThat(renew(lease)).as("and can't be renewed any more").isZero();
        assertThat(taken(9)).as("nor is it anybody else's").isEmpty();
    }

    @Test
    void claimThatNobodyMadeUseOfEnds() {
        add(entry("a"));
        Lease lease = takeOne(100);
        pass(200);
        assertThat(lost(9)).containsExactly("a");
        pass(QueueStore.CLAIM_MILLIS - 2_000);
        assertThat(lost(9)).isEmpty();
        pass(2_100);
        assertThat(renew(lease)).isZero();
        assertThat(lost(9)).containsExactly("a");
        assertThat(lost(9)).isEmpty();
        assertThat(counts().lost()).as("it was lost once").isEqualTo(1);
    }

    @Test
    void leaseThatIsOverGoesOnWhereItIsRenewedBeforeAnybodyClaimsIt() {
        add(entry("a"));
        Lease lease = takeOne(100);
        pass(200);
        assertThat(renew(lease)).isPositive();
        assertThat(lost(9)).isEmpty();
        assertThat(counts().lost()).isZero();
    }

    @Test
    void lostLeasesAreNamedTheLongestFirstAndSoManyAtATime() {
        addInTurn(entry("a"), entry("b"), entry("c"), entry("d"));
        takeOne(30_000);
        takeOne(10_000);
        takeOne(20_000);
        takeOne(600_000);
        pass(40_000);
        assertThat(lost(2)).containsExactly("b", "c");
        assertThat(lost(2)).containsExactly("a");
        assertThat(lost(2)).isEmpty();
        assertThat(get(store().lost("resize", 9))).isEmpty();
        assertThat(counts().lost()).isEqualTo(3);
    }

    // ── giving back ────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void jobThatIsGivenBackKeepsItsAgeItsPriorityAndItsOwner() {
        open("queues.aging=10s");
        addInTurn(entry("old"), withPriority("high", 3), entry("young"));
        Lease high = takeOne();
        Lease old = takeOne();
        giveBack(high, 0, Return.RETRIED);
        giveBack(old, 0, Return.RELEASED);
        add(entry("bobs", "bob"));

        assertThat(ids(take(wishOf("alice", 9)))).containsExactly("high", "old", "young");
    }

    @Test
    void jobThatIsGivenBackForLaterIsGivenToNobodyUntilThen() {
        addInTurn(entry("a"), entry("b"));
        Lease lease = takeOne();
        giveBack(lease, tested.nowMillis() + 60_000, Return.RETRIED);
        assertThat(figures().delayed()).isEqualTo(1);
        assertThat(taken(1)).containsExactly("b");
        assertThat(take(wish(9)).againMillis()).isBetween(1L, 60_000L);
        addInTurn(entry("c"));
        pass(60_100);
        assertThat(taken(9)).containsExactly("a", "c");
    }

    @Test
    void lostLeaseGivesItsJobBackToo() {
        add(entry("a"));
        Lease lease = takeOne(100);
        pass(200);
        assertThat(lost(9)).containsExactly("a");
        giveBack(lease, 0, Return.RETRIED);
        assertThat(taken(9)).containsExactly("a");
        assertThat(counts().retried()).isEqualTo(1);
    }

    @Test
    void anotherLeaseGivesNothingBack() {
        add(entry("a"));
        Lease first = takeOne();
        giveBack(first, 0, Return.RELEASED);
        giveBack(first, 0, Return.RELEASED);
        assertThat(figures().waiting()).isEqualTo(1);
        Lease second = takeOne();
        giveBack(first, 0, Return.RELEASED);
        assertThat(taken(9)).isEmpty();
        assertThat(renew(second)).isPositive();

        get(store().giveBack(TYPE, JobId.of("unknown"), second.leaseId(), 0, Return.RETRIED));
        get(store().giveBack("resize", second.id(), second.leaseId(), 0, Return.RETRIED));
        assertThat(taken(9)).isEmpty();
        assertThat(counts().released()).as("once").isEqualTo(1);
        assertThat(counts().retried()).isZero();
    }

    @Test
    void reasonOfAReturnIsCounted() {
        add(entry("a"));
        giveBack(takeOne(), 0, Return.RETRIED);
        giveBack(takeOne(), 0, Return.RETRIED);
        giveBack(takeOne(), 0, Return.RELEASED);
        giveBack(takeOne(), 0, Return.UNTOUCHED);
        assertThat(counts()).isEqualTo(new QueueFigures.Counts(1, 0, 0, 0, 0, 2, 1, 0));
    }

    // ── ending ─────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void jobLeavesItsQueueWhereverItIsAndIsCountedOnce() {
        addInTurn(entry("leased"), entry("lost"), entry("waiting"), dueIn(600_000, "delayed"), entry("dropped"));
        Lease leased = takeOne();
        Lease lost = takeOne(50);
        pass(100);
        assertThat(lost(9)).containsExactly("lost");
        for (int i = 0; i < 2; i++) {
            end("leased", Ending.COMPLETED);
            end("lost", Ending.FAILED);
            end("waiting", Ending.CANCELLED);
            end("delayed", Ending.CANCELLED);
            end("dropped", Ending.DROPPED);
            end("unknown", Ending.COMPLETED);
        }
        giveBack(leased, 0, Return.RETRIED);
        giveBack(lost, 0, Return.RETRIED);

        QueueFigures figures = figures();
        assertThat(figures.counts()).isEqualTo(new QueueFigures.Counts(5, 1, 1, 2, 0, 0, 0, 1));
        assertThat(figures.waiting() + figures.delayed() + figures.leased() + figures.dead())
                .isZero();
        assertThat(taken(9)).isEmpty();
        assertThat(oldest(9)).isEmpty();
    }

    @Test
    void jobThatEndedIsNotKeptFromItsTurnWhenItIsAddedAgain() {
        addInTurn(dueIn(600_000, "a"), entry("b"));
        end("a", Ending.CANCELLED);
        assertThat(add(entry("a"))).isEqualTo(Added.ADDED);
        assertThat(taken(9)).containsExactly("b", "a");
    }

    // ── dead letters ───────────────────────────────────────────────────────────────────────────────────────────

    private void die(String... ids) {
        for (String id : ids) {
            add(entry(id));
            takeOne();
            end(id, Ending.DEAD);
            pass(3);
        }
    }

    @Test
    void deadLettersAreListedTheLatestFirst() {
        long before = tested.nowMillis();
        die("b", "c", "a");
        assertThat(dead()).containsExactly("a", "c", "b");
        assertThat(get(store().dead(TYPE, 9, null)))
                .extracting(Dead::diedMillis)
                .allSatisfy(died -> assertThat(died).isBetween(before - 50, tested.nowMillis() + 50))
                .doesNotHaveDuplicates();
        assertThat(figures().dead()).isEqualTo(3);
        assertThat(counts().dead()).isEqualTo(3);
        assertThat(get(store().dead("resize", 9, null))).isEmpty();
    }

    @Test
    void deadLettersComeInPagesEachOnceEvenWhereSomeAreBuriedMeanwhile() {
        String[] ids = IntStream.range(0, 25).mapToObj(i -> "job-" + i).toArray(String[]::new);
        for (String id : ids) {
            add(entry(id));
            end(id, Ending.DEAD);
        }
        List<String> found = new ArrayList<>();
        List<Dead> page = get(store().dead(TYPE, 4, null));
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(4);
            page.forEach(dead -> found.add(dead.id().toString()));
            Dead last = page.get(page.size() - 1);
            get(store().bury(TYPE, List.of(page.get(0).id())));
            page = get(store().dead(TYPE, 4, last));
        }
        assertThat(found).containsExactlyInAnyOrder(ids);
        assertThat(dead()).hasSize(25 - 7);
    }

    @Test
    void deadLettersBeyondTheBoundPushOutTheOldest() {
        open("queues.dead=3");
        die("a", "b", "c", "d", "e");
        assertThat(dead()).containsExactly("e", "d", "c");
        assertThat(figures().dead()).isEqualTo(3);
        assertThat(counts().dead()).as("all that died").isEqualTo(5);
    }

    @Test
    void deadLetterIsBuriedOnce() {
        die("a", "b", "c");
        List<JobId> ids = List.of(JobId.of("a"), JobId.of("c"), JobId.of("unknown"));
        assertThat(get(store().bury(TYPE, ids))).isEqualTo(2);
        assertThat(get(store().bury(TYPE, ids))).isZero();
        assertThat(get(store().bury("resize", ids))).isZero();
        assertThat(dead()).containsExactly("b");
    }

    @Test
    void deadLetterThatIsAddedAgainAndDiesAgainIsListedOnce() {
        die("a", "b", "a");
        assertThat(dead()).containsExactly("a", "b");
        assertThat(figures().dead()).isEqualTo(2);
    }

    // ── figures ────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void queueThatNobodyKnowsHasNothing() {
        assertThat(figures()).isEqualTo(NOTHING);
    }

    @Test
    void figuresSayWhereTheJobsAreAndHowLongTheOldestWaits() {
        long before = tested.nowMillis();
        addInTurn(dueIn(600_000, "d1"), dueIn(60_000, "d2"), entry("a"), entry("b", "bob"), entry("c"));
        long after = tested.nowMillis();
        assertThat(figures()).returns(3L, QueueFigures::waiting).returns(2L, QueueFigures::delayed);
        assertThat(figures().oldestMillis()).isBetween(before - 50, after + 50);
        takeOne();
        assertThat(figures()).returns(2L, QueueFigures::waiting).returns(1L, QueueFigures::leased);
        pass(60_100);
        assertThat(figures())
                .as("what is due waits, though nobody has asked since")
                .returns(3L, QueueFigures::waiting)
                .returns(1L, QueueFigures::delayed);
        taken(9);
        assertThat(figures().oldestMillis()).as("nothing waits that is due").isZero();

        long late = tested.nowMillis();
        add(entry("late"));
        assertThat(figures().oldestMillis()).isBetween(late - 50, tested.nowMillis() + 50);
    }

    @Test
    void workersAreThoseWhoAskedOrRenewedWithinTheLastMinute() {
        add(entry("a"));
        Lease lease = takeOne(3_600_000);
        for (String worker : List.of("worker-2", "worker-3", "worker-2")) {
            take(new Wish(TYPE, 1, worker, null, LEASE_MILLIS));
        }
        assertThat(figures().workers()).isEqualTo(3);
        pass(50_000);
        renew(lease);
        take(new Wish(TYPE, 1, "worker-4", null, LEASE_MILLIS));
        pass(20_000);
        assertThat(figures().workers()).as("1, who has renewed, and 4").isEqualTo(2);
    }

    @Test
    void endsAreCountedByTheSecondForAboutAMinute() {
        for (int i = 0; i < 60; i++) {
            add(entry("job-" + i));
            end("job-" + i, i % 2 == 0 ? Ending.COMPLETED : Ending.DEAD);
        }
        add(new Entry(JobId.of("dropped"), TYPE, null, 0, 0));
        double soon = figures().endsPerSecond();
        assertThat(soon).as("60 in a minute, or in less").isBetween(0.3, 60.0);
        end("dropped", Ending.DROPPED);
        assertThat(figures().endsPerSecond()).as("that was no end").isLessThanOrEqualTo(soon);
        pass(300_000);
        assertThat(figures().endsPerSecond()).isBetween(0.0, 0.05);
    }
}
