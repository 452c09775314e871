package dev.ringback.loadtest.crowd;

import dev.ringback.loadtest.client.Transport;
import io.netty.channel.ChannelFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One who waits, over as many connections as that takes, and checks all that is heard: strictly rising versions of its job, at most
 * one end, and nothing behind it. Confined to its desk's loop.
 */
final class Seat {
    /** Which job a seat waits for, at first and after each end. */
    interface Jobs {
        String id(int generation);

        /** Whether there is another job when this one has ended. */
        boolean goesOn();

        /** Whether a job is made before it is waited for, so that a stream begins with its state. */
        boolean areMade();
    }

    /** How long a connection stays open behind an end, to hear what must not come any more. */
    private static final long AFTERMATH_MILLIS = 500;

    private static final long MOST_RETRY_MILLIS = 2_000;
    /** Of a client without jitter, whom nobody let in. */
    private static final long AGAIN_MILLIS = 500;

    final Desk desk;
    final Transport transport;
    private final int index;
    private final Jobs jobs;
    private final boolean slow;
    private int generation;
    private String job;
    private byte[] jobBytes;
    private long version;
    private boolean ended;
    private long waitsSinceNanos;
    private long retryMillis = -1;
    private String validators = "";
    private @Nullable Line line;
    private @Nullable Runnable settling;

    Seat(int index, Desk desk, Transport transport, Jobs jobs, boolean slow) {
        this.index = index;
        this.desk = desk;
        this.transport = transport;
        this.jobs = jobs;
        this.slow = slow;
        job = jobs.id(0);
        jobBytes = job.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    String job() {
        return job;
    }

    /** Whether the server tells the job's present state when a stream begins. */
    boolean isToldFirst() {
        return desk.kind.keepsJobs() && jobs.areMade();
    }

    String validators() {
        return validators;
    }

    void validators(String fields) {
        validators = fields;
    }

    void retryMillis(long millis) {
        retryMillis = millis;
    }

    // ── the connection ─────────────────────────────────────────────────────────────────────────────────────────

    /** @param whenSettled runs once the first connection waits, or has failed */
    void begin(Runnable whenSettled) {
        assert desk.loop.inEventLoop();
        settling = whenSettled;
        waitsSinceNanos = System.nanoTime();
        connect();
    }

    private void connect() {
        if (desk.closing) {
            return;
        }
        Line next = Line.of(transport, this);
        line = next;
        ChannelFuture dialled = desk.dial(index, next, slow);
        dialled.addListener(done -> {
            if (!done.isSuccess()) {
                desk.tally.complain("connecting: " + done.cause().getClass().getSimpleName());
                closed(next, false);
            }
        });
    }

    private void settled() {
        Runnable told = settling;
        settling = null;
        if (told != null) {
            told.run();
        }
    }

    void parked(Line from) {
        settled();
        if (slow) {
            from.stopReading();
        }
    }

    void closeFrame(Line from, String reason) {
        boolean news = from == line && !ended;
        if (news && reason.contains("slow")) {
            desk.tally.closedSlow.increment();
        } else if (news) {
            desk.tally.complain("websocket: closed by the server");
        }
        from.leave();
    }

    void closed(Line from, boolean left) {
        if (from != line || desk.closing) {
            return;
        }
        line = null;
        if (!from.isParked()) {
            desk.tally.failedConnects.increment();
            settled();
        } else if (slow && !left) {
            desk.tally.closedSlow.increment();
        }
        if (!ended) {
            reconnect(delayMillis(from.isParked()));
        }
    }

    /** Leaves, and comes back at once or when a client would. */
    void drop(boolean atOnce) {
        Line present = line;
        if (present == null || ended) {
            return;
        }
        line = null;
        present.leave();
        reconnect(atOnce ? 0 : delayMillis(true));
    }

    /** @param waited whether the connection that was lost had come to wait */
    private long delayMillis(boolean waited) {
        if (desk.comesBackAtOnce) {
            return waited ? 0 : AGAIN_MILLIS;
        }
        return retryMillis >= 0 ? retryMillis : desk.random.nextLong(MOST_RETRY_MILLIS);
    }

    private void reconnect(long afterMillis) {
        desk.tally.reconnects.increment();
        var unused = desk.loop.schedule(this::connect, afterMillis, TimeUnit.MILLISECONDS);
    }

    // ── what is heard ──────────────────────────────────────────────────────────────────────────────────────────

    /** @param first whether it is the connection's first word about the job */
    void heard(Line from, EventText event, boolean first) {
        if (slow) {
            // What was under way when it stopped reading, or is read at the connection's end, tells nothing.
            return;
        }
        Tally tally = desk.tally;
        if (!event.isOf(jobBytes)) {
            tally.complain(transport.spelling() + ": an event of another job than the one waited for");
            tally.outOfOrder.increment();
            return;
        }
        long heardVersion = event.version();
        if (heardVersion > version) {
            advance(heardVersion, event.dueNanos(), first);
        } else if (heardVersion < version) {
            tally.outOfOrder.increment();
        } else if (!first) {
            tally.duplicated.increment();
        }
        if (event.ends() && !ended) {
            end(from);
        }
    }

    private void advance(long heardVersion, long dueNanos, boolean first) {
        Tally tally = desk.tally;
        long missed = heardVersion - version - 1;
        if (missed > 0 && !(version == 0 && desk.kind.keepsJobs())) {
            boolean mayMiss = first || desk.kind.replacesProgress() || transport == Transport.LONG_POLL;
            (mayMiss ? tally.replaced : tally.lost).add(missed);
        }
        version = heardVersion;
        if (dueNanos >= waitsSinceNanos) {
            tally.delivered.increment();
            desk.latency(transport).recordValue(Math.max(0, System.nanoTime() - dueNanos));
        }
    }

    /** The next wait does not have to hear of the end first. */
    private void end(Line from) {
        ended = true;
        generation++;
        boolean reuses = transport == Transport.LONG_POLL && jobs.goesOn();
        if (jobs.goesOn()) {
            ended = false;
            job = jobs.id(generation);
            jobBytes = job.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            version = 0;
            validators = "";
            waitsSinceNanos = System.nanoTime();
        }
        if (reuses) {
            from.again();
            return;
        }
        var unused = desk.loop.schedule(() -> from.leave(), AFTERMATH_MILLIS, TimeUnit.MILLISECONDS);
        if (jobs.goesOn()) {
            connect();
        }
    }

    /**
     * How many versions are still to come.
     *
     * @param accepted where jobs follow one another, how many have ended; else the job's last version
     */
    long outstanding(long accepted) {
        long has = jobs.goesOn() ? generation : version;
        return slow || has > accepted ? 0 : accepted - has;
    }

    void complainOfSilence() {
        Line present = line;
        String state = present == null ? "between two connections" : present.isParked() ? "held" : "not answered";
        desk.tally.complain(transport.spelling() + ": a wait that misses something is " + state);
    }

    void leave() {
        if (line != null) {
            line.leave();
        }
    }
}
