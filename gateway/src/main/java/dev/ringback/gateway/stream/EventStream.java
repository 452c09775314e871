package dev.ringback.gateway.stream;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Parked;
import dev.ringback.gateway.connection.Viewer;
import dev.ringback.gateway.hub.Subscriber;
import dev.ringback.gateway.loop.Loop;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which events follow one another: its life, its times, and what happens while the client does not read.
 *
 * <pre>
 *   OPENING ── first answer ──► STREAMING ── terminal, gone, max age, drain, slow, closed ──► ENDED
 *      └────────────────── refused, or nothing left to tell ────────────────────────────────────▲
 * </pre>
 */
abstract class EventStream implements Parked, Subscriber {
    enum Phase {
        OPENING,
        STREAMING,
        ENDED
    }

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int NEVER = Integer.MAX_VALUE;

    final StreamContext context;
    final ClientConnection connection;
    private final Viewer viewer;
    private final long startNanos;
    private Phase phase = Phase.OPENING;

    // Times in milliseconds since the start, NEVER for none: small, because there are many of these objects.
    private int stalledSince = NEVER;
    private int absentUntil = NEVER;
    /** What the connection's {@link ClientConnection#backlogMark} was then. */
    private int stalledAt;

    EventStream(StreamContext context, ClientConnection connection, Viewer viewer) {
        this.context = context;
        this.connection = connection;
        this.viewer = viewer;
        this.startNanos = connection.loop().nanoTime();
    }

    @Override
    public final Loop loop() {
        return connection.loop();
    }

    @Override
    public final boolean maySee(@Nullable String owner) {
        return viewer.maySee(owner);
    }

    final Phase phase() {
        return phase;
    }

    /** Waits for the first answer, for a while. */
    final void awaitFirstAnswer() {
        connection.setDeadline(context.config().hub().firstAnswerTimeout().toNanos());
    }

    /** The stream is open from now on. */
    final void opened() {
        phase = Phase.STREAMING;
        setNextDeadline();
    }

    /** Nothing follows; false where that was so before. */
    final boolean ended() {
        if (phase == Phase.ENDED) {
            return false;
        }
        phase = Phase.ENDED;
        unsubscribeAll();
        return true;
    }

    /** A job is not there, and may come within the time given; an earlier end of such a time stays. */
    final void awaitAbsent(long nanos) {
        absentUntil = Math.min(absentUntil, elapsed() + millis(nanos));
        setNextDeadline();
    }

    final void noneAbsent() {
        absentUntil = NEVER;
    }

    /**
     * Sends bytes, and takes over the reference. A client that lets too much pile up is closed; what it could not have read yet,
     * because it was written in this very burst, does not count.
     */
    final void send(ByteBuf bytes) {
        boolean backlog = !connection.isWritable();
        connection.write(bytes);
        if (backlog && phase != Phase.ENDED && connection.queuedBytes() > context.queuedBytes()) {
            context.counters().slowConsumersByBytes.increment();
            endSlow("stream.queued-bytes");
        }
    }

    /** What is kept goes before what is new. */
    final void sendKeptIfWritable() {
        if (connection.isWritable()) {
            sendKept();
        }
    }

    /** Whether an event may be sent now. If not, it is to be kept for {@link #sendKept}, and the client's time runs. */
    final boolean maySend() {
        if (connection.isWritable()) {
            return true;
        }
        if (stalledSince == NEVER) {
            stalled(elapsed());
            setNextDeadline();
        }
        return false;
    }

    private void stalled(int now) {
        stalledSince = now;
        stalledAt = connection.backlogMark();
    }

    /** A client that takes bytes, however slowly, has not stalled; nor has one that has taken all there is. */
    private void lookForProgress(int now) {
        int mark = connection.backlogMark();
        if (mark == 0) {
            stalledSince = NEVER;
        } else if (stalledSince == NEVER || mark != stalledAt) {
            stalled(now);
        }
    }

    @Override
    public final void onWritable() {
        if (phase == Phase.STREAMING) {
            stalledSince = NEVER;
            sendKept();
        }
    }

    @Override
    public final void onDeadline() {
        if (phase == Phase.OPENING) {
            noFirstAnswer();
        } else if (phase == Phase.STREAMING) {
            onTime(elapsed());
        }
    }

    private void onTime(int now) {
        if (now >= maxAge()) {
            endByAge();
            return;
        }
        lookForProgress(now);
        if (stalledSince != NEVER && now - stalledSince >= stallTimeout()) {
            context.counters().slowConsumersByTime.increment();
            endSlow("stream.stall-timeout");
            return;
        }
        if (now >= absentUntil) {
            absentUntil = NEVER;
            endAbsent();
        } else if (stalledSince == NEVER) {
            heartbeat();
        }
        if (phase == Phase.STREAMING) {
            setNextDeadline();
        }
    }

    private void setNextDeadline() {
        int now = elapsed();
        int next = Math.min(maxAge(), absentUntil);
        if (stalledSince != NEVER) {
            next = Math.min(next, stalledSince + stallTimeout());
        }
        long left = TimeUnit.MILLISECONDS.toNanos(next - now);
        connection.setDeadline(
                Math.min(left, context.config().stream().heartbeat().toNanos()));
    }

    private int maxAge() {
        return millis(context.maxAgeNanos(startNanos));
    }

    private int stallTimeout() {
        return millis(context.config().stream().stallTimeout().toNanos());
    }

    private int elapsed() {
        return (int) TimeUnit.NANOSECONDS.toMillis(loop().nanoTime() - startNanos);
    }

    /** Rounded up, so that nothing is early. */
    private static int millis(long nanos) {
        return (int) Math.min(NEVER / 2, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    }

    @Override
    public final void onFault() {
        if (ended()) {
            connection.closeNow();
        }
    }

    /** Gives up all subscriptions and counts the stream as gone; called once. */
    abstract void unsubscribeAll();

    /** Sends what was kept while the client did not read, newest states only. */
    abstract void sendKept();

    abstract void heartbeat();

    /** The hub did not answer in time. */
    abstract void noFirstAnswer();

    /** The jobs that never appeared are given up. */
    abstract void endAbsent();

    abstract void endByAge();

    /**
     * The client does not read.
     *
     * @param limit the key of the limit that this broke
     */
    abstract void endSlow(String limit);
}
