package dev.ringback.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.queue.DependencyStore.Waiting;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob.AfterFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every {@link DependencyStore} does; it is tested as {@link QueueStoreContract} says. */
abstract class DependencyStoreContract extends QueuesFixture {
    private static final long LOOKED_AT = DependencyStore.CHECK_MILLIS + 200;

    private DependencyStore jobs() {
        return tested.dependencies();
    }

    private static Set<JobId> set(String... ids) {
        return Stream.of(ids).map(JobId::of).collect(Collectors.toSet());
    }

    private Waiting job(String id, String... after) {
        Entry entry = new Entry(JobId.of(id), TYPE, "alice", 7, 123_456_789_012L);
        return new Waiting(entry, set(after), AfterFailure.CANCEL, tested.nowMillis());
    }

    private boolean await(String id, String... after) {
        return get(jobs().await(job(id, after)));
    }

    private int resolve(String id, String... completed) {
        return get(jobs().resolve(JobId.of(id), set(completed)));
    }

    private List<String> downstream(String id) {
        return ids(get(jobs().downstream(JobId.of(id))));
    }

    private List<String> due(int most) {
        return get(jobs().due(most)).stream()
                .map(waiting -> waiting.entry().id().toString())
                .toList();
    }

    @Test
    void jobWaitsAsItWasPutThere() {
        Waiting first = job("c", "a", "b");
        Waiting bare = new Waiting(
                new Entry(JobId.of("d"), "resize", null, -3, 0), set("a"), AfterFailure.FAIL, 1_700_000_000_000L);
        assertThat(get(jobs().await(first))).isTrue();
        assertThat(get(jobs().await(bare))).isTrue();

        assertThat(get(jobs().waiting(JobId.of("c")))).isEqualTo(first);
        assertThat(get(jobs().waiting(JobId.of("d")))).isEqualTo(bare);
        assertThat(get(jobs().waiting(JobId.of("a")))).isNull();
        assertThat(get(jobs().count())).isEqualTo(2);
    }

    @Test
    void jobThatWaitsAlreadyStaysAsItIs() {
        await("c", "a", "b");
        resolve("c", "a");
        assertThat(await("c", "a", "b", "x")).isTrue();
        assertThat(get(jobs().waiting(JobId.of("c")))).isNotNull().returns(set("b"), Waiting::after);
        assertThat(get(jobs().count())).isEqualTo(1);
        assertThat(downstream("x")).isEmpty();
    }

    @Test
    void downstreamAreTheJobsThatWaitOrDid() {
        await("c", "a", "b");
        await("d", "a");
        await("e", "d");
        assertThat(downstream("a")).containsExactlyInAnyOrder("c", "d");
        assertThat(downstream("b")).containsExactly("c");
        assertThat(downstream("d")).containsExactly("e");
        assertThat(downstream("c")).isEmpty();

        resolve("c", "a");
        get(jobs().forget(JobId.of("d")));
        assertThat(downstream("a")).as("or did").containsExactlyInAnyOrder("c", "d");
    }

    @Test
    void whoWaitedForWhatIsKnownForTheGreatestAgeOfAJob() {
        open("jobs.max-age=4s");
        await("b", "a");
        get(jobs().forget(JobId.of("b")));
        pass(1_000);
        assertThat(downstream("a")).containsExactly("b");
        pass(3_000);
        pass(100);
        assertThat(downstream("a")).isEmpty();
    }

    @Test
    void jobWaitsForFewerAsTheyComplete() {
        await("d", "a", "b", "c");
        assertThat(resolve("d", "a", "unknown")).isEqualTo(2);
        assertThat(resolve("d", "a")).as("once more").isEqualTo(2);
        assertThat(get(jobs().waiting(JobId.of("d")))).isNotNull().returns(set("b", "c"), Waiting::after);
        assertThat(resolve("d")).isEqualTo(2);
        assertThat(resolve("d", "b", "c")).isZero();
        assertThat(resolve("d", "b", "c")).as("it waits until it is forgotten").isZero();
        assertThat(get(jobs().waiting(JobId.of("d")))).isNotNull().returns(Set.of(), Waiting::after);
        assertThat(resolve("unknown", "a")).isEqualTo(-1);
    }

    @Test
    void jobThatIsForgottenWaitsNoMore() {
        await("b", "a");
        await("c", "a");
        get(jobs().forget(JobId.of("b")));
        get(jobs().forget(JobId.of("b")));
        get(jobs().forget(JobId.of("unknown")));
        assertThat(get(jobs().waiting(JobId.of("b")))).isNull();
        assertThat(resolve("b", "a")).isEqualTo(-1);
        assertThat(get(jobs().count())).isEqualTo(1);
        pass(LOOKED_AT);
        assertThat(due(9)).containsExactly("c");
    }

    @Test
    void soManyJobsWaitForOneAndNoMore() {
        for (int i = 0; i < DependencyStore.MOST_DOWNSTREAM; i++) {
            assertThat(await("job-" + i, "a")).isTrue();
        }
        assertThat(await("one-more", "b", "a")).isFalse();
        assertThat(get(jobs().waiting(JobId.of("one-more")))).isNull();
        assertThat(downstream("b")).as("nothing is half done").isEmpty();
        assertThat(get(jobs().count())).isEqualTo(DependencyStore.MOST_DOWNSTREAM);
        assertThat(await("job-7", "a")).as("it waits already").isTrue();
        assertThat(await("of-another", "b")).isTrue();
        assertThat(downstream("a")).hasSize(DependencyStore.MOST_DOWNSTREAM);
    }

    @Test
    void asManyJobsWaitInAllAsAQueueIsDeep() {
        open("queues.depth=3");
        await("b", "a");
        await("c", "a");
        await("d", "x");
        assertThat(await("e", "y")).isFalse();
        assertThat(downstream("y")).isEmpty();
        assertThat(await("c", "a")).as("it waits already").isTrue();
        get(jobs().forget(JobId.of("c")));
        assertThat(await("e", "y")).isTrue();
    }

    @Test
    void jobIsDueWhenNobodyHasLookedAtItForAWhileAndThenSomebodyDoes() {
        await("b", "a");
        Waiting before = get(jobs().waiting(JobId.of("b")));
        pass(LOOKED_AT);
        assertThat(get(jobs().due(9))).singleElement().isEqualTo(before);
        assertThat(due(9)).isEmpty();
        pass(2_000);
        assertThat(due(9)).isEmpty();
        resolve("b", "a");
        pass(LOOKED_AT - 2_000);
        assertThat(due(9)).as("be it that it waits for nothing any more").containsExactly("b");
    }

    @Test
    void dueJobsComeSoManyAtATimeAndEachToOne() {
        for (int i = 0; i < 10; i++) {
            await("job-" + i, "a");
        }
        pass(LOOKED_AT);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            List<String> some = due(4);
            assertThat(some).hasSizeLessThanOrEqualTo(4);
            found.addAll(some);
        }
        assertThat(found).hasSize(10).doesNotHaveDuplicates();
        assertThat(due(4)).isEmpty();
    }
}
