package dev.ringback.gateway.queue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Steps for many subjects, so many at once: neither a store's queue nor a stack is as deep as there are subjects. */
final class Slices {
    private Slices() {}

    /** A step for one. */
    interface Step<T> {
        CompletionStage<?> on(T subject);
    }

    static CompletionStage<@Nullable Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    static <T> CompletionStage<T> of(T value) {
        return CompletableFuture.completedFuture(value);
    }

    static <T> CompletionStage<T> failed(Throwable failure) {
        return CompletableFuture.failedFuture(failure);
    }

    /** Completes when all have, or fails as the first slice does in which one failed; then the rest is left undone. */
    static <T> CompletionStage<@Nullable Void> forEach(List<T> subjects, int width, Executor between, Step<T> step) {
        int now = Math.min(width, subjects.size());
        CompletableFuture<?>[] slice = subjects.subList(0, now).stream()
                .map(subject -> step.on(subject).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        CompletionStage<@Nullable Void> all = CompletableFuture.allOf(slice);
        return now == subjects.size()
                ? all
                : all.thenComposeAsync(
                        done -> forEach(subjects.subList(now, subjects.size()), width, between, step), between);
    }
}
