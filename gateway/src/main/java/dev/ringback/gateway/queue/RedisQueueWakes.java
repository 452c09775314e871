package dev.ringback.gateway.queue;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.redis.RedisSubscriptions;
import dev.ringback.protocol.RedisKeys;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Says when it is worth asking Redis again for jobs of a type. Redis publishes when there may be more; that is at most once, so as long
 * as somebody here wishes for more, the type is named every second all the same, and after each reconnect.
 */
final class RedisQueueWakes extends LoopTicker.Deadline implements RedisSubscriptions.WorkListener {
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long HUNGRY_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Loop loop;
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    /** Types of which somebody here wished for more than there was, and until when that counts. */
    private final Map<String, Long> hungryUntilNanos = new ConcurrentHashMap<>();

    RedisQueueWakes(Loop loop) {
        this.loop = loop;
    }

    void start() {
        loop.run(() -> loop.ticker().set(this, loop.nanoTime(), BEAT_NANOS));
    }

    void close() {
        hungryUntilNanos.clear();
        loop.run(() -> loop.ticker().clear(this));
    }

    void add(Consumer<String> listener) {
        listeners.add(listener);
    }

    /** Somebody wished for more. Any thread. */
    void onHungry(String type) {
        hungryUntilNanos.put(type, loop.nanoTime() + HUNGRY_NANOS);
    }

    @Override
    public void onWork(byte[] queue) {
        String type = RedisKeys.queueType(queue);
        // Of any type: that somebody here has just wished for it may be on its way on the other connection.
        if (type != null) {
            tell(type);
        }
    }

    @Override
    public void onConnected() {
        hungryUntilNanos.keySet().forEach(this::tell);
    }

    @Override
    protected void onDeadline() {
        long now = loop.nanoTime();
        loop.ticker().set(this, now, BEAT_NANOS);
        hungryUntilNanos.values().removeIf(until -> until - now < 0);
        hungryUntilNanos.keySet().forEach(this::tell);
    }

    private void tell(String type) {
        listeners.forEach(listener -> listener.accept(type));
    }
}
