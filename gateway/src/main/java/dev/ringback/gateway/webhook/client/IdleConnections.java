package dev.ringback.gateway.webhook.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private final Limits limits;
    private final LongSupplier nanoTime;
    /** Since when each of them waits, the longest waiting first. */
    private final Map<Connection, Long> waiting = new LinkedHashMap<>();
    /** The same by where they lead, in the same order. */
    private final Map<Peer, ArrayDeque<Connection>> byPeer = new HashMap<>();

    IdleConnections(Limits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /** One to this peer, the one that was used last; null where there is none. */
    @Nullable Connection take(Peer peer) {
        long now = nanoTime.getAsLong();
        ArrayDeque<Connection> there = byPeer.get(peer);
        while (there != null && !there.isEmpty()) {
            Connection last = there.getLast();
            boolean isOver = isOver(last, now);
            forget(last);
            if (!isOver) {
                return last;
            }
            last.close();
        }
        return null;
    }

    /** Keeps a connection, or closes it where another request on it would go wrong. */
    void offer(Connection connection) {
        if (!connection.isReusable()) {
            connection.close();
            return;
        }
        waiting.put(connection, nanoTime.getAsLong());
        byPeer.computeIfAbsent(connection.peer(), peer -> new ArrayDeque<>()).addLast(connection);
        if (waiting.size() > limits.most()) {
            Connection first = waiting.keySet().iterator().next();
            forget(first);
            first.close();
        }
    }

    /** Closes those that waited long enough, and forgets those that the other side has closed. */
    void sweep() {
        long now = nanoTime.getAsLong();
        for (Connection connection : List.copyOf(waiting.keySet())) {
            if (isOver(connection, now)) {
                forget(connection);
                connection.close();
            }
        }
    }

    private boolean isOver(Connection connection, long now) {
        Long since = waiting.get(connection);
        return since == null
                || now - since >= limits.idle().toNanos()
                || now - connection.openedNanos() >= limits.life().toNanos()
                || !connection.isReusable();
    }

    private void forget(Connection connection) {
        waiting.remove(connection);
        ArrayDeque<Connection> there = byPeer.get(connection.peer());
        if (there != null) {
            there.remove(connection);
            if (there.isEmpty()) {
                byPeer.remove(connection.peer());
            }
        }
    }

    void close() {
        waiting.keySet().forEach(Connection::close);
        waiting.clear();
        byPeer.clear();
    }
}
