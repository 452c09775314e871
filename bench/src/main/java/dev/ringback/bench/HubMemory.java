package dev.ringback.bench;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.hub.Hints;
import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.hub.HubCounters;
import dev.ringback.gateway.hub.Shard;
import dev.ringback.gateway.relay.MemoryRelay;
import dev.ringback.protocol.JobId;
import io.netty.buffer.ByteBufAllocator;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * {@code bench memory}: the heap that the hub alone needs for each subscriber, without sockets, as the slope between two counts of
 * subscribers. What a connection holds anyway is made before the first reading and is not in the slope: the subscriber, and the
 * id of its job, which the topic shares with it.
 */
final class HubMemory {
    private static final int DEFAULT_SUBSCRIBERS = 1_000_000;
    private static final int DOCUMENT_BYTES = 250;
    private static final int SHARED = 1_000;
    private static final int BURST = 1_000;
    private static final int MIN_SUBSCRIBERS = 4 * SHARED;
    private static final long SEED = 1;
    private static final String ROW = "%-38s %7s %10s %7s   %s%n";

    private final int subscribers;
    private final PrintStream out;

    /** Everything that one reading is about; dropped whole before the next row of the table. */
    private record Scene(HandLoop loop, JobId[] ids, BareSubscriber[] waiting, Shard shard, Hub hub) {}

    HubMemory(int subscribers, PrintStream out) {
        if (subscribers < MIN_SUBSCRIBERS) {
            throw new IllegalArgumentException(subscribers + " subscribers; at least " + MIN_SUBSCRIBERS);
        }
        this.subscribers = subscribers;
        this.out = out;
    }

    /** Runs with the arguments behind {@code memory}. */
    static void main(List<String> arguments, PrintStream out) {
        boolean given = arguments.size() == 2 && arguments.get(0).equals("--subscribers");
        if (!given && !arguments.isEmpty()) {
            throw new IllegalArgumentException("usage: bench memory [--subscribers N], not " + arguments);
        }
        new HubMemory(given ? Integer.parseInt(arguments.get(1)) : DEFAULT_SUBSCRIBERS, out).run();
    }

    private void run() {
        var runtime = ManagementFactory.getRuntimeMXBean();
        out.println("Java " + runtime.getVmVersion() + " " + runtime.getInputArguments());
        line("bytes of heap per subscriber", "in all", "documents", "hub", "hub, by steps");
        measure("a topic each, no documents kept", 1, "0");
        measure("a topic each, documents kept", 1, "64GiB");
        measure(SHARED + " on each topic, documents kept", SHARED, "64GiB");
    }

    private void measure(String name, int perTopic, String cacheBytes) {
        Scene scene = scene(perTopic, cacheBytes);
        int[] counts = {0, subscribers / 4, subscribers / 2, subscribers};
        long[] heap = new long[counts.length];
        long[] documents = new long[counts.length];
        heap[0] = heapInUse();
        for (int step = 1; step < counts.length; step++) {
            subscribe(scene, perTopic, counts[step - 1], counts[step]);
            heap[step] = heapInUse();
            documents[step] = scene.shard.cachedBytes();
        }
        check(scene);

        int last = counts.length - 1;
        double all = perOne(heap, counts, 1, last);
        double kept = perOne(documents, counts, 1, last);
        StringBuilder steps = new StringBuilder();
        for (int step = 1; step < counts.length; step++) {
            double hub = perOne(heap, counts, step - 1, step) - perOne(documents, counts, step - 1, step);
            steps.append(String.format(Locale.ROOT, "%,d: %.1f  ", counts[step], hub));
        }
        line(name, rounded(all), rounded(kept), rounded(all - kept), steps.toString());
    }

    private Scene scene(int perTopic, String cacheBytes) {
        HandLoop loop = new HandLoop();
        BareSubscriber[] waiting = new BareSubscriber[subscribers];
        Arrays.setAll(waiting, i -> new BareSubscriber(loop));
        JobId[] ids = new JobId[subscribers / perTopic + 1];
        Arrays.setAll(ids, i -> JobId.of(String.format(Locale.ROOT, "01M80D607QTB15T83VVZNKKM%011d", i)));
        GatewayConfig config = GatewayConfig.of(
                "hub.cache-bytes=" + cacheBytes, "hub.topics-per-shard=" + subscribers, "hub.sweep-interval=1h");
        Shard.Parts parts = new Shard.Parts(
                new AnsweringStore(DOCUMENT_BYTES, new Random(SEED)),
                config.hub(),
                new HubCounters(),
                ByteBufAllocator.DEFAULT,
                new Hints(InstantSource.system()),
                new Random(SEED));
        Shard shard = new Shard(loop, new MemoryRelay(loop), parts);
        Hub hub = new Hub(List.of(shard));
        hub.start();
        loop.drain();
        return new Scene(loop, ids, waiting, shard, hub);
    }

    private static void subscribe(Scene scene, int perTopic, int from, int to) {
        for (int i = from; i < to; i++) {
            scene.hub.subscribe(scene.ids[i / perTopic], scene.waiting[i], null);
            if (i % BURST == 0) {
                scene.loop.drain();
            }
        }
        scene.loop.drain();
    }

    /** Everybody has been told of a job, so that every topic is alive, and nothing has been let go before the reading. */
    private static void check(Scene scene) {
        for (BareSubscriber subscriber : scene.waiting) {
            subscriber.requireAnswered();
        }
        int topics = scene.shard.topics();
        if (topics < scene.ids.length - 1 || scene.shard.readsWaiting() > 0) {
            throw new IllegalStateException(topics + " topics for " + scene.ids.length + " jobs");
        }
    }

    /** Bytes in use after everything that can go is gone; twice, for what the first leaves to be finished. */
    static long heapInUse() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static double perOne(long[] bytes, int[] counts, int from, int to) {
        return (double) (bytes[to] - bytes[from]) / (counts[to] - counts[from]);
    }

    private static String rounded(double bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes);
    }

    private void line(String name, String all, String documents, String hub, String steps) {
        out.printf(Locale.ROOT, ROW, name, all, documents, hub, steps);
    }
}
