package dev.ringback.gateway.queue;

import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.protocol.JobId;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Jobs that a queue has and that have no record: a submission is about to write it, or was given up in between. Which of the two is
 * known after a while. Any thread.
 */
final class AbsentJobs {
    private static final long GIVEN_UP_MILLIS = 60_000;
    private static final long AGAIN_MILLIS = 250;
    /** Beyond it the oldest are forgotten, and seen for the first time again. */
    private static final int MOST = 10_000;

    private final QueueStore queue;
    private final InstantSource clock;
    /** When each was first seen. Guarded by this. */
    private final Map<JobId, Long> since = new LinkedHashMap<>();

    AbsentJobs(QueueStore queue, InstantSource clock) {
        this.queue = queue;
        this.clock = clock;
    }

    /** It is there. */
    synchronized void seen(JobId id) {
        if (!since.isEmpty()) {
            since.remove(id);
        }
    }

    /** Whether it has been absent for so long that nobody will write it any more. */
    synchronized boolean isGivenUp(JobId id) {
        long now = clock.millis();
        long first = since.computeIfAbsent(id, unknown -> now);
        if (since.size() > MOST) {
            since.remove(since.keySet().iterator().next());
        }
        return now - first > GIVEN_UP_MILLIS;
    }

    /** Somebody has a lease of it, and can do nothing with it. */
    void giveBackOrDrop(String type, Lease lease) {
        JobId id = lease.id();
        if (isGivenUp(id)) {
            Queues.unheard(queue.end(type, id, Ending.DROPPED), "leave its queue", id);
            seen(id);
        } else {
            Queues.unheard(
                    queue.giveBack(type, id, lease.leaseId(), clock.millis() + AGAIN_MILLIS, Return.UNTOUCHED),
                    "return to its queue",
                    id);
        }
    }
}
