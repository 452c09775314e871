package dev.ringback.gateway.hub;

import dev.ringback.bench.BareSubscriber;
import dev.ringback.bench.HandHub;
import dev.ringback.protocol.JobId;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** All subscribers of one job leave one after another, as they do where a proxy between them and the gateway goes down. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LeaveBenchmark {
    private static final JobId JOB = JobId.of("01M80D607QTB15T83VVZNKKMRMFTP2DKP60");

    @Param({"1000", "10000"})
    public int subscribers;

    private final HandHub hand = new HandHub();
    private BareSubscriber[] leaving = {};

    @Setup(Level.Trial)
    public void makeJob() {
        hand.makeJob(JOB);
        leaving = new BareSubscriber[subscribers];
        Arrays.setAll(leaving, i -> new BareSubscriber(hand.loop));
    }

    /** They leave in another order than the one in which they came. */
    @Setup(Level.Invocation)
    public void subscribeAll() {
        for (BareSubscriber subscriber : leaving) {
            hand.hub.subscribe(JOB, subscriber, null);
        }
        hand.loop.drain();
        List<BareSubscriber> order = Arrays.asList(leaving);
        Collections.shuffle(order, new Random(1));
    }

    @Benchmark
    public int leaveOneAfterAnother() {
        for (BareSubscriber subscriber : leaving) {
            hand.hub.unsubscribe(JOB, subscriber);
        }
        return hand.hub.shards().get(0).topics();
    }
}
