package dev.ringback.loadtest.publish;

import dev.ringback.loadtest.client.EventStamp;
import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.latency.Schedule;
import dev.ringback.loadtest.scenario.JobNames;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.Scenario.PublisherKind;
import dev.ringback.loadtest.scenario.Scenario.Shape;
import dev.ringback.loadtest.server.ServerKind;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Recorder;

/**
 * Makes jobs and moves them, on schedule whatever becomes of the events before (an open loop). All events of one job go over the
 * same connection, so that they arrive in their order. For one thread, but for the figures.
 */
public final class Publisher implements Closeable {
    private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();
    private static final long NO_ROOM_PAUSE_NANOS = 20_000;
    /** A thread wakes up this much after it asked to, or less; the rest is spun away. */
    private static final long SPIN_NANOS = 25_000;
    /** Without leave to be woken more precisely, Linux takes 50 µs more. */
    private static final long COARSE_SPIN_NANOS = 80_000;

    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int LINKS_LOOKED_AT_EVERY = 16;

    private final Scenario scenario;
    private final JobNames names;
    private final Codec codec;
    private final ServerKind kind;
    private final boolean makesJobs;
    private final boolean goesOn;
    private final List<Link> links = new ArrayList<>();
    private final long[] accepted;
    private final long[] sentVersions;
    private final boolean[] busy;
    private long spinNanos = COARSE_SPIN_NANOS;

    private final LongAdder published = new LongAdder();
    private final LongAdder notSent = new LongAdder();
    private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
    private final Recorder lateness = new Recorder(3);

    public Publisher(Scenario scenario, Target target, JobNames names) throws IOException {
        this.scenario = scenario;
        this.names = names;
        kind = ServerKind.of(scenario.target());
        makesJobs = scenario.pace().makesJobs(scenario.target());
        goesOn = scenario.load().shape() == Shape.ONE;
        int jobs = scenario.load().jobsAtATime();
        accepted = new long[jobs];
        sentVersions = new long[jobs];
        // Elsewhere the server counts.
        Arrays.fill(sentVersions, scenario.pace().publisher() == PublisherKind.REDIS_RELAY ? 1 : 0);
        busy = new boolean[goesOn ? jobs : 0];
        boolean http = scenario.pace().publisher() == PublisherKind.HTTP;
        codec = http
                ? new HttpCodec(target, kind)
                : new RedisCodec(scenario.pace().publisher());
        InetSocketAddress address = http
                ? target.address()
                : Target.parse("http://" + scenario.pace().redis()).address();
        for (int i = 0; i < scenario.pace().publisherConnections(); i++) {
            links.add(new Link(address, codec));
        }
    }

    private boolean hasNoVersions() {
        PublisherKind publisher = scenario.pace().publisher();
        return publisher == PublisherKind.REDIS_PUBLISH || publisher == PublisherKind.REDIS_RELAY;
    }

    /** Makes the jobs that will be waited for first, where they are made at all. */
    public void makeJobs() throws IOException {
        int generations = goesOn ? 2 : 1;
        for (int i = 0; makesJobs && i < accepted.length * generations; i++) {
            int job = i % accepted.length;
            byte[] request = codec.create(names.id(job, i / accepted.length));
            Link link = linkOf(job);
            awaitRoom(link, request.length);
            link.send(request, new Link.Sent(job, 0, true, false, request.length));
        }
        finish();
    }

    private void awaitRoom(Link link, int bytes) throws IOException {
        long start = System.nanoTime();
        while (!link.hasRoom(bytes)) {
            link.work(this::answered);
            if (!link.hasRoom(bytes)) {
                pause(start);
            }
        }
    }

    private static void pause(long start) throws IOException {
        LockSupport.parkNanos(NO_ROOM_PAUSE_NANOS);
        if (System.nanoTime() - start > PATIENCE_NANOS) {
            throw new IOException("the server takes no events any more");
        }
    }

    /** Moves jobs until it is told to stop. */
    public void move(int perSecond, BooleanSupplier stop) throws IOException {
        pace(new Schedule(System.nanoTime() + PAUSE_NANOS, perSecond), Integer.MAX_VALUE, false, stop);
    }

    /** Ends every job, unless they end with their events. */
    public void endAll(int perSecond) throws IOException {
        if (!goesOn) {
            pace(new Schedule(System.nanoTime() + PAUSE_NANOS, perSecond), accepted.length, true, () -> false);
        }
        finish();
    }

    private void pace(Schedule schedule, int events, boolean ends, BooleanSupplier stop) throws IOException {
        sharpen();
        int together = ends ? 1 : scenario.pace().burst();
        for (int moment = 0; moment < events / together && !stop.getAsBoolean(); moment++) {
            long due = schedule.dueNanos(moment * together);
            awaitDue(due, stop);
            if (stop.getAsBoolean()) {
                return;
            }
            if (together > 1) {
                burst(names.jobOfEvent(moment), due, together);
            } else {
                send(ends ? moment : names.jobOfEvent(moment), due, ends || goesOn);
            }
            lateness.recordValue(Math.max(0, System.nanoTime() - due));
            if (moment % LINKS_LOOKED_AT_EVERY == 0) {
                work();
            }
        }
    }

    private void awaitDue(long due, BooleanSupplier stop) throws IOException {
        long left = due - System.nanoTime();
        while (left > 0 && !stop.getAsBoolean()) {
            if (left > spinNanos) {
                work();
                LockSupport.parkNanos(Math.min(PAUSE_NANOS, due - spinNanos - System.nanoTime()));
            } else {
                Thread.onSpinWait();
            }
            left = due - System.nanoTime();
        }
    }

    private void send(int job, long due, boolean ends) throws IOException {
        if (goesOn && busy[job]) {
            notSent.increment();
            return;
        }
        int generation = goesOn ? (int) accepted[job] : 0;
        long version = goesOn ? 1 : sentVersions[job] + 1;
        byte[] request = change(names.id(job, generation), version, due, ends);
        Link link = linkOf(job);
        awaitRoom(link, request.length);
        sentVersions[job]++;
        link.send(request, new Link.Sent(job, version, false, ends, request.length));
        if (goesOn) {
            busy[job] = true;
            if (makesJobs) {
                byte[] create = codec.create(names.id(job, generation + 2));
                link.send(create, new Link.Sent(job, 0, true, false, create.length));
            }
        }
    }

    /** Events of one job back to back: one write, or as few as the connection has room for. */
    private void burst(int job, long due, int events) throws IOException {
        List<byte[]> requests = new ArrayList<>();
        for (int i = 1; i <= events; i++) {
            requests.add(change(names.id(job, 0), sentVersions[job] + i, due, false));
        }
        int bytes = requests.stream().mapToInt(request -> request.length).sum();
        Link link = linkOf(job);
        awaitRoom(link, Math.min(bytes, Link.MOST_UNANSWERED_BYTES));
        for (byte[] request : requests) {
            if (!link.hasRoom(request.length)) {
                link.flush();
                awaitRoom(link, request.length);
            }
            sentVersions[job]++;
            link.gather(request, new Link.Sent(job, sentVersions[job], false, false, request.length));
        }
        link.flush();
    }

    private byte[] change(String job, long version, long due, boolean ends) {
        String value = EventStamp.value(due, scenario.pace().eventBytes());
        return codec.change(new ServerKind.Change(job, version, ends, value));
    }

    private Link linkOf(int job) {
        return links.get(job % links.size());
    }

    private void answered(Link.Sent request, Codec.Answer answer) {
        if (!answer.accepted) {
            refusals.merge(answer.reason, 1, Integer::sum);
        }
        if (request.creates()) {
            return;
        }
        int job = request.job();
        if (goesOn) {
            busy[job] = false;
            accepted[job] += answer.accepted ? 1 : 0;
        } else if (answer.accepted) {
            boolean told = kind.keepsJobs() && !hasNoVersions();
            accepted[job] = Math.max(accepted[job], told ? answer.version : request.version());
        }
        if (answer.accepted) {
            published.increment();
        }
    }

    private void work() throws IOException {
        for (Link link : links) {
            link.work(this::answered);
        }
    }

    /** Waits for every answer. */
    private void finish() throws IOException {
        long start = System.nanoTime();
        work();
        while (links.stream().anyMatch(link -> link.underWay() > 0)) {
            pause(start);
            work();
        }
    }

    /** Asks Linux to wake this thread when it asked to be woken. */
    private void sharpen() {
        try {
            Files.writeString(Path.of("/proc/thread-self/timerslack_ns"), "1");
            spinNanos = SPIN_NANOS;
        } catch (IOException e) {
            // Not on Linux, or not allowed: more is spun.
            spinNanos = COARSE_SPIN_NANOS;
        }
    }

    // ── figures ────────────────────────────────────────────────────────────────────────────────────────────────

    /** By job: where jobs follow one another, how many have ended; else the last version. For when nothing is under way. */
    public long[] accepted() {
        return accepted.clone();
    }

    /** For any thread. */
    public long published() {
        return published.sum();
    }

    /** Events that were due while the one before, of the same job, had no answer yet. For any thread. */
    public long notSent() {
        return notSent.sum();
    }

    /** For any thread. */
    public Map<String, Integer> refusals() {
        return Map.copyOf(refusals);
    }

    /** How late events were sent, in nanoseconds, since this was asked before. For any one thread. */
    public org.HdrHistogram.Histogram lateness() {
        return lateness.getIntervalHistogram();
    }

    @Override
    public void close() throws IOException {
        for (Link link : links) {
            link.close();
        }
    }
}
