package dev.ringback.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.queue.QueueStore.Taken;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What holds every {@link QueueStore} back, and how it says that there is more: see {@link QueueStoreContract}. */
abstract class QueueLimitsContract extends QueuesFixture {

    // ── concurrency and rate ───────────────────────────────────────────────────────────────────────────────────

    @Test
    void soManyOfATypeAreLeasedAtOnceAndNoMore() {
        for (String id : List.of("a", "b", "c", "d", "e", "f")) {
            add(ofType(TWO_AT_ONCE, id));
        }
        Taken first = take(wish(TWO_AT_ONCE, 5));
        assertThat(first.leases()).hasSize(2);
        assertThat(first.againMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(take(wish(TWO_AT_ONCE, 1)).leases()).isEmpty();

        get(store().end(TWO_AT_ONCE, first.leases().get(0).id(), Ending.COMPLETED));
        assertThat(take(wish(TWO_AT_ONCE, 5)).leases()).hasSize(1);
        Lease given = first.leases().get(1);
        get(store().giveBack(TWO_AT_ONCE, given.id(), given.leaseId(), 0, Return.RELEASED));
        assertThat(take(wish(TWO_AT_ONCE, 5)).leases()).hasSize(1);
        assertThat(take(wish(TWO_AT_ONCE, 5)).leases()).isEmpty();
    }

    @Test
    void lostLeaseCountsAsLeasedUntilSomebodySaysWhatBecomesOfIt() {
        for (String id : List.of("a", "b", "c")) {
            add(ofType(TWO_AT_ONCE, id));
        }
        List<Lease> leases =
                take(new QueueStore.Wish(TWO_AT_ONCE, 2, "worker-1", null, 50)).leases();
        pass(100);
        assertThat(get(store().lost(TWO_AT_ONCE, 9))).hasSize(2);
        assertThat(take(wish(TWO_AT_ONCE, 1)).leases()).isEmpty();
        get(store().end(TWO_AT_ONCE, leases.get(0).id(), Ending.DEAD));
        assertThat(take(wish(TWO_AT_ONCE, 9)).leases()).hasSize(1);
    }

    @Test
    void rateLetsABurstPassAndThenSoManyASecond() {
        for (int i = 0; i < 20; i++) {
            add(ofType(ONE_IN_FIVE_SECONDS, "job-" + i));
        }
        Taken burst = take(wish(ONE_IN_FIVE_SECONDS, 9));
        assertThat(burst.leases()).hasSize(3);
        assertThat(burst.againMillis()).as("the next token").isBetween(1L, 5_000L);
        assertThat(take(wish(ONE_IN_FIVE_SECONDS, 9)).leases()).isEmpty();

        pass(burst.againMillis() + 5);
        assertThat(take(wish(ONE_IN_FIVE_SECONDS, 9)).leases()).hasSize(1);
        pass(25_000);
        assertThat(take(wish(ONE_IN_FIVE_SECONDS, 9)).leases())
                .as("no more tokens wait than a burst")
                .hasSize(3);
        assertThat(take(wish(ONE_IN_FIVE_SECONDS, 9)).leases()).isEmpty();
    }

    @Test
    void rateIsSpentOnWhatIsTakenOnly() {
        for (int i = 0; i < 5; i++) {
            assertThat(take(wish(ONE_IN_FIVE_SECONDS, 9)).leases()).isEmpty();
        }
        add(ofType(ONE_IN_FIVE_SECONDS, "a"));
        assertThat(take(wish(ONE_IN_FIVE_SECONDS, 9)).leases()).hasSize(1);
        add(ofType(ONE_IN_FIVE_SECONDS, "b"));
        add(ofType(ONE_IN_FIVE_SECONDS, "c"));
        assertThat(take(wish(ONE_IN_FIVE_SECONDS, 9)).leases()).hasSize(2);
    }

    // ── who hears that there is more ───────────────────────────────────────────────────────────────────────────

    /** The types that the store has named so far. */
    private List<String> heard() {
        List<String> heard = new CopyOnWriteArrayList<>();
        store().onWork(heard::add);
        return heard;
    }

    private static void awaitHeard(List<String> heard, String type) {
        awaitThat(() -> assertThat(heard).contains(type));
        heard.clear();
    }

    @Test
    void whoGotFewerThanWishedForHearsOfAnAddition() {
        List<String> heard = heard();
        assertThat(taken(1)).isEmpty();
        add(entry("a"));
        awaitHeard(heard, TYPE);

        add(entry("b", "bob"));
        assertThat(taken(5)).as("fewer, though not none").hasSize(2);
        add(entry("c"));
        awaitHeard(heard, TYPE);
        add(ofType("resize", "d"));
        assertThat(taken(5)).containsExactly("c");
        add(entry("e"));
        awaitThat(() -> assertThat(heard).contains(TYPE));
        assertThat(heard).as("nobody wishes for these").doesNotContain("resize");
    }

    @Test
    void whoTookTheLastBeforeOthersHearsOfAnAddition() {
        List<String> heard = heard();
        add(entry("a"));
        add(entry("b"));
        assertThat(take(wish(1).beforeOthers()).drained()).as("there is b").isFalse();
        Taken last = take(wish(1).beforeOthers());
        assertThat(ids(last)).containsExactly("b");
        assertThat(last.drained()).isTrue();
        add(entry("c"));
        awaitHeard(heard, TYPE);

        assertThat(take(wish(1)).drained()).as("nobody else waits").isFalse();
        add(entry("d"));
        assertThat(take(wish(2)).drained()).as("fewer than wished for").isTrue();
    }

    @Test
    void whatOthersHaveIsNoneForThoseWhoMayNotHaveIt() {
        add(entry("a", "alice"));
        add(entry("b", "bob"));
        List<String> heard = heard();
        Taken own = take(wishOf("bob", 1).beforeOthers());
        assertThat(ids(own)).containsExactly("b");
        assertThat(own.drained()).isTrue();
        add(entry("c", "bob"));
        awaitHeard(heard, TYPE);
    }

    @Test
    void whoTookAsManyAsALimitLetsHearsWhenItLetsMore() {
        List<String> heard = heard();
        for (String id : List.of("a", "b", "c")) {
            add(ofType(TWO_AT_ONCE, id));
        }
        Taken first = take(wish(TWO_AT_ONCE, 1).beforeOthers());
        assertThat(first.drained()).isFalse();
        Taken second = take(wish(TWO_AT_ONCE, 1).beforeOthers());
        assertThat(second.leases()).hasSize(1);
        assertThat(second.drained()).isTrue();
        assertThat(second.againMillis()).isEqualTo(Long.MAX_VALUE);
        get(store().end(TWO_AT_ONCE, first.leases().get(0).id(), Ending.COMPLETED));
        awaitHeard(heard, TWO_AT_ONCE);
    }

    @Test
    void whoTookAsManyAsARateLetsKnowsWhenItLetsMore() {
        for (int i = 0; i < 9; i++) {
            add(ofType(ONE_IN_FIVE_SECONDS, "job-" + i));
        }
        Taken burst = take(wish(ONE_IN_FIVE_SECONDS, 3).beforeOthers());
        assertThat(burst.leases()).hasSize(3);
        assertThat(burst.drained()).isTrue();
        assertThat(burst.againMillis()).as("the next token").isBetween(1L, 5_000L);
    }

    @Test
    void whoGotFewerThanWishedForHearsOfAJobThatIsGivenBack() {
        add(entry("a"));
        Lease lease = takeOne();
        List<String> heard = heard();
        assertThat(taken(1)).isEmpty();
        giveBack(lease, 0, Return.UNTOUCHED);
        awaitHeard(heard, TYPE);
        assertThat(taken(1)).containsExactly("a");
    }

    @Test
    void whoKnewOfNothingHearsOfAJobThatIsAddedForLaterNowOrWhenItIsDue() {
        List<String> heard = heard();
        assertThat(take(wish(1)).againMillis()).isEqualTo(Long.MAX_VALUE);
        add(dueIn(1_500, "later"));
        pass(1_600);
        awaitHeard(heard, TYPE);
        assertThat(taken(1)).containsExactly("later");

        assertThat(taken(1)).isEmpty();
        add(entry("a"));
        awaitHeard(heard, TYPE);
        Lease lease = takeOne();
        assertThat(take(wish(1)).againMillis()).isEqualTo(Long.MAX_VALUE);
        giveBack(lease, tested.nowMillis() + 1_500, Return.RETRIED);
        pass(1_600);
        awaitHeard(heard, TYPE);
        assertThat(taken(1)).containsExactly("a");
    }

    @Test
    void whoWasHeldBackByTheConcurrencyHearsWhenAJobEndsOrIsDelayed() {
        List<String> heard = heard();
        for (String id : List.of("a", "b", "c", "d", "e")) {
            add(ofType(TWO_AT_ONCE, id));
        }
        List<Lease> leases = take(wish(TWO_AT_ONCE, 3)).leases();
        get(store().end(TWO_AT_ONCE, leases.get(0).id(), Ending.COMPLETED));
        awaitHeard(heard, TWO_AT_ONCE);

        assertThat(take(wish(TWO_AT_ONCE, 3)).leases()).hasSize(1);
        Lease second = leases.get(1);
        get(store().giveBack(TWO_AT_ONCE, second.id(), second.leaseId(), tested.nowMillis() + 60_000, Return.RETRIED));
        awaitHeard(heard, TWO_AT_ONCE);
        assertThat(take(wish(TWO_AT_ONCE, 1)).leases()).hasSize(1);
    }

    @Test
    void whoWaitsForOneOwnersJobsHearsOfThem() {
        List<String> heard = heard();
        add(entry("b1", "bob"));
        assertThat(take(wishOf("alice", 1)).leases()).isEmpty();
        add(entry("a1"));
        awaitHeard(heard, TYPE);
        assertThat(ids(take(wishOf("alice", 1)))).containsExactly("a1");
    }

    @Test
    void wishThatComesUpShortAndAnAdditionAtTheSameTimeAlwaysMeet() {
        List<String> heard = heard();
        for (int i = 0; i < 300; i++) {
            String type = "type-" + i;
            Entry entry = new Entry(JobId.of("job-" + i), type, "alice", 0, 0);
            CompletionStage<Taken> taking = null;
            if (i % 2 == 0) {
                taking = store().take(wish(type, 1));
            }
            CompletableFuture<QueueStore.Added> adding =
                    CompletableFuture.supplyAsync(() -> store().add(entry)).thenCompose(stage -> stage);
            if (taking == null) {
                taking = store().take(wish(type, 1));
            }
            get(adding);
            if (get(taking).leases().isEmpty()) {
                awaitThat(() -> assertThat(heard).contains(type));
                assertThat(ids(take(wish(type, 1)))).containsExactly("job-" + i);
            }
        }
    }

    @Test
    void takersAtTheSameTimeNeverHaveTheSameJob() {
        for (int i = 0; i < 400; i++) {
            add(entry("job-" + i, "owner-" + i % 5));
        }
        List<CompletionStage<Taken>> taking = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            taking.add(CompletableFuture.supplyAsync(() -> takeAll()).thenCompose(stage -> stage));
        }
        List<String> found = new ArrayList<>();
        taking.forEach(stage -> found.addAll(ids(get(stage))));
        assertThat(found).hasSize(400).doesNotHaveDuplicates();
    }

    /** Two at a time, until there is nothing. */
    private CompletionStage<Taken> takeAll() {
        return store().take(wish(2))
                .thenCompose(some -> some.leases().isEmpty()
                        ? CompletableFuture.completedFuture(some)
                        : takeAll().thenApply(more -> {
                            List<Lease> all = new ArrayList<>(some.leases());
                            all.addAll(more.leases());
                            return new Taken(all, more.againMillis(), more.drained());
                        }));
    }
}
