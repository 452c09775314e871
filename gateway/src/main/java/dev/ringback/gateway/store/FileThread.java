package dev.ringback.gateway.store;

import dev.ringback.gateway.store.StoreException.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that touches the file. It takes what calls wait, runs them, commits once for all of them, and only then publishes
 * their events and answers them: nobody is told what a power cut could take back.
 *
 * <pre>
 *   loops ──► waiting ──► [ due deadlines · steps … · COMMIT + fsync ] ──► per shard: events and answers in their order ──► loops
 * </pre>
 *
 * <p>A batch that fails is rolled back as a whole. As long as the file can't be written, reads go on, and a write of its own is
 * tried each second.
 */
final class FileThread {
    private static final Logger LOG = LoggerFactory.getLogger(FileThread.class);
    static final String NAME = "file-store";
    static final int MOST_WAITING = 16_384;
    private static final int MOST_IN_BATCH = 1_024;
    /** Deadlines are looked at this often at least, for the wall clock may be set. */
    private static final long LONGEST_WAIT_MILLIS = 1_000;

    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CLOSE_SECONDS = 10;

    /**
     * What the thread needs from outside.
     *
     * @param steps makes the steps, given who takes their news
     */
    record Parts(
            JobFile file,
            FileJobs jobs,
            Function<FileSteps.News, FileSteps> steps,
            FileDelivery delivery,
            FileCounters counters) {}

    private final BlockingQueue<FileCall<?>> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Parts parts;
    private final FileJobs jobs;
    private final FileSteps steps;
    private final FileDelivery delivery;
    private final FileCounters counters;
    private final Thread thread = new Thread(this::run, NAME);
    private long nextProbeNanos;
    private volatile boolean closing;
    private volatile boolean ended;
    private volatile @Nullable String outage;

    FileThread(Parts parts) {
        this.parts = parts;
        this.jobs = parts.jobs();
        this.delivery = parts.delivery();
        this.counters = parts.counters();
        this.steps = parts.steps().apply(delivery);
    }

    void start() {
        thread.start();
    }

    @Nullable String outage() {
        return outage;
    }

    int waiting() {
        return waiting.size();
    }

    /** Takes the call, or fails it. On the call's loop. */
    void take(FileCall<?> call) {
        if (closing) {
            call.fail(Kind.UNAVAILABLE, "the store is closed");
        } else if (!waiting.offer(call)) {
            counters.rejected.increment();
            call.fail(Kind.OVERLOADED, "too many calls wait for the file store");
        } else if (ended && waiting.remove(call)) {
            call.fail(Kind.UNAVAILABLE, "the store is closed");
        }
    }

    /** Serves what waits, and gives the file back. Blocks until that is done, but not for ever where the disk hangs. */
    void close(FileCall<?> wakeUp) {
        closing = true;
        if (thread.getState() == Thread.State.NEW) {
            end();
            return;
        }
        var unused = waiting.offer(wakeUp);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closing || !waiting.isEmpty()) {
                serve(next());
            }
        } catch (InterruptedException e) {
            LOG.error("the file store's thread was interrupted, which nobody should do", e);
        } catch (RuntimeException | Error bug) {
            LOG.error("the file store's thread failed; the gateway must be started again", bug);
            outage = "the file store has failed: see the log";
        } finally {
            end();
        }
    }

    private void end() {
        closing = true;
        ended = true;
        List<FileCall<?>> late = new ArrayList<>();
        waiting.drainTo(late);
        delivery.fail(late, call -> Kind.UNAVAILABLE, "the store is closed");
        try {
            jobs.close();
            parts.file().close();
        } catch (SQLException e) {
            LOG.warn("the file store's file could not be closed: {}", e.getMessage());
        }
    }

    private List<FileCall<?>> next() throws InterruptedException {
        List<FileCall<?>> batch = new ArrayList<>();
        FileCall<?> first = waiting.poll(patienceMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
            batch.add(first);
            waiting.drainTo(batch, MOST_IN_BATCH - 1);
        }
        return batch;
    }

    private long patienceMillis() {
        try {
            boolean canWrite = outage == null;
            return canWrite ? Math.min(LONGEST_WAIT_MILLIS, steps.millisToDeadline()) : LONGEST_WAIT_MILLIS;
        } catch (SQLException e) {
            return LONGEST_WAIT_MILLIS;
        }
    }

    private void serve(List<FileCall<?>> batch) {
        counters.calls.add(batch.size());
        try {
            probe();
            if (outage == null) {
                steps.ageDue();
            }
            for (FileCall<?> call : batch) {
                String present = outage;
                if (present != null && call.writes()) {
                    // It would take the reads of its batch down with it.
                    call.refuse(Kind.UNAVAILABLE, "the file store: " + present);
                } else {
                    call.run(steps);
                }
                delivery.answer(call);
            }
        } catch (SQLException e) {
            giveUp(batch, e, Kind.UNAVAILABLE);
            return;
        } catch (RuntimeException bug) {
            giveUp(batch, new SQLException("see the log", bug), Kind.UNAVAILABLE);
            throw bug;
        }
        try {
            commit();
        } catch (SQLException e) {
            giveUp(batch, e, Kind.TIMEOUT);
            return;
        }
        delivery.deliver();
        tidy();
    }

    private void commit() throws SQLException {
        if (!jobs.isWriting()) {
            return;
        }
        long begun = System.nanoTime();
        jobs.commit();
        counters.commits.increment();
        counters.commitMicros.add(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun));
        recovered();
    }

    /** Nothing of the batch is there, unless the failure came so late that the disk has it: then nobody knows. */
    private void giveUp(List<FileCall<?>> batch, SQLException failure, Kind ofWrites) {
        recover();
        delivery.forget();
        counters.failures.increment();
        failed(failure);
        String detail = "the file store: " + failure.getMessage();
        delivery.fail(batch, call -> call.writes() ? ofWrites : Kind.UNAVAILABLE, detail);
    }

    private void failed(SQLException failure) {
        if (outage == null) {
            LOG.error("the file store can't write or read its file: {}", failure.getMessage());
            nextProbeNanos = System.nanoTime() + PROBE_NANOS;
        }
        outage = String.valueOf(failure.getMessage());
    }

    private void recovered() {
        if (outage != null) {
            LOG.info("the file store can write its file again");
            outage = null;
        }
    }

    private void probe() {
        if (outage == null || System.nanoTime() - nextProbeNanos < 0) {
            return;
        }
        nextProbeNanos = System.nanoTime() + PROBE_NANOS;
        try {
            jobs.probe();
            recovered();
        } catch (SQLException e) {
            recover();
            outage = String.valueOf(e.getMessage());
        }
    }

    private void recover() {
        try {
            jobs.recover();
        } catch (SQLException e) {
            LOG.debug("not yet: {}", e.getMessage());
        }
    }

    /** Whatever comes of it, the batch is safe and told. */
    private void tidy() {
        try {
            jobs.measure();
            if (waiting.isEmpty() && outage == null) {
                jobs.shrink();
            }
        } catch (SQLException e) {
            failed(e);
        }
    }
}
