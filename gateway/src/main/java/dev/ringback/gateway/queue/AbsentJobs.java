package dev.ringback.gateway.queue;

import dev.ringback.gateway.queue.QueueStore.Lease;
import dev.ringback.gateway.queue.QueueStore.Return;
import dev.ringback.protocol.JobId;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Jobs that a queue has and that have no record: a submission is about to write it, or was given up in between. Which of the two is
 * known after a while. Any thread.
 */
final class AbsentJobs {
    private static final long GIVEN_UP_MILLIS = 60_000;
    /** Who was not looked at for so long may have been there meanwhile; by more than one gateway the looks may be far apart. */
    private static final long FORGOTTEN_MILLIS = 60_000;

    /** After which a job is looked for again, doubled each time: most records are written within a millisecond. */
    private static final long AGAIN_MILLIS = 1;

    private static final int MOST_DOUBLINGS = 8;
    /** Others have to wait until those have been given up. */
    private static final int MOST = 10_000;

    /** When a job was first and last found absent, and never there in between, and how often it was leased so. */
    private record Seen(long firstMillis, long lastMillis, int leases) {
        Seen at(long nowMillis) {
            return new Seen(firstMillis, nowMillis, leases);
        }

        Seen leasedAgain() {
            return new Seen(firstMillis, lastMillis, leases + 1);
        }
    }

    private final QueueStore queue;
    private final QueuePlaces places;
    private final InstantSource clock;
    /** Guarded by this. */
    private final Map<JobId, Seen> absent = new HashMap<>();

    AbsentJobs(QueueStore queue, QueuePlaces places, InstantSource clock) {
        this.queue = queue;
        this.places = places;
        this.clock = clock;
    }

    /** It is there. */
    synchronized void seen(JobId id) {
        if (!absent.isEmpty()) {
            absent.remove(id);
        }
    }

    /** Whether it has been absent for so long that nobody will write it any more. */
    synchronized boolean isGivenUp(JobId id) {
        long now = clock.millis();
        Seen before = absent.get(id);
        if (before == null && absent.size() >= MOST) {
            absent.values().removeIf(seen -> now - seen.lastMillis() > FORGOTTEN_MILLIS);
            if (absent.size() >= MOST) {
                return false;
            }
        }
        Seen after =
                before == null || now - before.lastMillis() > FORGOTTEN_MILLIS ? new Seen(now, now, 0) : before.at(now);
        absent.put(id, after);
        return now - after.firstMillis() > GIVEN_UP_MILLIS;
    }

    /** Somebody has a lease of it, and can do nothing with it. */
    void giveBackOrDrop(String type, Lease lease) {
        JobId id = lease.id();
        if (isGivenUp(id)) {
            Queues.unheard(places.move(type, id), "leave its queue", id);
            seen(id);
        } else {
            Queues.unheard(
                    queue.giveBack(type, id, lease.leaseId(), clock.millis() + againMillis(id), Return.UNTOUCHED),
                    "return to its queue",
                    id);
        }
    }

    private synchronized long againMillis(JobId id) {
        Seen seen = absent.computeIfPresent(id, (same, before) -> before.leasedAgain());
        return AGAIN_MILLIS << (seen == null ? MOST_DOUBLINGS : Math.min(MOST_DOUBLINGS, seen.leases() - 1));
    }
}
