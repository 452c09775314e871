package dev.ringback.loadtest.client;

import dev.ringback.loadtest.check.Heard;
import dev.ringback.loadtest.check.Heard.Kind;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.EventName;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One client that follows a job until its end as a good one does, over as many connections as that takes, and records it all.
 * Confined to one loop, on which its connections live too.
 */
final class Follower implements Hearer {
    /**
     * Who follows what, and how.
     *
     * @param client its number in what is recorded
     */
    record Subject(int client, JobId job, Transport transport) {}

    /** Opens connections to one of the gateways, on the follower's loop. */
    @FunctionalInterface
    interface Dialler {
        ChannelFuture dial(Follower follower, @Nullable Cursor after);
    }

    private enum Phase {
        FOLLOWING,
        /** It has heard the end and listens on until the connection closes. A reset takes it back to following. */
        ENDED,
        /** It does not come back. */
        STOPPED
    }

    static final long MIN_DELAY_MILLIS = 100;
    static final long MAX_JITTERED_DELAY_MILLIS = 600;
    static final long MAX_DELAY_MILLIS = Duration.ofSeconds(1).toMillis();

    final Subject subject;
    final EventLoop loop;
    final RandomGenerator random;
    private final Dialler dialler;
    private final List<Heard> lines = new ArrayList<>();
    private final List<String> wrongs = new ArrayList<>();

    private Phase phase = Phase.FOLLOWING;
    private @Nullable Cursor cursor;
    private @Nullable ChannelFuture connection;
    /** The connection's first request is recorded when it is dialled. */
    private boolean asksFirst;

    private boolean toldNothing;
    private long delayMillis = NO_DELAY;

    Follower(Subject subject, EventLoop loop, RandomGenerator random, Dialler dialler) {
        this.subject = subject;
        this.loop = loop;
        this.random = random;
        this.dialler = dialler;
    }

    void begin() {
        note(Kind.BEGAN, System.nanoTime());
        connect();
    }

    /** Gives up, unless it has ended. */
    void leave() {
        assert loop.inEventLoop();
        if (phase == Phase.FOLLOWING) {
            phase = Phase.STOPPED;
            note(Kind.LEFT, System.nanoTime());
        }
        if (connection != null) {
            var unused = connection.channel().close();
        }
    }

    boolean hasEnded() {
        assert loop.inEventLoop();
        return phase != Phase.FOLLOWING;
    }

    /** What was recorded until now. */
    List<Heard> lines() {
        assert loop.inEventLoop();
        return List.copyOf(lines);
    }

    /** What gateways said that they may not say. */
    List<String> wrongs() {
        assert loop.inEventLoop();
        return List.copyOf(wrongs);
    }

    private void connect() {
        assert loop.inEventLoop();
        if (phase != Phase.FOLLOWING) {
            return;
        }
        asksFirst = true;
        toldNothing = true;
        note(Kind.CONNECTED, System.nanoTime());
        ChannelFuture dialled = dialler.dial(this, cursor);
        connection = dialled;
        dialled.addListener(done -> {
            if (!done.isSuccess()) {
                closed(null);
            }
        });
    }

    @Override
    public void asked(long nanos) {
        if (!asksFirst) {
            toldNothing = true;
            note(Kind.CONNECTED, nanos);
        }
        asksFirst = false;
    }

    @Override
    public void parked() {}

    @Override
    public void event(EventName name, JobEvent job, long nanos) {
        assert loop.inEventLoop();
        boolean reset = name == EventName.RESET;
        Kind first = toldNothing ? Kind.SNAPSHOT : Kind.EVENT;
        lines.add(new Heard(
                subject.client,
                subject.job,
                nanos,
                reset ? Kind.RESET : first,
                job.incarnation(),
                job.version(),
                job.state()));
        toldNothing = false;
        cursor = job.cursor();
        if (phase != Phase.STOPPED) {
            phase = name == EventName.COMPLETE || (phase == Phase.ENDED && !reset) ? Phase.ENDED : Phase.FOLLOWING;
        }
    }

    @Override
    public void gone(String reason, long nanos) {
        note(Kind.GONE, nanos);
        phase = Phase.STOPPED;
    }

    @Override
    public void upToDate(boolean asksOn, long nanos) {
        note(Kind.UP_TO_DATE, nanos);
        if (!asksOn) {
            phase = Phase.STOPPED;
        }
    }

    /** Behind the end, a close with a reason is as good as any. */
    @Override
    public void refused(String reason, long millis, long nanos) {
        if (phase == Phase.FOLLOWING) {
            note(Kind.REFUSED, nanos);
            delayMillis = millis;
        }
    }

    @Override
    public void retry(long millis) {
        delayMillis = millis;
    }

    @Override
    public void wrong(String what) {
        wrongs.add("client " + subject.client + ", job " + subject.job + ": " + what);
    }

    @Override
    public void closed(@Nullable String why) {
        note(Kind.CLOSED, System.nanoTime());
        connection = null;
        if (phase == Phase.FOLLOWING) {
            var unused = loop.schedule(this::connect, nextDelayMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private long nextDelayMillis() {
        long told = delayMillis;
        delayMillis = NO_DELAY;
        return told == NO_DELAY
                ? random.nextLong(MIN_DELAY_MILLIS, MAX_JITTERED_DELAY_MILLIS + 1)
                : Math.min(told, MAX_DELAY_MILLIS);
    }

    private void note(Kind kind, long nanos) {
        assert loop.inEventLoop();
        lines.add(Heard.of(subject.client, subject.job, nanos, kind));
    }
}
