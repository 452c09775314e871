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
    /**
     * So long after a collection another is asked for, twice as long each time: each makes G1 begin anew with what it has found, and
     * costs the loops their processor.
     */
    private static final long COLLECT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long MAX_COLLECT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final int NEVER = 100;

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
    /** One to look, and one that a collection blocks until it is done. */
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "memory-guard");
        thread.setDaemon(true);
        return thread;
    });

    /** Written by the watching thread only. */
    private volatile Pressure pressure = Pressure.NONE;

    private long nextCollectNanos;
    private long pauseNanos;
    private volatile boolean collecting;

    public MemoryGuard(OverloadConfig config, Memory memory) {
        this.config = config;
        this.memory = memory;
    }

    /** Begins to watch. */
    public void start() {
        var unused = threads.scheduleWithFixedDelay(this::lookNow, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    public Pressure pressure() {
        return pressure;
    }

    /** A fault must not end the watch, or the pressure of the moment would stay for ever. */
    private void lookNow() {
        try {
            look(System.nanoTime());
        } catch (RuntimeException | Error e) {
            LOG.error("memory could not be looked at", e);
        }
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
        if (ofHeap == Pressure.NONE) {
            pauseNanos = 0;
        } else if (!collecting && (pauseNanos == 0 || nowNanos - nextCollectNanos >= 0)) {
            pauseNanos = Math.min(MAX_COLLECT_NANOS, Math.max(COLLECT_NANOS, 2 * pauseNanos));
            nextCollectNanos = nowNanos + pauseNanos;
            collecting = true;
            threads.execute(this::collect);
        }
    }

    private void collect() {
        try {
            memory.collect();
        } finally {
            collecting = false;
        }
    }

    private Pressure pressureOf(double share, int percent) {
        if (percent == NEVER) {
            return Pressure.NONE;
        }
        double high = percent / 100.0;
        double critical = (1 + high) / 2;
        double slack = Math.min(slackOf(Pressure.CRITICAL), critical - high);
        if (share >= critical - slack) {
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
        threads.shutdownNow();
    }
}
