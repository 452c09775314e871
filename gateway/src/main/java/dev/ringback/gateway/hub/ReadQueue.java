package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.JobEvent;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads of the store that topics want, a bounded number under way at once: after a break a shard wants all its jobs at the same
 * time, and the store, and whoever else uses it, is not to drown in them. Where someone waits for the answer goes first.
 *
 * <p>While the store can't be read, all wait for it together, and one growing delay serves them all. Confined to the shard's loop.
 */
final class ReadQueue extends LoopTicker.Deadline {
    /** Enough to keep a connection to the store busy: an answer takes less than a millisecond, and 10 µs of the store. */
    static final int MAX_UNDER_WAY = 256;
    /** What remains of it while the store, which others burden too, does not keep up: halved by each failure, one more by each answer. */
    private static final int MIN_UNDER_WAY = 8;

    private static final Logger LOG = LoggerFactory.getLogger(ReadQueue.class);
    private static final long PAUSE_FLOOR_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PAUSE_CEILING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Shard shard;
    private final Loop loop;
    private final JobStore store;
    private final Set<Topic> urgent = new LinkedHashSet<>();
    private final Set<Topic> background = new LinkedHashSet<>();
    private int underWay;
    private int window = MAX_UNDER_WAY;
    private boolean sending;
    private long pauseNanos = PAUSE_FLOOR_NANOS;

    ReadQueue(Shard shard, JobStore store) {
        this.shard = shard;
        this.loop = shard.loop();
        this.store = store;
    }

    /** Wants a job read. Adding it twice is one read; as urgent it moves ahead. */
    void add(Topic topic, boolean isUrgent) {
        if (isUrgent) {
            background.remove(topic);
            urgent.add(topic);
        } else if (!urgent.contains(topic)) {
            background.add(topic);
        }
        send();
    }

    /** The topic is gone: a read not sent yet is not wanted any more. */
    void remove(Topic topic) {
        urgent.remove(topic);
        background.remove(topic);
    }

    /** Reads that wait to be sent. */
    int size() {
        return urgent.size() + background.size();
    }

    private void send() {
        if (sending) {
            return;
        }
        sending = true;
        try {
            while (underWay < window && !isSet() && size() > 0) {
                Topic next = first(urgent.isEmpty() ? background : urgent);
                remove(next);
                send(next);
            }
        } finally {
            sending = false;
        }
    }

    private static Topic first(Set<Topic> topics) {
        Iterator<Topic> all = topics.iterator();
        return all.next();
    }

    private void send(Topic topic) {
        underWay++;
        shard.counters().reads.increment();
        JobEvent knownWhenSent = topic.readSent();
        store.read(topic.id()).whenComplete((read, failure) -> {
            assert loop.inLoop();
            underWay--;
            try {
                if (read == null) {
                    onFailure(topic, failure);
                } else {
                    pauseNanos = PAUSE_FLOOR_NANOS;
                    window = Math.min(window + 1, MAX_UNDER_WAY);
                    onRead(topic, knownWhenSent, read);
                }
            } finally {
                send();
            }
        });
    }

    private void onRead(Topic topic, @Nullable JobEvent knownWhenSent, StoreRead read) {
        if (shard.holds(topic)) {
            topic.onRead(knownWhenSent, read);
        }
    }

    private void onFailure(Topic topic, @Nullable Throwable failure) {
        shard.counters().readFailures.increment();
        LOG.debug("job {} could not be read", topic.id(), failure);
        boolean ofTheJob = isOfTheJob(failure);
        if (!ofTheJob && !isSet()) {
            window = Math.max(window / 2, MIN_UNDER_WAY);
            loop.ticker().set(this, loop.nanoTime(), shard.jittered(pauseNanos));
            pauseNanos = Math.min(2 * pauseNanos, PAUSE_CEILING_NANOS);
        }
        if (shard.holds(topic)) {
            topic.onReadFailed(ofTheJob);
        }
    }

    private static boolean isOfTheJob(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof StoreException named && named.kind() == StoreException.Kind.CORRUPT;
    }

    /** The store may be back: what waits is tried now. */
    void resume() {
        loop.ticker().clear(this);
        pauseNanos = PAUSE_FLOOR_NANOS;
        send();
    }

    @Override
    protected void onDeadline() {
        send();
    }
}
