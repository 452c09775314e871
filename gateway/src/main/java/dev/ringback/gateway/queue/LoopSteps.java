package dev.ringback.gateway.queue;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.store.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Steps on what is confined to one loop, for callers on any thread. Each is atomic because nobody else runs there. */
final class LoopSteps {
    private static final Logger LOG = LoggerFactory.getLogger(LoopSteps.class);

    private final Loop loop;
    private volatile boolean closed;

    LoopSteps(Loop loop) {
        this.loop = loop;
    }

    /** What the step comes to, completed on the loop. */
    <T> CompletableFuture<T> step(Supplier<? extends @Nullable T> step) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.run(() -> {
            try {
                if (closed) {
                    throw new StoreException(StoreException.Kind.UNAVAILABLE, "the store is closed");
                }
                answer.complete(step.get());
            } catch (StoreException e) {
                answer.completeExceptionally(e);
            } catch (RuntimeException bug) {
                LOG.error("a step on queues failed", bug);
                answer.completeExceptionally(
                        new StoreException(StoreException.Kind.CORRUPT, "the gateway's log has the details"));
            }
        });
        return answer;
    }

    /** A step that has nothing to say. */
    CompletableFuture<Void> run(Runnable step) {
        return step(() -> {
            step.run();
            return null;
        });
    }

    /** Does something soon, after what waits for the loop already. */
    void later(Runnable task) {
        loop.execute(() -> {
            if (closed) {
                return;
            }
            try {
                task.run();
            } catch (RuntimeException bug) {
                LOG.error("what a step on queues leads to failed", bug);
            }
        });
    }

    /** What comes from now on fails. */
    void close() {
        closed = true;
    }
}
