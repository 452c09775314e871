package dev.ringback.gateway.redis;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that is dialed again, for ever, whenever it is lost.
 *
 * <pre>
 *            start            connected           lost, dropped
 *   IDLE ──────────► DIALING ───────────► UP ───────────────────► WAITING        close: CLOSED, from anywhere
 *                      ▲  └──────────── refused ────────────────►   │
 *                      └────────────────── after a while ───────────┘
 * </pre>
 *
 * Lettuce's own reconnect is not used: it sends the commands that were under way once more, so that a change could happen long
 * after its caller was told that nothing is known of it. Here they fail, and each connection is a new one to everybody.
 * Confined to the loop, but for {@link #outage}.
 *
 * @param <C> the kind of connection
 */
final class RedisLink<C extends StatefulConnection<?, ?>> {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

    /** A connection that lives shorter than this did not end the trouble: the delays keep growing. */
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private enum State {
        IDLE,
        DIALING,
        UP,
        WAITING,
        CLOSED;

        private boolean mayMoveTo(State next) {
            return switch (this) {
                case IDLE, WAITING -> next == DIALING || next == CLOSED;
                case DIALING -> next == UP || next == WAITING || next == CLOSED;
                case UP -> next == WAITING || next == CLOSED;
                case CLOSED -> false;
            };
        }
    }

    /** Opens one connection. */
    interface Dialer<C> {
        CompletionStage<Dialed<C>> dial();
    }

    /**
     * A connection that was opened.
     *
     * @param place where it leads; null where that is not chosen anew with each connection
     */
    record Dialed<C>(C connection, @Nullable RedisPlace place) {}

    /** Hears the link, on the loop. */
    interface Listener<C> {
        void onUp(C connection);

        /** After each {@link #onUp}, once, but not after {@link RedisLink#close}. */
        void onDown();
    }

    /**
     * What a link needs from outside.
     *
     * @param what the link's purpose, for the log
     */
    record Parts(
            Loop loop,
            RedisAddress address,
            String what,
            Backoff backoff,
            LettuceResources resources,
            RedisCounters counters) {}

    private final Parts parts;
    private final Dialer<C> dialer;
    private final Listener<C> listener;
    private final CompletableFuture<Void> firstOutcome = new CompletableFuture<>();
    private final Redial redial = new Redial();
    private State state = State.IDLE;
    private @Nullable C connection;
    private @Nullable RedisPlace place;
    private long upSinceNanos;
    private boolean wasUp;
    private volatile @Nullable String outage;

    RedisLink(Parts parts, Dialer<C> dialer, Listener<C> listener) {
        this.parts = parts;
        this.dialer = dialer;
        this.listener = listener;
        this.outage = "not connected to " + parts.address() + " yet";
    }

    /** Begins to dial. The stage says how the first attempt went; the link goes on either way. */
    CompletionStage<Void> start() {
        assert parts.loop().inLoop();
        if (state == State.IDLE) {
            dial();
        }
        return firstOutcome;
    }

    /** The present connection; null while there is none. */
    @Nullable C connection() {
        assert parts.loop().inLoop();
        return connection;
    }

    /** Why there is no connection; null while there is one. Any thread. */
    @Nullable String outage() {
        return outage;
    }

    /** Gives up the present connection for another: something is wrong with it. */
    void drop() {
        assert parts.loop().inLoop();
        if (connection != null) {
            lost(connection, "dropped");
        }
    }

    /** Gives up the present connection where it leads elsewhere. */
    void dropUnlessAt(RedisPlace wanted) {
        if (connection != null && !wanted.equals(place)) {
            lost(connection, "given up, for " + wanted + " is the primary now");
        }
    }

    /** Ends the link; the listener hears nothing more. */
    CompletionStage<Void> close() {
        assert parts.loop().inLoop();
        if (state == State.CLOSED) {
            return CompletableFuture.completedFuture(null);
        }
        moveTo(State.CLOSED);
        outage = "closed";
        parts.loop().ticker().clear(redial);
        firstOutcome.completeExceptionally(RedisFailure.of(RedisFailure.Kind.NOT_CONNECTED, "closed"));
        C open = connection;
        connection = null;
        return open == null ? CompletableFuture.completedFuture(null) : open.closeAsync();
    }

    private void moveTo(State next) {
        if (!state.mayMoveTo(next)) {
            throw new IllegalStateException(parts.what() + " link from " + state + " to " + next);
        }
        state = next;
    }

    private void dial() {
        moveTo(State.DIALING);
        CompletionStage<Dialed<C>> dialing;
        try {
            dialing = dialer.dial();
        } catch (RuntimeException e) {
            refused(e);
            return;
        }
        dialing.whenComplete((opened, failure) -> parts.loop().run(() -> onDialed(opened, failure)));
    }

    private void onDialed(@Nullable Dialed<C> opened, @Nullable Throwable failure) {
        if (opened == null) {
            refused(failure == null ? new IllegalStateException("no connection") : failure);
        } else if (state == State.CLOSED) {
            var unused = opened.connection.closeAsync();
        } else {
            up(opened.connection, opened.place);
        }
    }

    private void refused(Throwable failure) {
        if (state == State.CLOSED) {
            return;
        }
        String reason = parts.address().unreachable(failure);
        outage = reason;
        LOG.debug("{}: {}", parts.what(), reason);
        waitAndRedial();
        firstOutcome.completeExceptionally(RedisFailure.of(RedisFailure.Kind.NOT_CONNECTED, reason));
    }

    private void up(C opened, @Nullable RedisPlace at) {
        opened.addListener(new LossListener(opened));
        if (!opened.isOpen()) {
            var unused = opened.closeAsync();
            refused(new IllegalStateException("the connection was lost at once"));
            return;
        }
        moveTo(State.UP);
        connection = opened;
        place = at;
        upSinceNanos = parts.loop().nanoTime();
        outage = null;
        if (wasUp) {
            parts.counters().reconnects.increment();
            if (parts.resources().returnLog.permits(upSinceNanos)) {
                LOG.info("{}: connected to {} again", parts.what(), parts.address());
            }
        }
        wasUp = true;
        listener.onUp(opened);
        firstOutcome.complete(null);
    }

    private void lost(C lost, String how) {
        if (connection != lost) {
            return;
        }
        connection = null;
        outage = "the connection to " + parts.address() + " is lost";
        long now = parts.loop().nanoTime();
        if (parts.resources().lossLog.permits(now)) {
            LOG.warn("{}: the connection to {} is {}", parts.what(), parts.address(), how);
        }
        if (now - upSinceNanos >= SETTLED_NANOS) {
            parts.backoff().reset();
        }
        waitAndRedial();
        listener.onDown();
        var unused = lost.closeAsync();
    }

    private void waitAndRedial() {
        moveTo(State.WAITING);
        parts.loop()
                .ticker()
                .set(redial, parts.loop().nanoTime(), parts.backoff().nextNanos());
    }

    private final class Redial extends LoopTicker.Deadline {
        @Override
        protected void onDeadline() {
            dial();
        }
    }

    /** Hears the end of one connection, so that the end of an earlier one is never taken for that of the present. */
    private final class LossListener implements RedisConnectionStateListener {
        private final C own;

        private LossListener(C own) {
            this.own = own;
        }

        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> source) {
            parts.loop().run(() -> lost(own, "lost"));
        }
    }
}
