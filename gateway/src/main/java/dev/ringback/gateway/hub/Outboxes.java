package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a shard has to say to subscribers, gathered per connection loop so that each loop gets one task a burst. Order is kept per
 * loop. Confined to the shard's loop.
 */
final class Outboxes {
    private static final Logger LOG = LoggerFactory.getLogger(Outboxes.class);

    private final List<@Nullable Outbox> byLoop = new ArrayList<>();

    /** Deliveries for one loop; it becomes the task that is handed over. */
    private record Outbox(Loop loop, List<Runnable> deliveries) implements Runnable {
        @Override
        public void run() {
            for (Runnable delivery : deliveries) {
                delivery.run();
            }
        }
    }

    void add(Loop loop, Runnable delivery) {
        while (byLoop.size() <= loop.index()) {
            byLoop.add(null);
        }
        Outbox outbox = byLoop.get(loop.index());
        if (outbox == null) {
            outbox = new Outbox(loop, new ArrayList<>());
            byLoop.set(loop.index(), outbox);
        }
        outbox.deliveries().add(delivery);
    }

    /** Hands everything over; what belongs to the shard's own loop runs here and now. */
    void flush() {
        for (int i = 0; i < byLoop.size(); i++) {
            Outbox outbox = byLoop.get(i);
            if (outbox != null) {
                byLoop.set(i, null);
                outbox.loop().run(outbox);
            }
        }
    }

    /** A subscriber that throws is a bug, and its own: it must not keep the others from their events. */
    static void deliver(SubscriberGroup.Call call, Subscriber subscriber) {
        try {
            call.to(subscriber);
        } catch (RuntimeException | Error bug) {
            LOG.error("a subscriber failed", bug);
            giveUp(subscriber);
        }
    }

    private static void giveUp(Subscriber subscriber) {
        try {
            subscriber.onFault();
        } catch (RuntimeException | Error bug) {
            LOG.error("a subscriber could not even be given up", bug);
        }
    }
}
