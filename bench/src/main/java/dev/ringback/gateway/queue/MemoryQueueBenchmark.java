package dev.ringback.gateway.queue;

import dev.ringback.bench.HandLoop;
import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.protocol.JobId;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a job costs a queue in memory while many others wait: all that happens on its loop, without the way there. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MemoryQueueBenchmark {
    private static final String TYPE = "transcode";
    private static final int BURST = 1_000;
    private static final long FIRST_ID = 10_000_000_000L;
    private static final Wish WISH = new Wish(TYPE, 1, "worker", null, 30_000);

    @Param({"1000", "1000000"})
    public int waiting;

    @Param({"1", "1000"})
    public int owners;

    private final HandLoop loop = new HandLoop();
    private final MemoryQueueStore store = new MemoryQueueStore(new MemoryQueueStore.Parts(
            GatewayConfig.of("queues.depth=100000000"),
            loop,
            InstantSource.system(),
            type -> QueueLimits.NONE,
            this::newLeaseId));
    private long made;
    private long leases;

    private String newLeaseId() {
        return "lease-" + ++leases;
    }

    @Setup
    public void fill() {
        for (int i = 0; i < waiting; i++) {
            var unused = store.add(entry());
            if (i % BURST == 0) {
                loop.drain();
            }
        }
        loop.drain();
    }

    private Entry entry() {
        long number = made++;
        String owner = owners == 1 ? null : "owner-" + number % owners;
        JobId id = JobId.of("01M80D607QTB15T83VVZNKKM" + (FIRST_ID + number));
        return new Entry(id, TYPE, owner, (int) (number % 3), 0);
    }

    /** What a submission and a worker that ends the job cost together. */
    @Benchmark
    public Lease addTakeEnd() {
        var unused = store.add(entry());
        Lease lease = take();
        var unusedEither = store.end(TYPE, lease.id(), Ending.COMPLETED);
        loop.drain();
        return lease;
    }

    @Benchmark
    public Lease takeGiveBack() {
        Lease lease = take();
        var unused = store.giveBack(TYPE, lease.id(), lease.leaseId(), 0, Return.UNTOUCHED);
        loop.drain();
        return lease;
    }

    /** The cost of making an id and an entry, which {@link #addTakeEnd} has in it. */
    @Benchmark
    public Entry entryAlone() {
        return entry();
    }

    private Lease take() {
        return now(store.take(WISH)).leases().get(0);
    }

    private <T> T now(CompletionStage<T> stage) {
        loop.drain();
        return stage.toCompletableFuture().join();
    }
}
