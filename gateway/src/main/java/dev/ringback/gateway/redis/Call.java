package dev.ringback.gateway.redis;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.redis.RedisFailure.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Commands that together answer one question, and the time that they have. What comes after the deadline is not waited for.
 * Confined to the loop.
 */
final class Call<T extends @Nullable Object> extends LoopTicker.Deadline {
    final CompletableFuture<T> answer = new CompletableFuture<>();

    private final RedisShardClient client;
    private final Supplier<CompletableFuture<T>> steps;
    private long beganNanos;

    Call(RedisShardClient client, Supplier<CompletableFuture<T>> steps) {
        this.client = client;
        this.steps = steps;
    }

    void begin() {
        Loop loop = client.loop();
        beganNanos = loop.nanoTime();
        loop.ticker().set(this, beganNanos, client.callTimeout().toNanos());
        CompletableFuture<T> outcome;
        try {
            outcome = steps.get();
        } catch (RuntimeException bug) {
            outcome = CompletableFuture.failedFuture(bug);
        }
        var unused = outcome.whenComplete((value, failure) -> {
            loop.ticker().clear(this);
            if (failure == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(RedisFailure.causeOf(failure));
            }
        });
    }

    @Override
    protected void onDeadline() {
        client.onSilence(beganNanos);
        long millis = client.callTimeout().toMillis();
        answer.completeExceptionally(
                RedisFailure.of(Kind.TIMEOUT, "no answer from " + client.address() + " within " + millis + " ms"));
    }
}
