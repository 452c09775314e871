package dev.ringback.gateway.relay;

import dev.ringback.gateway.redis.RedisCounters;
import dev.ringback.gateway.redis.RedisFailure;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.gateway.redis.RedisSubscriptions;
import dev.ringback.protocol.InvalidDocumentException;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobEventReader;
import dev.ringback.protocol.JobId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The relay of one shard over Redis pub/sub. A connection that is lost is replaced for ever; each new one begins without
 * subscriptions. Stored events go to the listener as they are, plain ones into the store.
 */
public final class RedisRelay implements JobRelay {
    private final RedisShardClient client;
    private final PlainEvents plain;
    private final RedisCounters counters;
    private @Nullable RedisSubscriptions subscriptions;

    RedisRelay(RedisShardClient client, PlainEvents plain, RedisCounters counters) {
        this.client = client;
        this.plain = plain;
        this.counters = counters;
    }

    @Override
    public void start(Listener listener) {
        assert client.loop().inLoop();
        if (subscriptions != null) {
            throw new IllegalStateException("started already");
        }
        subscriptions = client.subscriptions(new Ears(listener));
        subscriptions.start();
    }

    @Override
    public void subscribe(JobId id) {
        if (subscriptions != null) {
            subscriptions.subscribe(id);
        }
    }

    @Override
    public void unsubscribe(JobId id) {
        if (subscriptions != null) {
            subscriptions.unsubscribe(id);
        }
    }

    @Override
    public CompletionStage<Void> sendCanary(long number) {
        RedisFailure deaf = subscriptions == null ? null : subscriptions.askForCanary(number);
        return deaf == null ? client.publishCanary(number) : CompletableFuture.failedFuture(deaf);
    }

    @Override
    public void reconnect() {
        if (subscriptions != null) {
            subscriptions.reconnect();
        }
    }

    @Override
    public void close() {
        assert client.loop().inLoop();
        plain.close();
        if (subscriptions != null) {
            subscriptions.close();
        }
    }

    /** Tells what was published on a job's channel apart. */
    private final class Ears implements RedisSubscriptions.Listener {
        private final Listener listener;

        private Ears(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void onConnected() {
            listener.onConnected();
        }

        @Override
        public void onDisconnected() {
            listener.onDisconnected();
        }

        @Override
        public void onSubscribed(JobId id) {
            listener.onSubscribed(id);
        }

        @Override
        public void onUnsubscribed(JobId id) {
            listener.onUnsubscribed(id);
        }

        @Override
        public void onCanary(long number) {
            listener.onCanary(number);
        }

        @Override
        public void onPublished(JobId id, byte[] published) {
            JobEvent event;
            try {
                event = JobEventReader.read(id, published);
            } catch (InvalidDocumentException e) {
                counters.relayUnreadable.increment();
                listener.onUnreadable(id);
                return;
            }
            if (event == null) {
                plain.hear(id, published);
            } else {
                counters.relayEvents.increment();
                listener.onEvent(event);
            }
        }
    }
}
