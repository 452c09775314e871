package dev.ringback.gateway.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The owners of a queue's jobs. Those who have a job that workers could have now stand in a line, and whoever is served goes to its
 * end, as does who comes: so each has its turn. Confined to the store's loop.
 *
 * <pre>
 *   first ──► … ──► last        a job is ready: joins at the end, or stays · served: to the end · none left: leaves
 * </pre>
 */
final class OwnerRing {
    private final JobHeap.Order order;
    private final Map<String, OwnerLine> named = new HashMap<>();
    private final OwnerLine nobody;
    private @Nullable OwnerLine first;
    private @Nullable OwnerLine last;
    private long turns;
    private int ready;

    /**
     * A ring of nobody.
     *
     * @param order of the jobs of one owner
     */
    OwnerRing(JobHeap.Order order) {
        this.order = order;
        this.nobody = new OwnerLine(null, order);
    }

    /** How many jobs workers could have now. */
    int ready() {
        return ready;
    }

    /** The line of an owner, who has one job more from now on. */
    OwnerLine enter(@Nullable String owner) {
        OwnerLine line = owner == null ? nobody : named.computeIfAbsent(owner, name -> new OwnerLine(name, order));
        line.jobs++;
        return line;
    }

    /** An owner has one job less. */
    void leave(OwnerLine line) {
        line.jobs--;
        if (line.jobs == 0 && line.name != null) {
            named.remove(line.name);
        }
    }

    /** The job is ready for workers. */
    void add(HeldJob job) {
        OwnerLine line = job.owner;
        if (line.ready.isEmpty()) {
            append(line);
        }
        line.ready.add(job);
        ready++;
    }

    /** The job, which was ready, is so no more. */
    void remove(HeldJob job) {
        OwnerLine line = job.owner;
        line.ready.remove(job);
        ready--;
        if (line.ready.isEmpty()) {
            unlink(line);
        }
    }

    /**
     * Whose turn it is; null where nobody has a job for this worker.
     *
     * @param owner whose jobs the worker may have, beside those of nobody; null for everybody's
     */
    @Nullable OwnerLine next(@Nullable String owner) {
        if (owner == null) {
            return first;
        }
        OwnerLine theirs = named.get(owner);
        if (theirs == null || theirs.ready.isEmpty()) {
            return nobody.ready.isEmpty() ? null : nobody;
        }
        return nobody.ready.isEmpty() || theirs.turn < nobody.turn ? theirs : nobody;
    }

    /** Takes the next job of this line, which stands in the ring and whose turn is over then. */
    HeldJob serve(OwnerLine line) {
        HeldJob job = Objects.requireNonNull(line.ready.first());
        remove(job);
        if (!line.ready.isEmpty()) {
            unlink(line);
            append(line);
        }
        return job;
    }

    private void append(OwnerLine line) {
        line.turn = ++turns;
        line.previous = last;
        if (last == null) {
            first = line;
        } else {
            last.next = line;
        }
        last = line;
    }

    private void unlink(OwnerLine line) {
        OwnerLine before = line.previous;
        OwnerLine after = line.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        line.previous = null;
        line.next = null;
    }
}
