package dev.ringback.gateway.results;

import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreException.Kind;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that touches files, in the order in which it was asked. What waits for it is bounded in number and in time. */
final class DiskThread {
    private static final Logger LOG = LoggerFactory.getLogger(DiskThread.class);
    private static final int MAX_WAITING = 4_096;
    /** A disk that takes longer than this is taken for one that will not answer. */
    private static final long DEADLINE_SECONDS = 10;

    private final AtomicInteger waiting = new AtomicInteger();
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "results");
        thread.setDaemon(true);
        return thread;
    });

    /** Work on files. */
    interface Work<T> {
        @Nullable T run() throws IOException;
    }

    /** Does the work later; the stage fails with a {@link StoreException}. */
    <T> CompletionStage<T> run(Work<T> work) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return CompletableFuture.failedFuture(
                    new StoreException(Kind.OVERLOADED, MAX_WAITING + " steps wait for the disk of results.path"));
        }
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                waiting.decrementAndGet();
                complete(done, work);
            });
        } catch (RejectedExecutionException closed) {
            waiting.decrementAndGet();
            done.completeExceptionally(new StoreException(Kind.UNAVAILABLE, "the store of results is closed"));
        }
        return done.orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).exceptionallyCompose(DiskThread::named);
    }

    private static <T> CompletionStage<T> named(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        boolean late = cause instanceof TimeoutException;
        return CompletableFuture.failedFuture(
                late ? new StoreException(Kind.TIMEOUT, "the disk of results.path does not answer") : cause);
    }

    private static <T> void complete(CompletableFuture<T> done, Work<T> work) {
        try {
            done.complete(work.run());
        } catch (StoreException e) {
            done.completeExceptionally(e);
        } catch (NoSuchFileException e) {
            done.completeExceptionally(
                    new StoreException(Kind.UNAVAILABLE, "what was uploaded before is no longer there"));
        } catch (IOException e) {
            LOG.warn("a file of results.path: {}", e.toString());
            done.completeExceptionally(named(e));
        } catch (RuntimeException bug) {
            LOG.error("a step on a file failed", bug);
            done.completeExceptionally(new StoreException(Kind.CORRUPT, "the gateway's log has the details"));
        }
    }

    private static StoreException named(IOException failure) {
        String reason = failure instanceof FileSystemException system ? system.getReason() : failure.getMessage();
        String text = String.valueOf(reason).toLowerCase(Locale.ROOT);
        boolean full = text.contains("no space left") || text.contains("quota exceeded");
        return full
                ? new StoreException(Kind.FULL, "the disk of results.path is full")
                : new StoreException(
                        Kind.UNAVAILABLE, "the disk of results.path fails: the gateway's log has the details");
    }

    void every(Duration interval, Runnable task) {
        var unused =
                executor.scheduleWithFixedDelay(task, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Does what was asked before, and nothing more. */
    void close() {
        executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        executor.shutdown();
    }
}
