package dev.ringback.gateway.loop;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Deadlines of many connections: our ticker, and beside it a scheduled task for each as Netty's loops keep them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LoopTickerBenchmark {
    private static final int WAITING = 1 << 14;
    private static final long DELAY_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(LoopTicker.TICK_MILLIS);
    /** So many deadlines are due at each tick, whose time each then sets anew. */
    private static final long TICKS = DELAY_NANOS / TICK_NANOS;

    private final LoopTicker ticker = new LoopTicker(0, nanos -> {});
    private final LoopTicker busyTicker = new LoopTicker(0, nanos -> {});
    private final Again[] deadlines = new Again[WAITING];
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Future<?>[] scheduled = new Future<?>[WAITING];
    private long now;
    private int next;

    /** Sets itself again when it fires, as a heartbeat does. */
    private final class Again extends LoopTicker.Deadline {
        private final LoopTicker on;

        private Again(LoopTicker on) {
            this.on = on;
        }

        @Override
        protected void onDeadline() {
            on.set(this, now, DELAY_NANOS);
        }
    }

    public LoopTickerBenchmark() {
        for (int i = 0; i < WAITING; i++) {
            deadlines[i] = new Again(ticker);
            ticker.set(deadlines[i], 0, DELAY_NANOS + i);
            busyTicker.set(new Again(busyTicker), 0, i % TICKS * TICK_NANOS);
            scheduled[i] = channel.eventLoop().schedule(() -> {}, DELAY_NANOS + i, TimeUnit.NANOSECONDS);
        }
    }

    /** As each answer and each new request moves its connection's deadline. */
    @Benchmark
    public boolean setAgain() {
        next = (next + 1) & (WAITING - 1);
        ticker.set(deadlines[next], 0, DELAY_NANOS);
        return deadlines[next].isSet();
    }

    @Benchmark
    public boolean cancelAndScheduleBaseline() {
        next = (next + 1) & (WAITING - 1);
        boolean cancelled = scheduled[next].cancel(false);
        scheduled[next] = channel.eventLoop().schedule(() -> {}, DELAY_NANOS, TimeUnit.NANOSECONDS);
        return cancelled;
    }

    /** One tick, in which about 27 of the deadlines fire and are set again. */
    @Benchmark
    public int tick() {
        now += TICK_NANOS;
        busyTicker.tick(now);
        return busyTicker.waiting();
    }
}
