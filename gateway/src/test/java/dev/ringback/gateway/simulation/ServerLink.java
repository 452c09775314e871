package dev.ringback.gateway.simulation;

import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.redis.Backoff;
import dev.ringback.gateway.simulation.SeededScheduler.SimulatedLoop;
import java.util.concurrent.TimeUnit;

/** A shard's end of connections to the server: one at a time, dialed again for ever. Confined to the shard's loop. */
abstract class ServerLink {
    static final long REDIAL_FLOOR_MILLIS = 30;
    static final long REDIAL_CEILING_MILLIS = 400;
    private static final long SLOWEST_DIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    final SeededScheduler scheduler;
    final SimulatedServer server;
    final SimulatedLoop loop;
    private final Backoff backoff;
    private final Redial redial = new Redial();
    private SimulatedLink link;
    private boolean closed;

    ServerLink(SeededScheduler scheduler, SimulatedServer server, SimulatedLoop loop) {
        this.scheduler = scheduler;
        this.server = server;
        this.loop = loop;
        this.backoff = new Backoff(scheduler.random(), REDIAL_FLOOR_MILLIS, REDIAL_CEILING_MILLIS);
    }

    /** The present connection; null while there is none. */
    final SimulatedLink link() {
        return link;
    }

    final void dial() {
        long nanos = (long) (SLOWEST_DIAL_NANOS * scheduler.random().nextDouble());
        scheduler.after(nanos, () -> loop.execute(this::dialed));
    }

    private void dialed() {
        if (closed) {
            return;
        }
        if (!server.accepts()) {
            dialLater();
            return;
        }
        backoff.reset();
        link = new SimulatedLink(scheduler, loop, this::lost);
        onUp(link);
    }

    private void dialLater() {
        loop.ticker().set(redial, loop.nanoTime(), backoff.nextNanos());
    }

    private void lost() {
        link = null;
        dialLater();
        onDown();
    }

    /** Gives up the present connection for another. */
    final void drop() {
        if (link != null) {
            link.close();
            lost();
        }
    }

    /** The gateway is gone. */
    final void end() {
        closed = true;
        if (link != null) {
            link.close();
            link = null;
        }
    }

    abstract void onUp(SimulatedLink opened);

    abstract void onDown();

    private final class Redial extends LoopTicker.Deadline {
        @Override
        protected void onDeadline() {
            dial();
        }
    }
}
