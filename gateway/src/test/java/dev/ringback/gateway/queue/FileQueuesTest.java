package dev.ringback.gateway.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.queue.QueueStore.Dead;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.gateway.store.FileJobStore;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.LeaseUse;
import dev.ringback.gateway.store.MemoryJobStore;
import dev.ringback.gateway.store.QueuedRow;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.gateway.store.UnusableFileException;
import dev.ringback.gateway.testkit.ShardLoops;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.NewJob.AfterFailure;
import dev.ringback.protocol.NewJob.Plan;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues that follow from the jobs of a file, which is closed and opened again. */
class FileQueuesTest {
    private static final String TYPE = QueuesFixture.TYPE;

    @TempDir
    private Path directory;

    private final AtomicLong now = new AtomicLong(1_800_000_000_000L);
    private final AtomicInteger names = new AtomicInteger();
    private final List<QueuedRow> rows = new ArrayList<>();
    private ShardLoops loops;
    private FileJobStore jobs;
    private MemoryQueueStore queue;

    @BeforeEach
    void open() throws UnusableFileException {
        GatewayConfig config = GatewayConfig.of(
                "store.kind=file", "store.path=" + file(), "queues.lease=30s", "queues.dead=2", "queues.aging=1s");
        loops = new ShardLoops(2);
        jobs = FileJobStore.open(
                loops.loops(),
                loops::shardOf,
                new MemoryJobStore.Parts(config, this::now, () -> name("life"), (shard, event) -> {}));
        queue = new MemoryQueueStore(new MemoryQueueStore.Parts(
                config, loops.loop(0), this::now, type -> QueueLimits.NONE, () -> name("lease")));
        rows.clear();
        jobs.queued(row -> {
            rows.add(row);
            queue.load(row);
        });
        jobs.start();
    }

    private Path file() {
        return directory.resolve("jobs.db");
    }

    private Instant now() {
        return Instant.ofEpochMilli(now.get());
    }

    private String name(String kind) {
        return kind + names.incrementAndGet();
    }

    @AfterEach
    void close() {
        queue.close();
        jobs.close();
        loops.close();
    }

    private void reopen() throws UnusableFileException {
        close();
        open();
    }

    // ── words ──────────────────────────────────────────────────────────────────────────────────────────────────

    private void submit(String id, @Nullable String owner, int priority, Plan plan, int maxAttempts) {
        NewJob job = new NewJob(TYPE, "{\"n\":1}".getBytes(UTF_8), priority, null, null, null, null, plan);
        assertThat(QueuesFixture.get(jobs.create(JobId.of(id), job, new JobStore.Submission(owner, "f", maxAttempts)))
                        .outcome())
                .isEqualTo(Outcome.CREATED);
        now.incrementAndGet();
    }

    private void submit(String... ids) {
        for (String id : ids) {
            submit(id, "alice", 0, Plan.NONE, 3);
        }
    }

    private void move(String id, JobState state, @Nullable LeaseUse lease) {
        Origin origin = new Origin(null, false, null, lease);
        assertThat(QueuesFixture.get(jobs.apply(JobId.of(id), JobChange.to(state), origin))
                        .outcome())
                .isEqualTo(Outcome.APPLIED);
        now.incrementAndGet();
    }

    private void lease(String id, String leaseId) {
        move(id, JobState.PROCESSING, LeaseUse.beginning(leaseId));
    }

    private void die(String id) {
        lease(id, "lease-of-" + id);
        move(id, JobState.FAILED, LeaseUse.of("lease-of-" + id));
    }

    private List<String> taken() {
        return QueuesFixture.ids(QueuesFixture.get(queue.take(new Wish(TYPE, 99, "worker-1", null, 30_000))));
    }

    private QueueFigures figures() {
        return QueuesFixture.get(queue.figures(TYPE));
    }

    // ── what is there again ────────────────────────────────────────────────────────────────────────────────────

    @Test
    void jobsWaitAgainInTheirOrderAndWithTheirOwners() throws UnusableFileException {
        submit("low", "alice", -5, Plan.NONE, 3);
        submit("b", "bob", 0, Plan.NONE, 3);
        submit("later", "alice", 0, new Plan(0, now.get() + 60_000, List.of(), AfterFailure.FAIL), 3);
        submit("a1", "a2");
        submit("high", "alice", 5, Plan.NONE, 3);
        submit("n", null, 0, Plan.NONE, 3);
        reopen();

        assertThat(figures())
                .returns(6L, QueueFigures::waiting)
                .returns(1L, QueueFigures::delayed)
                .returns(1_800_000_000_000L, QueueFigures::oldestMillis);
        assertThat(QueuesFixture.get(queue.types(0, 9))).containsExactly(TYPE);
        assertThat(taken()).containsExactly("high", "b", "n", "a1", "a2", "low");
        now.addAndGet(60_000);
        assertThat(taken()).containsExactly("later");
    }

    @Test
    void jobThatIsTriedAgainIsNotDueBeforeItsTime() throws UnusableFileException {
        submit("a");
        lease("a", "first");
        move("a", JobState.FAILED, LeaseUse.of("first").retrying(new LeaseUse.Retry(10_000, 10_000, 1_000_000)));
        reopen();

        assertThat(taken()).isEmpty();
        now.addAndGet(10_000);
        assertThat(taken()).containsExactly("a");
    }

    @Test
    void leaseIsItsWorkersStillFromTheStartOn() throws UnusableFileException {
        submit("a", "b", "c");
        lease("a", "mine");
        lease("b", "gone");
        now.addAndGet(3_600_000);
        reopen();

        assertThat(taken()).containsExactly("c");
        assertThat(figures().leased()).isEqualTo(3);
        assertThat(QueuesFixture.get(queue.renew(TYPE, JobId.of("a"), "mine", 90_000)))
                .isEqualTo(now.get() + 90_000);
        now.addAndGet(29_999);
        assertThat(QueuesFixture.get(queue.lost(TYPE, 9))).isEmpty();
        now.addAndGet(1);
        List<Lease> lost = QueuesFixture.get(queue.lost(TYPE, 9));
        assertThat(lost).filteredOn(lease -> lease.id().equals(JobId.of("b"))).hasSize(1);
        QueuesFixture.get(queue.giveBack(TYPE, JobId.of("b"), "gone", 0, Return.RETRIED));
        assertThat(taken()).containsExactly("b");
    }

    @Test
    void deadLettersAreListedByWhenTheyDiedAndWithinTheBound() throws UnusableFileException {
        submit("a", "b", "c");
        die("c");
        die("a");
        long died = now.get() - 1;
        reopen();

        List<Dead> dead = QueuesFixture.get(queue.dead(TYPE, 9, null));
        assertThat(dead).extracting(letter -> letter.id().toString()).containsExactly("a", "c");
        assertThat(dead.get(0).diedMillis()).isEqualTo(died);
        die("b");
        reopen();
        assertThat(QueuesFixture.get(queue.dead(TYPE, 9, null)))
                .as("queues.dead is 2")
                .extracting(letter -> letter.id().toString())
                .containsExactly("b", "a");
        assertThat(taken()).isEmpty();
    }

    @Test
    void jobsThatHaveNoPlaceInAQueueAreLeftOut() throws UnusableFileException {
        submit("unmanaged", "alice", 0, Plan.NONE, 0);
        submit("completed", "cancelled", "unleased", "failed", "waits");
        lease("completed", "l");
        move("completed", JobState.COMPLETED, LeaseUse.of("l"));
        move("cancelled", JobState.CANCELLED, null);
        move("unleased", JobState.PROCESSING, null);
        move("failed", JobState.FAILED, null);
        reopen();
        assertThat(rows).extracting(row -> row.id().toString()).containsExactly("waits");
        assertThat(taken()).containsExactly("waits");

        now.addAndGet(24 * 3_600_000L);
        reopen();
        assertThat(rows).as("their time is over").isEmpty();
    }

    @Test
    void rowSaysWhatTheJobStillWaitsFor() throws UnusableFileException {
        submit("queued", "completed", "failed");
        lease("completed", "l");
        move("completed", JobState.COMPLETED, LeaseUse.of("l"));
        move("failed", JobState.FAILED, null);
        List<JobId> after = Stream.of("queued", "gone", "completed", "failed")
                .map(JobId::of)
                .toList();
        submit("c", "alice", 4, new Plan(7, 0, after, AfterFailure.CANCEL), 7);
        reopen();

        QueuedRow row = rows.get(1);
        List<JobId> left = List.of(JobId.of("queued"), JobId.of("failed"));
        assertThat(row.plan()).isEqualTo(new Plan(7, 0, left, AfterFailure.CANCEL));
        assertThat(row.priority()).isEqualTo(4);
        assertThat(row.createdMillis()).isEqualTo(1_800_000_000_006L);
        assertThat(row.endedMillis()).isZero();
        assertThat(row.work().maxAttempts()).isEqualTo(7);
    }

    @Test
    void damagedRowsAreLeftOutAndHideNoOthers() throws UnusableFileException, SQLException {
        submit("a", "b", "c", "d", "e");
        close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE jobs SET state = x'0102' WHERE id = 'b'");
            statement.execute("UPDATE jobs SET id = 'no id' WHERE id = 'c'");
            statement.execute("DELETE FROM submissions WHERE n = (SELECT n FROM jobs WHERE id = 'd')");
        }
        open();
        assertThat(taken()).containsExactly("a", "e");
    }
}
