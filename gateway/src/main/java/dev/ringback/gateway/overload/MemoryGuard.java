package dev.ringback.gateway.overload;

import dev.ringback.gateway.config.OverloadConfig;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the heap and Netty's direct memory, a few times a second, on a thread of its own, and says how near their end is.
 *
 * <pre>
 *   NONE ── heap-percent or direct-percent ──► HIGH ── half of the rest ──► CRITICAL
 *     ◄──── five percent below the mark ────────┘ ◄──── five percent below ─────┘
 * </pre>
 */
public final class MemoryGuard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryGuard.class);
    private static final long LOOK_MILLIS = 250;
    /** How far memory falls below a mark before the mark counts as left, so that it is not crossed many times a second. */
    private static final double SLACK = 0.05;
    /** A collection is asked for once in this time at most. */
    private static final long COLLECT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Where the figures come from. Shares are of the most that there may be, 0 to 1. */
    public interface Memory {
        /** What the last collection of garbage left on the heap, or less. */
        double heapShare();

        double directShare();

        /** Asks for a collection of garbage, and may block until it is done. */
        void collect();
    }

    private final OverloadConfig config;
    private final Memory memory;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "memory-guard");
        thread.setDaemon(true);
        return thread;
    });

    /** Written by the watching thread only. */
    private volatile Pressure pressure = Pressure.NONE;

    private long lastCollectNanos;
    private boolean collected;

    public MemoryGuard(OverloadConfig config, Memory memory) {
        this.config = config;
        this.memory = memory;
    }

    /** Begins to watch. */
    public void start() {
        var unused = watch.scheduleWithFixedDelay(
                () -> look(System.nanoTime()), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    public Pressure pressure() {
        return pressure;
    }

    /**
     * Looks once. A full heap may be full of garbage that no young collection looks at; what is left after a whole one is the
     * truth.
     */
    void look(long nowNanos) {
        double heap = memory.heapShare();
        double direct = memory.directShare();
        Pressure ofHeap = pressureOf(heap, config.heapPercent());
        Pressure ofDirect = pressureOf(direct, config.directPercent());
        Pressure now = ofHeap.compareTo(ofDirect) > 0 ? ofHeap : ofDirect;
        if (now != pressure) {
            pressure = now;
            log(now, heap, direct);
        }
        boolean due = !collected || nowNanos - lastCollectNanos >= COLLECT_NANOS;
        if (ofHeap != Pressure.NONE && due) {
            collected = true;
            lastCollectNanos = nowNanos;
            memory.collect();
        }
    }

    private Pressure pressureOf(double share, int percent) {
        double high = percent / 100.0;
        double critical = (1 + high) / 2;
        if (share >= critical - slackOf(Pressure.CRITICAL)) {
            return Pressure.CRITICAL;
        }
        return share >= high - slackOf(Pressure.HIGH) ? Pressure.HIGH : Pressure.NONE;
    }

    private double slackOf(Pressure level) {
        return pressure.compareTo(level) >= 0 ? SLACK : 0;
    }

    private static void log(Pressure now, double heap, double direct) {
        String figures = String.format(Locale.ROOT, "heap %.0f %%, direct memory %.0f %%", heap * 100, direct * 100);
        switch (now) {
            case NONE -> LOG.info("memory: there is room again: {}", figures);
            case HIGH -> LOG.warn("memory is short: new waits and uploads are turned away: {}", figures);
            case CRITICAL -> LOG.warn("memory is nearly gone: only workers' events are taken: {}", figures);
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
