package dev.ringback.gateway.relay;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.redis.RedisFailure;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A relay that listens to itself: once an interval a canary goes out through the store's connection and has to come back on the
 * way that events take. A connection can be dead and look alive; two missed canaries say so.
 *
 * <pre>
 *   SINGING ── two missed ──► SILENT      taken and not heard: doubt, and where nothing else is heard either,
 *      ▲                        │         another connection, at growing intervals
 *      └──── a canary comes ────┘         canaries before it never came: doubt, as events may be lost too
 * </pre>
 *
 * Where the store does not even take the canary, nothing is lost and another pub/sub connection is no help: the store's own
 * connection is replaced by whoever owns it. A connection that carries events, late, is left alone: replacing it would lose them. Confined to the shard's loop, but for {@link #silence} and {@link #ageMillis}.
 */
public final class RelayCanary implements JobRelay {
    /** Canaries missed in a row after which the relay counts as silent. */
    static final int TOLERATED = 2;
    /** The longest time between two attempts with another connection, in intervals. */
    private static final int RECONNECT_CEILING = 64;

    private static final Logger LOG = LoggerFactory.getLogger(RelayCanary.class);

    private final JobRelay relay;
    private final Loop loop;
    private final int shard;
    private final long intervalNanos;
    private final RelayCounters counters;
    private final Beat beat = new Beat();
    private boolean connected;
    /** Whether anything at all was heard since the last beat. */
    private boolean carries;

    private boolean doubted;
    private long dueNanos;
    private long sent;
    private long taken;
    private long heard;
    private int missed;
    /** So many missed in a row, and another connection is tried. */
    private int reconnectAt = TOLERATED;

    private volatile long heardNanos;
    private volatile boolean silent;
    /** Why the latest canary was not taken; empty where it was. */
    private volatile String refusal = "";

    public RelayCanary(JobRelay relay, Loop loop, int shard, long intervalNanos, RelayCounters counters) {
        this.relay = relay;
        this.loop = loop;
        this.shard = shard;
        this.intervalNanos = intervalNanos;
        this.counters = counters;
    }

    @Override
    public void start(Listener listener) {
        assert loop.inLoop();
        heardNanos = loop.nanoTime();
        relay.start(new Ears(listener));
        beat.listener = listener;
        dueNanos = loop.nanoTime();
        setBeat();
    }

    @Override
    public void subscribe(JobId id) {
        relay.subscribe(id);
    }

    @Override
    public void unsubscribe(JobId id) {
        relay.unsubscribe(id);
    }

    @Override
    public CompletionStage<Void> sendCanary(long number) {
        return relay.sendCanary(number);
    }

    @Override
    public void reconnect() {
        relay.reconnect();
    }

    @Override
    public void close() {
        loop.ticker().clear(beat);
        relay.close();
    }

    /** In words, what is wrong; null where canaries come back. Any thread. */
    public @Nullable String silence() {
        return silent ? "shard " + shard + " has not heard its canary for " + ageMillis() + " ms" + refusal : null;
    }

    /** Milliseconds since the last canary came back, or since the start. Any thread. */
    public long ageMillis() {
        return TimeUnit.NANOSECONDS.toMillis(loop.nanoTime() - heardNanos);
    }

    private void onBeat(Listener listener) {
        if (connected && heard < sent) {
            miss(listener);
        }
        carries = false;
        if (connected) {
            send();
        }
        setBeat();
    }

    /** From the time that was due, not from the tick that came after it; what a stall left behind is not made up for. */
    private void setBeat() {
        long now = loop.nanoTime();
        dueNanos = Math.max(dueNanos + intervalNanos, now + intervalNanos / 2);
        loop.ticker().set(beat, now, dueNanos - now);
    }

    private void send() {
        long number = ++sent;
        counters.canariesSent.increment();
        var unused = relay.sendCanary(number).whenComplete((done, failure) -> {
            if (failure == null) {
                taken = Math.max(taken, number);
                refusal = "";
            } else {
                refusal = ": " + RedisFailure.causeOf(failure).getMessage();
            }
        });
    }

    private void miss(Listener listener) {
        missed++;
        counters.canariesMissed.increment();
        if (missed < TOLERATED) {
            return;
        }
        if (!silent) {
            silent = true;
            counters.silences.increment();
            LOG.warn("shard {}: the relay is silent, {} canaries missed{}", shard, missed, refusal);
        }
        if (taken > heard && !doubted) {
            doubted = true;
            listener.onDoubt();
        }
        // The latest canary had an interval's time to be taken; all before it had more.
        if (missed >= reconnectAt && taken == sent && !carries) {
            reconnectAt = Math.min(missed * 2, missed + RECONNECT_CEILING);
            counters.reconnects.increment();
            relay.reconnect();
        }
    }

    private void onCanary(long number, Listener listener) {
        if (number > sent) {
            return;
        }
        counters.canariesHeard.increment();
        boolean gap = number > heard + 1;
        heard = Math.max(heard, number);
        heardNanos = loop.nanoTime();
        missed = 0;
        reconnectAt = TOLERATED;
        if (silent) {
            silent = false;
            LOG.info("shard {}: the relay is heard again", shard);
        }
        doubted = false;
        if (gap) {
            listener.onDoubt();
        }
    }

    private final class Beat extends LoopTicker.Deadline {
        private @Nullable Listener listener;

        @Override
        protected void onDeadline() {
            if (listener != null) {
                onBeat(listener);
            }
        }
    }

    /** Hears the relay, takes the canaries out, and passes on the rest. */
    private final class Ears implements Listener {
        private final Listener listener;

        private Ears(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void onConnected() {
            connected = true;
            heard = sent;
            listener.onConnected();
        }

        @Override
        public void onDisconnected() {
            connected = false;
            listener.onDisconnected();
        }

        @Override
        public void onSubscribed(JobId id) {
            carries = true;
            listener.onSubscribed(id);
        }

        @Override
        public void onUnsubscribed(JobId id) {
            listener.onUnsubscribed(id);
        }

        @Override
        public void onEvent(JobEvent event) {
            carries = true;
            listener.onEvent(event);
        }

        @Override
        public void onCanary(long number) {
            RelayCanary.this.onCanary(number, listener);
        }

        @Override
        public void onDoubt() {
            listener.onDoubt();
        }

        @Override
        public void onUnreadable(JobId id) {
            listener.onUnreadable(id);
        }
    }
}
