package dev.ringback.gateway.queue;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreException.Kind;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Looks at jobs that others are to wait for. Any thread. */
final class Upstreams {
    /** How many jobs one may follow from, directly and not. */
    private static final int MOST_ANCESTORS = 1_000;

    private final JobStore jobs;
    private final Loop loop;

    Upstreams(JobStore jobs, Loop loop) {
        this.jobs = jobs;
        this.loop = loop;
    }

    static StoreException refusal(String detail) {
        return new StoreException(Kind.AFTER_REFUSED, detail);
    }

    static boolean isForeign(StoreRead found, @Nullable String owner) {
        return owner != null && found.owner() != null && !owner.equals(found.owner());
    }

    /** Fails where one is not there, or not the caller's. */
    CompletionStage<@Nullable Void> requireKnown(Set<JobId> ids, @Nullable String owner) {
        return readAll(ids).thenCompose(reads -> {
            for (Map.Entry<JobId, StoreRead> read : reads.entrySet()) {
                StoreRead found = read.getValue();
                if (found.snapshot() == null || isForeign(found, owner)) {
                    return Slices.failed(refusal("\"after\": there is no job " + read.getKey()));
                }
            }
            return Slices.done();
        });
    }

    /** All of them, each as it is. */
    CompletionStage<Map<JobId, StoreRead>> readAll(Set<JobId> ids) {
        Map<JobId, CompletableFuture<StoreRead>> reads = new LinkedHashMap<>();
        ids.forEach(id -> reads.put(id, jobs.read(id).toCompletableFuture()));
        return CompletableFuture.allOf(reads.values().toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> {
                    Map<JobId, StoreRead> found = new LinkedHashMap<>();
                    reads.forEach((id, read) -> found.put(id, read.join()));
                    return found;
                });
    }

    /** Fails where one of these follows from the job. */
    CompletionStage<@Nullable Void> requireNoCycle(JobId id, Set<JobId> after) {
        return ancestors(new ArrayList<>(after), new HashSet<>(after))
                .thenCompose(ancestors -> ancestors.contains(id)
                        ? Slices.failed(refusal("job " + id + " would wait for a job that waits for it"))
                        : Slices.done());
    }

    private CompletionStage<Set<JobId>> ancestors(List<JobId> edge, Set<JobId> known) {
        if (edge.isEmpty()) {
            return CompletableFuture.completedFuture(known);
        }
        if (known.size() > MOST_ANCESTORS) {
            return Slices.failed(refusal("the job would follow from more than " + MOST_ANCESTORS + " others"));
        }
        JobId next = edge.remove(edge.size() - 1);
        return jobs.submitted(next)
                .thenComposeAsync(
                        job -> {
                            for (JobId before :
                                    job == null ? List.<JobId>of() : job.plan().after()) {
                                if (known.add(before)) {
                                    edge.add(before);
                                }
                            }
                            return ancestors(edge, known);
                        },
                        loop);
    }
}
