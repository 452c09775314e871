package dev.ringback.gateway.redis;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.protocol.JobId;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears the canary on one pub/sub connection, and tests both of its directions: with each canary the channel is asked for once
 * more, and a canary counts as heard only when that asking has been answered too. Confined to the loop.
 */
final class CanaryEar {
    /** Canaries that may come before their askings are answered. */
    private static final int TOLERATED = 2;

    private final StatefulRedisPubSubConnection<JobId, byte[]> connection;
    private final Loop loop;
    private final LongConsumer listener;
    /** Askings, and how many of them have been answered, which happens in their order. */
    private long asked;

    private long answered;
    /** What to add to a canary's number for the number of its asking: both rise by one each time. */
    private long numberToAsking;

    private long latest;
    private long told;
    /** Whether any request at all was answered since the last asking. */
    private boolean takesRequests = true;

    private @Nullable RedisFailure refusal;

    CanaryEar(StatefulRedisPubSubConnection<JobId, byte[]> connection, Loop loop, LongConsumer listener) {
        this.connection = connection;
        this.loop = loop;
        this.listener = listener;
    }

    /**
     * Asks for the canary's channel before a canary is published; asking again is harmless.
     *
     * @return why Redis refused the last time; null where it did not
     */
    @Nullable RedisFailure ask(long number) {
        numberToAsking = asked + 1 - number;
        takesRequests = false;
        return ask();
    }

    /** Asks for the channel, so that the first canary is heard. */
    @Nullable RedisFailure ask() {
        assert loop.inLoop();
        asked++;
        connection
                .async()
                .subscribe(JobChannelCodec.CANARY)
                .whenComplete((done, failure) -> loop.run(() -> {
                    refusal = failure == null ? null : RedisFailure.ofCommand(failure);
                    if (failure != null) {
                        answered++;
                    }
                }));
        return refusal;
    }

    void onAcknowledged() {
        answered++;
        takesRequests = true;
        tell();
    }

    /** Another request on this connection was answered: what is asked here may still wait behind many of its kind. */
    void onOtherAcknowledged() {
        takesRequests = true;
    }

    /** Whether canaries come, and nothing that was asked since the last asking is answered: the connection hears, and is not heard. */
    boolean isMute() {
        return latest >= told + TOLERATED && !takesRequests;
    }

    void onCanary(long number) {
        latest = Math.max(latest, number);
        tell();
    }

    private void tell() {
        long both = Math.min(latest, answered - numberToAsking);
        if (both > told) {
            told = both;
            listener.accept(both);
        }
    }
}
