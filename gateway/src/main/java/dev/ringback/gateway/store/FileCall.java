package dev.ringback.gateway.store;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.store.StoreException.Kind;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of the file store: asked on its shard's loop, run on the file's thread, answered on the loop after the commit, and on
 * the loop's ticker until then.
 */
final class FileCall<T> extends LoopTicker.Deadline {
    private static final Logger LOG = LoggerFactory.getLogger(FileCall.class);

    /** What the call does. It throws a {@link StoreException} only before it writes. */
    interface Step<T> {
        @Nullable T on(FileSteps steps) throws SQLException;
    }

    private final int shard;
    private final Loop loop;
    private final boolean writes;
    private final Step<T> step;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final FileCounters counters;
    /** Set on the file's thread, read on the loop after it was handed over. */
    private @Nullable Runnable completion;

    FileCall(int shard, Loop loop, boolean writes, Step<T> step, FileCounters counters) {
        this.shard = shard;
        this.loop = loop;
        this.writes = writes;
        this.step = step;
        this.counters = counters;
    }

    int shard() {
        return shard;
    }

    boolean writes() {
        return writes;
    }

    CompletableFuture<T> answer() {
        return answer;
    }

    /** Starts the time that it has. On the loop. */
    void expectWithin(long nanos) {
        loop.ticker().set(this, loop.nanoTime(), nanos);
    }

    /** On the file's thread; a call that was given up meanwhile never happens. */
    void run(FileSteps steps) throws SQLException {
        if (answer.isDone()) {
            return;
        }
        try {
            @Nullable T value = step.on(steps);
            completion = () -> answer.complete(value);
        } catch (StoreException refusal) {
            completion = () -> answer.completeExceptionally(refusal);
        }
    }

    /** Instead of {@link #run}: it is not tried. */
    void refuse(Kind kind, String detail) {
        completion = () -> answer.completeExceptionally(new StoreException(kind, detail));
    }

    /** Completes the stage with what {@link #run} came to. On the loop. */
    void complete() {
        loop.ticker().clear(this);
        if (completion != null) {
            completion.run();
        } else if (!answer.isDone()) {
            LOG.error("a call of the file store was answered without being run");
        }
    }

    /** On the loop. */
    void fail(Kind kind, String detail) {
        loop.ticker().clear(this);
        answer.completeExceptionally(new StoreException(kind, detail));
    }

    @Override
    protected void onDeadline() {
        counters.timeouts.increment();
        answer.completeExceptionally(
                new StoreException(Kind.TIMEOUT, "the file store did not answer within store.timeout"));
    }
}
