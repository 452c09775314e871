package dev.ringback.gateway.webhook;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.redis.LogLimit;
import dev.ringback.gateway.store.Outbox;
import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.gateway.webhook.WebhookStore.Waiting;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outbox beside a job store in this process: the events in the order of their numbers. It is full with {@code webhook.outbox}
 * events, or where they hold half of {@code store.memory-bytes}. Any thread.
 */
public final class MemoryOutbox implements Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryOutbox.class);
    private static final long EVENT_BYTES = 400;
    private static final int LOG_SECONDS = 60;

    private final ConcurrentSkipListMap<Long, OutboxEvent> events = new ConcurrentSkipListMap<>();
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder dropped = new LongAdder();
    private final long most;
    private final long mostBytes;
    private final LogLimit dropLog = new LogLimit(System.nanoTime(), LOG_SECONDS);
    private volatile boolean wantsEnds;
    private volatile boolean wantsProgress;
    private volatile Runnable listener = () -> {};

    public MemoryOutbox(GatewayConfig config) {
        this.most = config.webhook().outbox();
        this.mostBytes = config.store().memoryBytes() / 2;
    }

    @Override
    public boolean wants(boolean progress) {
        return progress ? wantsProgress : wantsEnds;
    }

    /** Wants from now on what these endpoints do. */
    void want(Collection<WebhookEndpoint> endpoints) {
        wantsEnds = endpoints.stream().anyMatch(endpoint -> wantsAnyOf(endpoint, WebhookEvent.ENDS));
        wantsProgress = endpoints.stream().anyMatch(endpoint -> wantsAnyOf(endpoint, List.of(WebhookEvent.PROGRESS)));
    }

    private static boolean wantsAnyOf(WebhookEndpoint endpoint, Collection<WebhookEvent> events) {
        return endpoint.disabled() == null && events.stream().anyMatch(endpoint.events()::contains);
    }

    @Override
    public boolean hasRoom() {
        if (count.get() < most && bytes.get() < mostBytes) {
            return true;
        }
        dropped.increment();
        if (dropLog.permits(System.nanoTime())) {
            LOG.error("webhook.outbox is full: {} events were not told to webhooks since the start", dropped.sum());
        }
        return false;
    }

    @Override
    public void accept(long number, OutboxEvent event) {
        if (events.put(number, event) == null) {
            count.incrementAndGet();
            bytes.addAndGet(bytes(event));
        }
        listener.run();
    }

    /** The first so many; they stay. */
    List<Waiting> oldest(int wanted) {
        return events.entrySet().stream()
                .limit(wanted)
                .map(entry -> new Waiting(Long.toString(entry.getKey()), entry.getValue()))
                .toList();
    }

    /** Whether it was there. */
    boolean remove(String name) {
        Long number = number(name);
        OutboxEvent event = number == null ? null : events.remove(number);
        if (event == null) {
            return false;
        }
        count.decrementAndGet();
        bytes.addAndGet(-bytes(event));
        return true;
    }

    private static @Nullable Long number(String name) {
        try {
            return Long.valueOf(name);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static long bytes(OutboxEvent event) {
        byte[] webhook = event.webhook();
        return EVENT_BYTES + event.job().present().json().length + (webhook == null ? 0 : webhook.length);
    }

    void onEvent(Runnable newListener) {
        listener = newListener;
    }

    long waiting() {
        return count.get();
    }

    long dropped() {
        return dropped.sum();
    }
}
