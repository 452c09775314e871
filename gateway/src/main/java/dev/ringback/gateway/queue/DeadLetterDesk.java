package dev.ringback.gateway.queue;

import dev.ringback.gateway.queue.QueueStore.Dead;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Jobs that failed for good in workers' hands, as long as they are kept. Any thread. */
public final class DeadLetterDesk {
    private final JobStore jobs;
    private final QueueStore queue;

    public DeadLetterDesk(Queues queues) {
        this.jobs = queues.jobs();
        this.queue = queues.store();
    }

    /** A dead letter, and when it died, since the epoch. */
    public record Letter(JobSnapshot job, long diedMillis) {}

    /**
     * A page of them.
     *
     * @param next the last that was looked at; null where no more follow
     */
    public record Page(List<Letter> letters, @Nullable Dead next) {}

    /**
     * Those of a type, the latest first.
     *
     * @param maySee whether the caller may see jobs of this owner; those that it may not are left out
     */
    public CompletionStage<Page> page(String type, int most, @Nullable Dead after, Predicate<@Nullable String> maySee) {
        return queue.dead(type, most, after).thenCompose(found -> {
            List<CompletableFuture<StoreRead>> reads = new ArrayList<>();
            found.forEach(dead -> reads.add(read(dead.id()).toCompletableFuture()));
            return CompletableFuture.allOf(reads.toArray(CompletableFuture<?>[]::new))
                    .thenApply(all -> {
                        List<Letter> letters = new ArrayList<>();
                        List<JobId> expired = new ArrayList<>();
                        for (int i = 0; i < found.size(); i++) {
                            sort(found.get(i), reads.get(i).join(), maySee, letters, expired);
                        }
                        bury(type, expired);
                        return new Page(letters, found.size() < most ? null : found.get(most - 1));
                    });
        });
    }

    /** One that is damaged, of which nobody can tell whose it is, is not there for anybody. */
    private CompletionStage<StoreRead> read(JobId id) {
        return jobs.read(id)
                .exceptionallyCompose(failure -> StoreException.kindOf(failure) == StoreException.Kind.CORRUPT
                        ? Slices.of(StoreRead.ABSENT)
                        : Slices.failed(failure));
    }

    private static void sort(
            Dead dead, StoreRead read, Predicate<@Nullable String> maySee, List<Letter> letters, List<JobId> expired) {
        JobSnapshot job = read.snapshot();
        if (job == null || job.present().state() != JobState.FAILED) {
            expired.add(dead.id());
        } else if (maySee.test(job.owner())) {
            letters.add(new Letter(job, dead.diedMillis()));
        }
    }

    /** What is no longer kept, and what is another job by now, need not be listed. */
    private void bury(String type, List<JobId> expired) {
        if (!expired.isEmpty()) {
            Queues.unheard(queue.bury(type, expired), "leave the list of dead letters", expired.get(0));
        }
    }

    /** One of a type; null where it is none, or the caller may not see it. */
    public CompletionStage<@Nullable JobSnapshot> find(String type, JobId id, Predicate<@Nullable String> maySee) {
        return jobs.work(id).thenCompose(work -> {
            boolean dead = work != null && work.dead() && work.state() == JobState.FAILED && type.equals(work.type());
            if (!dead || !maySee.test(Objects.requireNonNull(work).owner())) {
                return CompletableFuture.completedFuture(null);
            }
            return jobs.read(id).thenApply(StoreRead::snapshot);
        });
    }

    /** Takes letters off the list: how many there were. */
    public CompletionStage<Integer> remove(String type, List<JobId> ids) {
        return ids.isEmpty() ? CompletableFuture.completedFuture(0) : queue.bury(type, ids);
    }
}
