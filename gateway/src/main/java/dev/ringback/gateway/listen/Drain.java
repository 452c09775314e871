package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.DrainConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Empties a port before the gateway stops: no new connections, the waiting ones are sent away evenly over {@code drain.window}, and
 * those that are still there at {@code drain.deadline} are cut off.
 */
public final class Drain {
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(LoopTicker.TICK_MILLIS);

    private Drain() {}

    /** Begins; completes on a loop when the last connection has gone. */
    public static CompletableFuture<Void> start(Listener listener, DrainConfig config) {
        return listener.stopAccepting().thenCompose(closed -> {
            CompletableFuture<?>[] loops = listener.connectionsByLoop().stream()
                    .map(connections -> drain(connections, config))
                    .toArray(CompletableFuture<?>[]::new);
            return CompletableFuture.allOf(loops);
        });
    }

    private static CompletableFuture<Void> drain(LoopConnections connections, DrainConfig config) {
        CompletableFuture<Void> emptied = new CompletableFuture<>();
        Loop loop = connections.loop();
        loop.run(() -> {
            LoopDrain drain = new LoopDrain(connections, config, emptied);
            drain.onDeadline();
        });
        return emptied;
    }

    /** The drain of one loop: a step each tick. Confined to the loop. */
    private static final class LoopDrain extends LoopTicker.Deadline {
        private final LoopConnections connections;
        private final CompletableFuture<Void> emptied;
        private final List<ConnectionHandler> waiting;
        private final long startNanos;
        private final long windowNanos;
        private final long endNanos;
        private int sentAway;

        LoopDrain(LoopConnections connections, DrainConfig config, CompletableFuture<Void> emptied) {
            this.connections = connections;
            this.emptied = emptied;
            this.waiting = connections.all();
            this.startNanos = connections.loop().nanoTime();
            this.windowNanos = Math.max(STEP_NANOS, config.window().toNanos());
            this.endNanos = startNanos + config.deadline().toNanos();
        }

        @Override
        protected void onDeadline() {
            long now = connections.loop().nanoTime();
            // By the clock and not by the step: a step may come late, and the window is a promise.
            long share = waiting.size() * Math.min(windowNanos, now - startNanos + STEP_NANOS) / windowNanos;
            int next = Math.max(sentAway, (int) share);
            waiting.subList(sentAway, next).forEach(ConnectionHandler::drain);
            sentAway = next;
            if (now - endNanos >= 0) {
                connections.all().forEach(ConnectionHandler::closeNow);
            }
            if (connections.count() == 0) {
                emptied.complete(null);
            } else {
                connections.loop().ticker().set(this, now, STEP_NANOS);
            }
        }
    }
}
