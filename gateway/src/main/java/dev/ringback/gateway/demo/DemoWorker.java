package dev.ringback.gateway.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.config.DemoConfig;
import dev.ringback.gateway.http.Rejection;
import dev.ringback.gateway.http.Services;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.Problem;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The built-in worker behind the demo page: a job of type {@code demo} counts to 100 in {@code demo.duration}. */
public final class DemoWorker implements Services.Submitted {
    /** The type of the jobs that it takes. */
    public static final String TYPE = "demo";

    private static final int TOTAL = 100;
    private static final Origin SELF = new Origin(null, false, null);

    private final JobStore store;
    private final List<? extends Loop> loops;
    private final DemoConfig config;
    private final AtomicInteger running = new AtomicInteger();

    public DemoWorker(JobStore store, List<? extends Loop> loops, DemoConfig config) {
        this.store = store;
        this.loops = loops;
        this.config = config;
    }

    @Override
    public void check(NewJob job) {
        if (job.type().equals(TYPE) && running.get() >= config.maxJobs()) {
            throw new Rejection(JobReplies.overloaded(
                    new Problem(503, "demo-busy", "The demo worker is busy", "demo.max-jobs jobs are running")));
        }
    }

    @Override
    public void accepted(JobId id, NewJob job) {
        if (job.type().equals(TYPE)) {
            running.incrementAndGet();
            Loop loop = loops.get(Math.floorMod(id.hashCode(), loops.size()));
            loop.run(() -> new Run(id, loop).next(JobChange.to(JobState.PROCESSING)));
        }
    }

    /** One job under way. Confined to its loop. */
    private final class Run extends LoopTicker.Deadline {
        private final JobId id;
        private final Loop loop;
        private final long startNanos;
        private int count;

        private Run(JobId id, Loop loop) {
            this.id = id;
            this.loop = loop;
            this.startNanos = loop.nanoTime();
        }

        @Override
        protected void onDeadline() {
            if (count == TOTAL) {
                byte[] result = ("{\"counted\":" + TOTAL + "}").getBytes(ISO_8859_1);
                next(new JobChange(JobState.COMPLETED, null, result, null, null, null, null));
                return;
            }
            long elapsed = loop.nanoTime() - startNanos;
            long due = elapsed * TOTAL / Math.max(1, config.duration().toNanos());
            count = (int) Math.max(count + 1L, Math.min(TOTAL, due));
            byte[] progress = ("{\"current\":" + count + ",\"total\":" + TOTAL + ",\"message\":\"counting\"}")
                    .getBytes(ISO_8859_1);
            next(new JobChange(JobState.PROCESSING, progress, null, null, null, null, null));
        }

        private void next(JobChange change) {
            store.apply(id, change, SELF).whenComplete((write, failure) -> loop.run(() -> after(write, failure)));
        }

        private void after(@Nullable StoreWrite write, @Nullable Throwable failure) {
            boolean applied = write != null && write.outcome() == StoreWrite.Outcome.APPLIED;
            boolean passing = failure != null && StoreException.of(failure).kind() != StoreException.Kind.CORRUPT;
            boolean ended = write != null
                    && write.present() != null
                    && write.present().present().state().isTerminal();
            if (ended || !(applied || passing)) {
                running.decrementAndGet();
            } else {
                long now = loop.nanoTime();
                long due = startNanos + config.duration().toNanos() * (count + 1) / TOTAL;
                loop.ticker().set(this, now, due - now);
            }
        }
    }
}
