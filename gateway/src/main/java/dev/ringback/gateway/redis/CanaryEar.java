package dev.ringback.gateway.redis;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.protocol.JobId;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears the canary on one pub/sub connection, and tests both of its directions: with each canary the channel is asked for once
 * more, and a canary counts as heard only when all askings have been answered. Confined to the loop.
 */
final class CanaryEar {
    private final StatefulRedisPubSubConnection<JobId, byte[]> connection;
    private final Loop loop;
    private final LongConsumer listener;
    private int unanswered;
    private long latest;
    private @Nullable RedisFailure refusal;

    CanaryEar(StatefulRedisPubSubConnection<JobId, byte[]> connection, Loop loop, LongConsumer listener) {
        this.connection = connection;
        this.loop = loop;
        this.listener = listener;
    }

    /** Asks for the canary's channel; asking again is harmless. Why Redis refused it the last time; null where it did not. */
    @Nullable RedisFailure ask() {
        assert loop.inLoop();
        unanswered++;
        connection
                .async()
                .subscribe(JobChannelCodec.CANARY)
                .whenComplete((done, failure) -> loop.run(() -> {
                    refusal = failure == null ? null : RedisFailure.ofCommand(failure);
                    if (failure != null) {
                        unanswered--;
                    }
                }));
        return refusal;
    }

    void onAcknowledged() {
        unanswered--;
        tell();
    }

    void onCanary(long number) {
        latest = Math.max(latest, number);
        tell();
    }

    private void tell() {
        if (unanswered == 0 && latest > 0) {
            listener.accept(latest);
        }
    }
}
