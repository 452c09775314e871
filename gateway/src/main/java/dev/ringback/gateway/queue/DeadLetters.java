package dev.ringback.gateway.queue;

import dev.ringback.gateway.queue.QueueStore.Dead;
import dev.ringback.protocol.JobId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The dead letters of a queue, the latest first. Confined to the store's loop. */
final class DeadLetters {
    private static final Comparator<Dead> LATEST_FIRST = Comparator.comparingLong(Dead::diedMillis)
            .thenComparing(dead -> dead.id().toString())
            .reversed();

    private final int most;
    private final long ttlMillis;
    private final Map<JobId, Dead> byId = new HashMap<>();
    private final NavigableSet<Dead> listed = new TreeSet<>(LATEST_FIRST);

    /**
     * None.
     *
     * @param most beyond which the oldest go
     * @param ttlMillis after which each goes
     */
    DeadLetters(int most, long ttlMillis) {
        this.most = most;
        this.ttlMillis = ttlMillis;
    }

    int size(long nowMillis) {
        while (!listed.isEmpty() && listed.last().diedMillis() <= nowMillis - ttlMillis) {
            bury(listed.last().id());
        }
        return listed.size();
    }

    void add(JobId id, long diedMillis) {
        bury(id);
        Dead dead = new Dead(id, diedMillis);
        byId.put(id, dead);
        listed.add(dead);
        if (listed.size() > most) {
            bury(listed.last().id());
        }
    }

    boolean bury(JobId id) {
        Dead dead = byId.remove(id);
        return dead != null && listed.remove(dead);
    }

    /** Those after the given one, or from the first. */
    List<Dead> page(int size, @Nullable Dead after, long nowMillis) {
        if (size(nowMillis) == 0) {
            return List.of();
        }
        return (after == null ? listed : listed.tailSet(after, false))
                .stream().limit(size).toList();
    }
}
