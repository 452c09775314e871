package dev.ringback.gateway.relay;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** The test's own thread as a loop, with time that the test moves. */
public final class ManualLoop implements Loop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private long nowNanos;
    private long alarmNanos = Long.MAX_VALUE;
    private final LoopTicker ticker = new LoopTicker(0, nanos -> alarmNanos = nowNanos + nanos);

    /** Lets time pass in small steps, and everything happen that is due in it. */
    public void pass(long millis) {
        long end = nowNanos + TimeUnit.MILLISECONDS.toNanos(millis);
        while (nowNanos < end) {
            nowNanos = Math.min(end, nowNanos + TimeUnit.MILLISECONDS.toNanos(5));
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            if (alarmNanos <= nowNanos) {
                alarmNanos = Long.MAX_VALUE;
                ticker.tick(nowNanos);
            }
        }
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
