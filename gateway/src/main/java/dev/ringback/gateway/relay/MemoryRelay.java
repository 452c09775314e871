package dev.ringback.gateway.relay;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The relay of a store in the same process: what the store publishes on the shard's loop arrives in the same step. */
public final class MemoryRelay implements JobRelay {
    private final Loop loop;
    private @Nullable Listener listener;

    public MemoryRelay(Loop loop) {
        this.loop = loop;
    }

    @Override
    public void start(Listener newListener) {
        assert loop.inLoop();
        listener = newListener;
        newListener.onConnected();
    }

    /** Publishes an event that the store just wrote. Call it on the shard's loop. */
    public void publish(JobEvent event) {
        assert loop.inLoop();
        if (listener != null) {
            listener.onEvent(event);
        }
    }

    /** Acknowledged in a step of its own, as any relay does: the caller is not done with its own state yet. */
    @Override
    public void subscribe(JobId id) {
        loop.execute(() -> {
            if (listener != null) {
                listener.onSubscribed(id);
            }
        });
    }

    @Override
    public void unsubscribe(JobId id) {
        loop.execute(() -> {
            if (listener != null) {
                listener.onUnsubscribed(id);
            }
        });
    }

    @Override
    public CompletionStage<Void> sendCanary(long number) {
        loop.execute(() -> {
            if (listener != null) {
                listener.onCanary(number);
            }
        });
        return CompletableFuture.completedFuture(null);
    }

    /** There is no connection that could be dead. */
    @Override
    public void reconnect() {}

    @Override
    public void close() {
        listener = null;
    }
}
