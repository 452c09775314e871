package dev.ringback.gateway.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.redis.RedisFailure.Kind;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to the Redis that takes changes: the one that {@code redis.uri} names or, where it names Sentinels, the one
 * that they call the primary now and that calls itself so. A primary that was just demoted accepts connections, reads and
 * subscriptions like any other.
 */
final class PrimaryDialer {
    private final RedisURI uri;
    private final @Nullable Sentinels sentinels;

    PrimaryDialer(RedisURI uri, @Nullable Sentinels sentinels) {
        this.uri = uri;
        this.sentinels = sentinels;
    }

    <C extends StatefulRedisConnection<?, byte[]>> CompletionStage<RedisLink.Dialed<C>> dial(
            Function<RedisURI, ? extends CompletionStage<C>> connect) {
        if (sentinels == null) {
            return connect.apply(uri).thenApply(opened -> new RedisLink.Dialed<>(opened, null));
        }
        Sentinels asked = sentinels;
        return asked.primary()
                .thenCompose(place -> connect.apply(at(place))
                        .thenCompose(opened -> requirePrimary(opened, place, asked))
                        .thenApply(opened -> new RedisLink.Dialed<>(opened, place)));
    }

    private RedisURI at(RedisPlace place) {
        return RedisURI.builder(uri)
                .withHost(place.host())
                .withPort(place.port())
                .build();
    }

    private <C extends StatefulRedisConnection<?, byte[]>> CompletionStage<C> requirePrimary(
            C opened, RedisPlace place, Sentinels asked) {
        CompletableFuture<C> checked = new CompletableFuture<>();
        var unused = opened.async()
                .role()
                .toCompletableFuture()
                .orTimeout(uri.getTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((role, failure) -> {
                    // Asked again, because a dial may take long: only after an answer, which comes on the loop.
                    boolean is = failure == null ? isPrimary(role) : isForbidden(failure);
                    if (is && asked.isStill(place)) {
                        checked.complete(opened);
                    } else {
                        var unusedToo = opened.closeAsync();
                        String why = is
                                ? "is not the primary any more"
                                : failure == null ? "is a replica" : "does not say its role";
                        checked.completeExceptionally(RedisFailure.of(Kind.NOT_CONNECTED, place + " " + why));
                    }
                });
        return checked;
    }

    /** An access list may keep the gateway from asking. */
    private static boolean isForbidden(Throwable failure) {
        RedisFailure known = RedisFailure.ofCommand(failure);
        return known.code().equals("NOPERM")
                || String.valueOf(known.getMessage()).contains("unknown command");
    }

    /** Reads the answer to {@code ROLE}. */
    static boolean isPrimary(List<Object> role) {
        return !role.isEmpty() && role.get(0) instanceof byte[] word && "master".equals(new String(word, ISO_8859_1));
    }
}
