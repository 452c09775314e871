package dev.ringback.loadtest.latency;

import dev.ringback.protocol.EventName;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/** What happened to each event: when it was posted and when its waiter heard it. For any thread. */
final class Deliveries {
    /** What went wrong, over all events. */
    record Faults(int lost, int duplicated, int afterTerminal, int notAccepted) {
        boolean any() {
            return lost + duplicated + afterTerminal + notAccepted > 0;
        }
    }

    private static final int DIGITS = 3;
    /** For a moment that has not come; moments count from just before this was made and so are never 0. */
    private static final long NEVER = 0;

    private final long originNanos = System.nanoTime() - 1;
    private final AtomicLongArray posted;
    private final AtomicLongArray received;
    private final AtomicInteger receivedCount = new AtomicInteger();
    private final AtomicInteger duplicated = new AtomicInteger();
    private final AtomicInteger afterTerminal = new AtomicInteger();
    private final AtomicInteger notAccepted = new AtomicInteger();

    Deliveries(int events) {
        posted = new AtomicLongArray(events);
        received = new AtomicLongArray(events);
    }

    int size() {
        return posted.length();
    }

    /** The event is about to be posted. */
    void posting(int index, long nanos) {
        posted.set(index, nanos - originNanos);
    }

    /** The gateway did not take the event, so nobody has to hear of it. */
    void notAccepted(int index) {
        posted.set(index, NEVER);
        notAccepted.incrementAndGet();
    }

    void heard(int index, EventName event, long nanos) {
        if (event != EventName.COMPLETE) {
            if (received.get(index) != NEVER) {
                afterTerminal.incrementAndGet();
            }
        } else if (received.compareAndSet(index, NEVER, nanos - originNanos)) {
            receivedCount.incrementAndGet();
        } else {
            duplicated.incrementAndGet();
        }
    }

    boolean isReceived(int index) {
        return received.get(index) != NEVER;
    }

    /** Whether every event that the gateway took has been heard; meant for after the last post. */
    boolean areComplete() {
        return receivedCount.get() >= size() - notAccepted.get();
    }

    Faults faults() {
        int lost = 0;
        for (int i = 0; i < size(); i++) {
            if (posted.get(i) != NEVER && !isReceived(i)) {
                lost++;
            }
        }
        return new Faults(lost, duplicated.get(), afterTerminal.get(), notAccepted.get());
    }

    // ── figures, over the events from the given one on ─────────────────────────────────────────────────────────

    Histogram dueToReceived(Schedule schedule, int first) {
        Histogram nanos = new Histogram(DIGITS);
        for (int i = first; i < size(); i++) {
            if (isReceived(i)) {
                nanos.recordValue(Math.max(0, received.get(i) + originNanos - schedule.dueNanos(i)));
            }
        }
        return nanos;
    }

    Histogram postedToReceived(int first) {
        Histogram nanos = new Histogram(DIGITS);
        for (int i = first; i < size(); i++) {
            if (isReceived(i) && posted.get(i) != NEVER) {
                nanos.recordValue(Math.max(0, received.get(i) - posted.get(i)));
            }
        }
        return nanos;
    }

    /** How far behind its schedule the generator posted. */
    Histogram dueToPosted(Schedule schedule, int first) {
        Histogram nanos = new Histogram(DIGITS);
        for (int i = first; i < size(); i++) {
            if (posted.get(i) != NEVER) {
                nanos.recordValue(Math.max(0, posted.get(i) + originNanos - schedule.dueNanos(i)));
            }
        }
        return nanos;
    }

    /** Events heard per second, over the scheduled time and however much longer the last one took. */
    double achievedRate(Schedule schedule, int first) {
        long end = schedule.dueNanos(size());
        int heard = 0;
        for (int i = first; i < size(); i++) {
            if (isReceived(i)) {
                heard++;
                end = Math.max(end, received.get(i) + originNanos);
            }
        }
        return heard * 1e9 / (end - schedule.dueNanos(first));
    }
}
