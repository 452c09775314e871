package dev.ringback.bench;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.queue.MemoryQueueStore;
import dev.ringback.gateway.queue.QueueFigures;
import dev.ringback.gateway.queue.QueueLimits;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.protocol.JobId;
import java.io.PrintStream;
import java.lang.ref.Reference;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * {@code bench queues}: the heap that queues in memory need for each job that waits, as the slope between two numbers of jobs. The jobs' records are not in
 * it; their ids, which the records share, once without and once with.
 */
final class QueueMemory {
    private static final int DEFAULT_JOBS = 1_000_000;
    private static final int BURST = 1_000;
    private static final String ROW = "%-38s %s%n";

    private final int jobs;
    private final PrintStream out;

    QueueMemory(int jobs, PrintStream out) {
        this.jobs = jobs;
        this.out = out;
    }

    /** Runs with the arguments behind {@code queues}. */
    static void main(List<String> arguments, PrintStream out) {
        boolean given = arguments.size() == 2 && arguments.get(0).equals("--jobs");
        if (!given && !arguments.isEmpty()) {
            throw new IllegalArgumentException("usage: bench queues [--jobs N], not " + arguments);
        }
        new QueueMemory(given ? Integer.parseInt(arguments.get(1)) : DEFAULT_JOBS, out).run();
    }

    private void run() {
        out.printf(Locale.ROOT, ROW, "bytes of heap per job that waits", "by steps");
        measure("ids shared", 1, true);
        measure("ids not shared", 1, false);
        measure("of 1,000 owners, ids shared", 1_000, true);
    }

    private void measure(String name, int owners, boolean shared) {
        HandLoop loop = new HandLoop();
        MemoryQueueStore store = new MemoryQueueStore(new MemoryQueueStore.Parts(
                GatewayConfig.of("queues.depth=100000000"),
                loop,
                InstantSource.system(),
                type -> QueueLimits.NONE,
                () -> "lease"));
        JobId[] ids = new JobId[shared ? jobs : 0];
        Arrays.setAll(ids, QueueMemory::id);
        int[] counts = {jobs / 4, jobs / 2, jobs};
        long[] heap = new long[counts.length];
        int added = 0;
        for (int step = 0; step < counts.length; step++) {
            while (added < counts[step]) {
                String owner = owners == 1 ? null : "owner-" + added % owners;
                var unused = store.add(new Entry(shared ? ids[added] : id(added), "transcode", owner, 0, 0));
                added++;
                drain(loop, added);
            }
            loop.drain();
            heap[step] = HubMemory.heapInUse();
        }
        StringBuilder steps = new StringBuilder();
        for (int step = 1; step < counts.length; step++) {
            double each = (double) (heap[step] - heap[step - 1]) / (counts[step] - counts[step - 1]);
            steps.append(String.format(Locale.ROOT, "%,d: %.1f  ", counts[step], each));
        }
        out.printf(Locale.ROOT, ROW, name, steps);
        Reference.reachabilityFence(ids);
        check(loop, store);
    }

    /** Nobody has been refused or let go before the reading. */
    private void check(HandLoop loop, MemoryQueueStore store) {
        CompletableFuture<QueueFigures> figures = store.figures("transcode").toCompletableFuture();
        loop.drain();
        if (figures.join().waiting() != jobs) {
            throw new IllegalStateException(figures.join() + " for " + jobs + " jobs");
        }
    }

    private static void drain(HandLoop loop, int added) {
        if (added % BURST == 0) {
            loop.drain();
        }
    }

    private static JobId id(int number) {
        return JobId.of(String.format(Locale.ROOT, "01M80D607QTB15T83VVZNKKM%011d", number));
    }
}
