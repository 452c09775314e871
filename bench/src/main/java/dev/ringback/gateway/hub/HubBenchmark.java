package dev.ringback.gateway.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.bench.HandHub;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The hub alone, on a loop driven by hand: to come and to go, and to hand one event to so many subscribers, encoding included and
 * writing left out. Beside it, what one writes first: a map of lists by name, and an event encoded for each.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HubBenchmark {
    private static final JobId JOB = JobId.of("01M80D607QTB15T83VVZNKKMRMFTP2DKP60");
    private static final JobId OTHER = JobId.of("01M80D607QTB15T83VVZNKKMRMFTP2DKP61");
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(LoopTicker.TICK_MILLIS);
    private static final int DOCUMENT_BYTES = 250;

    @Param({"1", "1000"})
    public int subscribers;

    private final HandHub hand = new HandHub("hub.linger=0s", "jobs.unknown=wait");
    private final Counting newcomer = new Counting(hand.loop);
    private final byte[] document = HandHub.document(JOB, 1, DOCUMENT_BYTES);
    private final Map<String, List<List<byte[]>>> naive = new HashMap<>();
    private long version = 1;
    private long delivered;

    /** Takes what it is told as a WebSocket would, and counts it. */
    private final class Counting implements Subscriber {
        private final Loop loop;

        private Counting(Loop loop) {
            this.loop = loop;
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public WireFormat format() {
            return WireFormat.WEB_SOCKET;
        }

        @Override
        public boolean maySee(@Nullable String owner) {
            return true;
        }

        @Override
        public void onPresent(JobEvent present) {
            delivered++;
        }

        @Override
        public void onAbsent(JobId id) {
            delivered++;
        }

        @Override
        public void onEvents(FanOut fanOut) {
            delivered += fanOut.webSocket().release() ? 0 : 1;
        }

        @Override
        public void onReset(JobEvent present) {
            delivered++;
        }

        @Override
        public void onGone(JobId id, GoneReason reason) {
            throw new IllegalStateException("gone");
        }

        @Override
        public void onUnavailable(JobId id) {
            throw new IllegalStateException("unavailable");
        }

        @Override
        public void onFault() {
            throw new IllegalStateException("fault");
        }
    }

    @Setup
    public void subscribeAll() {
        hand.makeJob(JOB);
        hand.makeJob(OTHER);
        List<List<byte[]>> lists = new ArrayList<>();
        naive.put(JOB.toString(), lists);
        for (int i = 0; i < subscribers; i++) {
            hand.hub.subscribe(JOB, new Counting(hand.loop), null);
            lists.add(new ArrayList<>(1));
        }
        hand.loop.drain();
        if (publish() != subscribers * 2L) {
            throw new IllegalStateException(delivered + " deliveries to " + subscribers + " subscribers");
        }
    }

    /** One event, its encoding and the end of its burst. */
    @Benchmark
    public long publish() {
        version++;
        hand.publish(new JobEvent(JOB, HandHub.INCARNATION, version, JobState.PROCESSING, true, document));
        hand.loop.drain();
        return delivered;
    }

    @Benchmark
    public long publishToEachByFormatBaseline() {
        version++;
        for (List<byte[]> out : naive.getOrDefault(JOB.toString(), List.of())) {
            out.clear();
            out.add(String.format(
                            Locale.ROOT,
                            "{\"event\":\"%s\",%s",
                            "progress",
                            new String(document, 1, document.length - 1, UTF_8))
                    .getBytes(UTF_8));
        }
        return version;
    }

    /** A further subscriber of a job that is followed already: comes, has its answer, and goes. */
    @Benchmark
    public long joinAndLeave() {
        hand.hub.subscribe(JOB, newcomer, null);
        hand.loop.drain();
        hand.hub.unsubscribe(JOB, newcomer);
        hand.loop.drain();
        return delivered;
    }

    /** The first and only subscriber of a job: a topic's whole life, with its read of the store and one tick of its loop. */
    @Benchmark
    public int wholeLifeOfATopic() {
        hand.hub.subscribe(OTHER, newcomer, null);
        hand.loop.drain();
        hand.hub.unsubscribe(OTHER, newcomer);
        hand.loop.pass(TICK_NANOS);
        int topics = hand.hub.shards().get(0).topics();
        if (topics != 1) {
            throw new IllegalStateException(topics + " topics are left");
        }
        return topics;
    }
}
