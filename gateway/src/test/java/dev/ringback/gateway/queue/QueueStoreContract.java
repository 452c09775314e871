package dev.ringback.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.queue.QueueStore.Added;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.queue.QueueStore.Taken;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * How every {@link QueueStore} takes jobs in, and in which order workers get them. A kind of stores is tested by a subclass of this,
 * of {@link QueueLeasesContract}, {@link QueueLimitsContract} and {@link DependencyStoreContract}: {@code newQueues} gives a {@link QueuesUnderTest} on
 * empty stores.
 */
abstract class QueueStoreContract extends QueuesFixture {

    // ── adding ─────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void jobIsAddedOnceWhileItWaitsOrIsLeased() {
        assertThat(add(entry("a"))).isEqualTo(Added.ADDED);
        assertThat(add(entry("a"))).isEqualTo(Added.PRESENT);
        assertThat(add(entry("a", "bob"))).isEqualTo(Added.PRESENT);
        assertThat(taken(9)).containsExactly("a");
        assertThat(add(entry("a"))).isEqualTo(Added.PRESENT);
        assertThat(taken(9)).isEmpty();

        end("a", Ending.COMPLETED);
        assertThat(add(entry("a"))).as("after its end").isEqualTo(Added.ADDED);
        assertThat(add(dueIn(60_000, "later"))).isEqualTo(Added.ADDED);
        assertThat(add(dueIn(0, "later"))).as("while it is not due").isEqualTo(Added.PRESENT);
        assertThat(taken(9)).containsExactly("a");
        assertThat(counts().added()).isEqualTo(3);
    }

    @Test
    void queueIsFullWhenSoManyWaitDueOrNot() {
        open("queues.depth=3");
        assertThat(add(entry("a"))).isEqualTo(Added.ADDED);
        assertThat(add(dueIn(60_000, "b"))).isEqualTo(Added.ADDED);
        assertThat(add(entry("c"))).isEqualTo(Added.ADDED);
        assertThat(add(entry("d"))).isEqualTo(Added.FULL);
        assertThat(add(dueIn(60_000, "d"))).isEqualTo(Added.FULL);
        assertThat(add(entry("b"))).as("what waits already needs no room").isEqualTo(Added.PRESENT);
        assertThat(add(ofType("resize", "d"))).as("another queue").isEqualTo(Added.ADDED);

        Lease first = takeOne();
        assertThat(add(entry("d"))).as("what is leased does not wait").isEqualTo(Added.ADDED);
        assertThat(add(entry("e"))).isEqualTo(Added.FULL);
        giveBack(first, 0, Return.RELEASED);
        assertThat(figures().waiting())
                .as("whoever comes back always finds room")
                .isEqualTo(3);
        end("a", Ending.CANCELLED);
        assertThat(add(entry("e"))).as("as many wait as may").isEqualTo(Added.FULL);
        end("b", Ending.CANCELLED);
        assertThat(add(entry("e"))).isEqualTo(Added.ADDED);
        assertThat(counts().added()).isEqualTo(5);
    }

    // ── the order ──────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void jobsOfOneOwnerGoInTheOrderInWhichTheyWereAdded() {
        addInTurn(entry("c"), entry("a"), entry("d"), entry("b"));
        assertThat(taken(1)).containsExactly("c");
        assertThat(taken(2)).containsExactly("a", "d");
        assertThat(taken(2)).containsExactly("b");
        assertThat(taken(2)).isEmpty();
    }

    @Test
    void ownersGoInTurnAndJobsOfNobodyAreOfOneOwner() {
        addInTurn(entry("a1"), entry("a2"), entry("a3"), entry("a4"), entry("a5"));
        addInTurn(entry("b1", "bob"), entry("b2", "bob"), entry("n1", null), entry("n2", null), entry("n3", null));

        List<String> order = new ArrayList<>(taken(1));
        order.addAll(taken(4));
        order.addAll(taken(1));
        order.addAll(taken(9));
        assertThat(order).containsExactly("a1", "b1", "n1", "a2", "b2", "n2", "a3", "n3", "a4", "a5");
    }

    @Test
    void ownerWhoSubmitsOneAtATimeGetsItsTurnAndNoMore() {
        addInTurn(entry("a1"), entry("a2"), entry("a3"), entry("a4"), entry("b1", "bob"));
        assertThat(taken(1)).containsExactly("a1");
        assertThat(taken(1)).containsExactly("b1");
        add(entry("b2", "bob"));
        assertThat(taken(1)).as("bob comes back behind alice").containsExactly("a2");
        assertThat(taken(1)).containsExactly("b2");
        add(entry("b3", "bob"));
        assertThat(taken(3)).containsExactly("a3", "b3", "a4");
    }

    @Test
    void ownerWhoComesBackByARetryGetsItsTurnAndNoMore() {
        addInTurn(entry("b1", "bob"), entry("a1"), entry("a2"));
        Lease bobs = takeOne();
        giveBack(bobs, 0, Return.RETRIED);
        assertThat(taken(3)).containsExactly("a1", "b1", "a2");
    }

    @Test
    void eachStepOfPriorityIsAHeadStartThatWaitingMakesUpFor() {
        open("queues.aging=1s");
        addInTurn(withPriority("low", 0), withPriority("much-lower", -9), withPriority("high", 1));
        pass(1_200);
        addInTurn(withPriority("late-and-high", 1), withPriority("late-and-higher", 2));

        assertThat(taken(9))
                .as("a second for a step: the old one of low priority goes before the late one of high")
                .containsExactly("high", "late-and-higher", "low", "late-and-high", "much-lower");
    }

    @Test
    void jobThatIsNotDueIsGivenToNobodyAndThenTakesThePlaceOfItsAge() {
        addInTurn(dueIn(60_000, "delayed"), entry("a"));
        assertThat(taken(1)).containsExactly("a");
        assertThat(taken(1)).isEmpty();
        addInTurn(entry("b"));
        pass(60_100);
        addInTurn(entry("c"));

        assertThat(taken(9)).containsExactly("delayed", "b", "c");
    }

    @Test
    void jobsThatAreNotDueKeepNobodyWaiting() {
        for (int i = 0; i < 300; i++) {
            add(dueIn(600_000, "later-" + i));
        }
        add(entry("a", "bob"));
        assertThat(taken(9)).containsExactly("a");
        assertThat(figures().delayed()).isEqualTo(300);
    }

    @Test
    void manyThatBecomeDueTogetherAreAllThereInTheEnd() {
        long due = tested.nowMillis() + 2_000;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            names.add("job-" + i);
            add(new QueueStore.Entry(JobId.of("job-" + i), TYPE, "owner-" + i % 7, 0, due));
        }
        pass(2_100);
        List<String> found = new ArrayList<>();
        awaitThat(() -> {
            found.addAll(taken(500));
            assertThat(found).hasSize(3_000);
        });
        assertThat(found).containsExactlyInAnyOrderElementsOf(names);
    }

    // ── taking ─────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void leaseNamesTheJobAnUnguessableIdAndItsDeadline() {
        add(entry("a"));
        add(entry("b"));
        long before = tested.nowMillis();
        List<Lease> leases = take(new Wish(TYPE, 5, "worker-1", null, 30_000)).leases();
        assertThat(leases).extracting(lease -> lease.id().toString()).containsExactlyInAnyOrder("a", "b");
        assertThat(leases)
                .extracting(Lease::leaseId)
                .doesNotHaveDuplicates()
                .allSatisfy(id -> assertThat(id).matches("[A-Za-z0-9_-]{16,64}\\.n5c"));
        assertThat(leases)
                .extracting(Lease::deadlineMillis)
                .allSatisfy(
                        deadline -> assertThat(deadline).isBetween(before + 30_000, tested.nowMillis() + 30_000 + 50));
    }

    @Test
    void nextLeaseOfTheSameJobIsAnother() {
        add(entry("a"));
        Lease first = takeOne();
        giveBack(first, 0, Return.UNTOUCHED);
        assertThat(takeOne().leaseId()).isNotEqualTo(first.leaseId());
    }

    @Test
    void queuesOfTwoTypesHaveNothingToDoWithEachOther() {
        add(ofType("resize", "a"));
        assertThat(taken(9)).isEmpty();
        assertThat(add(entry("a"))).as("the same id in another queue").isEqualTo(Added.ADDED);
        assertThat(taken(9)).containsExactly("a");
        end("a", Ending.COMPLETED);
        assertThat(ids(take(wish("resize", 9)))).containsExactly("a");
    }

    @Test
    void workerOfAnOwnerGetsItsJobsAndThoseOfNobodyInTurn() {
        addInTurn(entry("b1", "bob"), entry("a1"), entry("a2"), entry("n1", null), entry("n2", null));
        assertThat(ids(take(wishOf("carol", 1)))).containsExactly("n1");
        assertThat(ids(take(wishOf("alice", 9)))).containsExactly("a1", "n2", "a2");
        assertThat(ids(take(wishOf("alice", 9)))).isEmpty();
        assertThat(ids(take(wishOf(null, 9)))).containsExactly("b1");
    }

    @Test
    void jobsOfManyOwnersAreEachTakenOnce() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            names.add("job-" + i);
            add(entry("job-" + i, "owner-" + i * 7 % 60));
        }
        List<String> found = new ArrayList<>();
        for (int most = 1; found.size() < 500; most = most % 13 + 1) {
            List<String> next = taken(most);
            assertThat(next).isNotEmpty();
            found.addAll(next);
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(names);
        assertThat(taken(1)).isEmpty();
    }

    @Test
    void shortAnswerSaysWhenTheNextJobBecomesDue() {
        Taken nothing = take(wish(1));
        assertThat(nothing.leases()).isEmpty();
        assertThat(nothing.againMillis()).isEqualTo(Long.MAX_VALUE);

        add(dueIn(30_000, "later"));
        add(dueIn(600_000, "much-later"));
        assertThat(take(wish(1)).againMillis()).isBetween(1L, 30_000L);
        pass(30_010);
        assertThat(taken(1)).containsExactly("later");
    }

    // ── which there are ────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void oldestAreTheJobsThatWaitDueOrNotByTheirAge() {
        open("queues.aging=1s");
        addInTurn(dueIn(60_000, "b"), withPriority("a", 5), entry("d", "bob"), entry("c"));
        assertThat(oldest(9)).containsExactly("b", "a", "d", "c");
        assertThat(oldest(2)).containsExactly("b", "a");

        Lease leased = takeOne();
        assertThat(oldest(9)).as("what is leased does not wait").containsExactly("b", "d", "c");
        giveBack(leased, tested.nowMillis() + 60_000, Return.RETRIED);
        assertThat(oldest(9)).as("it keeps its age").containsExactly("b", "a", "d", "c");
        end("b", Ending.DROPPED);
        assertThat(oldest(1)).containsExactly("a");
        assertThat(get(store().oldest("resize", 0, 9))).isEmpty();
    }

    @Test
    void typesAreThoseOfTheQueuesThatThereAreOrWereInOrder() {
        assertThat(get(store().types(0, 9))).isEmpty();
        add(ofType("resize", "a"));
        add(ofType("archive", "b"));
        add(ofType("transcode", "c"));
        end("c", Ending.COMPLETED);
        assertThat(get(store().types(0, 9))).containsExactly("archive", "resize", "transcode");
    }

    @Test
    void oneGatewayOfTheFleetKeeps() {
        awaitThat(() -> assertThat(get(store().keeps())).isTrue());
        QueuesUnderTest other = tested.another();
        Assumptions.assumeTrue(other != null, "these queues are of one gateway only");
        if (other != null) {
            assertThat(get(other.store().keeps())).isFalse();
            assertThat(get(store().keeps())).isTrue();
        }
    }
}
