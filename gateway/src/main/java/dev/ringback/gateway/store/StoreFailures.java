package dev.ringback.gateway.store;

import dev.ringback.gateway.redis.RedisFailure;
import dev.ringback.gateway.store.StoreException.Kind;
import dev.ringback.protocol.ApplyScript;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Redis's failures mean to those who use the store. */
public final class StoreFailures {
    private static final Logger LOG = LoggerFactory.getLogger(StoreFailures.class);

    private StoreFailures() {}

    /**
     * @param writes whether the call may have changed a job
     */
    public static StoreException of(Throwable failure, boolean writes) {
        Throwable cause = RedisFailure.causeOf(failure);
        if (cause instanceof StoreException known) {
            return known;
        }
        if (cause instanceof RedisFailure redis) {
            return new StoreException(kindOf(redis, writes), String.valueOf(redis.getMessage()));
        }
        LOG.error("a call of the store failed in a way that is not Redis's", cause);
        return new StoreException(Kind.CORRUPT, cause.toString());
    }

    /** The call's answer, or its failure by {@link #of}. */
    public static <T extends @Nullable Object> CompletionStage<T> named(CompletableFuture<T> call, boolean writes) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        var unused = call.whenComplete((value, failure) -> {
            if (failure == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(of(failure, writes));
            }
        });
        return answer;
    }

    private static Kind kindOf(RedisFailure failure, boolean writes) {
        return switch (failure.kind()) {
            case NOT_CONNECTED -> Kind.UNAVAILABLE;
            case OVERLOADED -> Kind.OVERLOADED;
            case LOST -> writes ? Kind.TIMEOUT : Kind.UNAVAILABLE;
            case TIMEOUT -> Kind.TIMEOUT;
            case REFUSED -> kindOfRefusal(failure);
        };
    }

    /** LOADING, MASTERDOWN, READONLY, NOAUTH and their like pass, or are put right: until then the store is not available. */
    private static Kind kindOfRefusal(RedisFailure failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure.code().equals("OOM")) {
            return Kind.FULL;
        }
        if (failure.code().equals("WRONGTYPE") || message.startsWith(ApplyScript.DAMAGED_PREFIX)) {
            return Kind.CORRUPT;
        }
        if (message.startsWith(ApplyScript.ERROR_PREFIX)) {
            LOG.error("the script refuses what the gateway sends: {}", message);
        }
        return Kind.UNAVAILABLE;
    }
}
