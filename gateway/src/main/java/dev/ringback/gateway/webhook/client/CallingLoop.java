package dev.ringback.gateway.webhook.client;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One event loop's part of the client: its calls, and its connections that wait. Confined to the loop, but for {@link #begin} and
 * {@link #close}.
 */
final class CallingLoop {
    private static final int SWEEPS_IN_AN_IDLE_TIME = 6;

    private final EventLoop loop;
    private final IdleConnections idle;
    private final Set<OneCall> running = new HashSet<>();
    private final Future<?> sweeping;
    private boolean isClosed;

    CallingLoop(EventLoop loop, IdleConnections.Limits limits) {
        this.loop = loop;
        this.idle = new IdleConnections(limits, System::nanoTime);
        long everyNanos = Math.max(1, limits.idle().toNanos() / SWEEPS_IN_AN_IDLE_TIME);
        this.sweeping = loop.scheduleWithFixedDelay(idle::sweep, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
    }

    EventLoop loop() {
        return loop;
    }

    IdleConnections idle() {
        assert loop.inEventLoop();
        return idle;
    }

    /** Any thread. */
    void begin(OneCall call) {
        try {
            loop.execute(() -> {
                if (isClosed) {
                    call.stop();
                } else {
                    running.add(call);
                    call.start();
                }
            });
        } catch (RejectedExecutionException loopIsGone) {
            call.refused();
        }
    }

    void ended(OneCall call) {
        running.remove(call);
    }

    /** Ends what is running, and closes what waits. Any thread. */
    void close() {
        sweeping.cancel(false);
        try {
            loop.execute(() -> {
                isClosed = true;
                List.copyOf(running).forEach(OneCall::stop);
                idle.close();
            });
        } catch (RejectedExecutionException loopIsGone) {
            // Its connections went with it.
        }
    }
}
