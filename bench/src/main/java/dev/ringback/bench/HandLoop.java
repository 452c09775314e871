package dev.ringback.bench;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import java.util.ArrayDeque;
import java.util.Queue;

/** The benchmark's own thread as a loop: what is handed to it waits until {@link #drain}, and time stands until it is moved. */
public final class HandLoop implements Loop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private long nowNanos;
    private final LoopTicker ticker = new LoopTicker(0, nanos -> {});

    /** Runs what waits, and what that hands over, until nothing is left: a burst and its end. */
    public void drain() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Lets time pass, fires the deadlines that fall into it, and runs what they hand over. */
    public void pass(long nanos) {
        nowNanos += nanos;
        ticker.tick(nowNanos);
        drain();
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public LoopTicker ticker() {
        return ticker;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }
}
