package dev.ringback.gateway.queue;

import dev.ringback.gateway.store.JobPage;
import dev.ringback.gateway.store.JobPlace;
import dev.ringback.gateway.store.JobQuery;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobPace;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Walks over all jobs that are queued by their records, again and again, and puts those into their queues that are in none: a failover
 * may undo what a queue knows and keep the record. Confined to the keeper's loop.
 */
final class QueueRepair {
    /** Of jobs looked at in one step. */
    private static final int PAGE = 64;
    /** Who was submitted or moved within it may be on the way to its queue. */
    private static final long SETTLED_MILLIS = 60_000;
    /** From the end of one walk to the beginning of the next. */
    private static final long REST_MILLIS = 60_000;

    private final JobStore records;
    private final QueuePlaces places;
    private final InstantSource clock;
    private final Executor loop;
    private @Nullable JobPlace next;
    private long restsUntilMillis;

    QueueRepair(Queues.Parts parts, QueuePlaces places) {
        this.records = parts.jobs();
        this.places = places;
        this.clock = parts.clock();
        this.loop = parts.loop();
        this.restsUntilMillis = clock.millis() + REST_MILLIS;
    }

    /** Looks at a few. */
    CompletionStage<@Nullable Void> step() {
        if (clock.millis() < restsUntilMillis) {
            return Slices.done();
        }
        return records.list(new JobQuery(null, Set.of(JobState.QUEUED), null, PAGE, next))
                .thenComposeAsync(this::restore, loop);
    }

    private CompletionStage<@Nullable Void> restore(JobPage page) {
        next = page.next();
        if (next == null) {
            restsUntilMillis = clock.millis() + REST_MILLIS;
        }
        long now = clock.millis();
        List<JobId> settled = page.jobs().stream()
                .map(JobSnapshot::present)
                .filter(job -> now - JobPace.of(job).updatedMillis() > SETTLED_MILLIS)
                .map(job -> job.jobId())
                .toList();
        return Slices.forEach(settled, PAGE, loop, places::restore);
    }
}
