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
    private final Map<JobId, Dead> byId = new HashMap<>();
    private final NavigableSet<Dead> listed = new TreeSet<>(LATEST_FIRST);

    /**
     * None.
     *
     * @param most beyond which the oldest go
     */
    DeadLetters(int most) {
        this.most = most;
    }

    int size() {
        return byId.size();
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
    List<Dead> page(int size, @Nullable Dead after) {
        return (after == null ? listed : listed.tailSet(after, false))
                .stream().limit(size).toList();
    }
}
