package dev.ringback.gateway.webhook.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The connections of one loop that wait for their next request, the longest waiting first. Confined to the loop. */
final class IdleConnections {
    /**
     * How many, and how long.
     *
     * @param most connections at once; the longest waiting goes
     * @param idle how long one waits
     * @param life how old one becomes
     */
    record Limits(int most, Duration idle, Duration life) {}

    private record Idle(Connection connection, long sinceNanos) {}

    private final Limits limits;
    private final LongSupplier nanoTime;
    private final ArrayDeque<Idle> waiting = new ArrayDeque<>();

    IdleConnections(Limits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /** One to this peer, the one that was used last; null where there is none. */
    @Nullable Connection take(Peer peer) {
        sweep();
        Iterator<Idle> newestFirst = waiting.descendingIterator();
        while (newestFirst.hasNext()) {
            Connection connection = newestFirst.next().connection();
            if (connection.peer().equals(peer)) {
                newestFirst.remove();
                return connection;
            }
        }
        return null;
    }

    /** Keeps a connection, or closes it where another request on it would go wrong. */
    void offer(Connection connection) {
        if (!connection.isReusable()) {
            connection.close();
            return;
        }
        waiting.addLast(new Idle(connection, nanoTime.getAsLong()));
        if (waiting.size() > limits.most()) {
            waiting.removeFirst().connection().close();
        }
    }

    /** Closes those that waited long enough, and forgets those that the other side has closed. */
    void sweep() {
        long now = nanoTime.getAsLong();
        waiting.removeIf(idle -> {
            boolean isOver = now - idle.sinceNanos() >= limits.idle().toNanos()
                    || now - idle.connection().openedNanos() >= limits.life().toNanos()
                    || !idle.connection().isReusable();
            if (isOver) {
                idle.connection().close();
            }
            return isOver;
        });
    }

    void close() {
        waiting.forEach(idle -> idle.connection().close());
        waiting.clear();
    }
}
