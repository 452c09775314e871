package dev.ringback.gateway.queue;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob.AfterFailure;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs of one gateway without Redis wait for others: in this process's memory, on one loop. With the file store it follows from
 * the jobs' records at the start.
 */
public final class MemoryDependencyStore implements DependencyStore {
    /** So many are known who wait no more; then the oldest are forgotten before their time. */
    private static final int MOST_KNOWN = 1_000_000;
    /** Of what is known for long enough, so much is forgotten in one step. */
    private static final int MOST_FORGOTTEN = 100;

    /** A job that waits. */
    private static final class Held {
        private final Entry entry;
        private final Set<JobId> after;
        private final AfterFailure afterFailure;
        private final long sinceMillis;
        private long lookedAtMillis;

        private Held(Waiting waiting, long lookedAtMillis) {
            this.entry = waiting.entry();
            this.after = new HashSet<>(waiting.after());
            this.afterFailure = waiting.afterFailure();
            this.sinceMillis = waiting.sinceMillis();
            this.lookedAtMillis = lookedAtMillis;
        }

        private Waiting waiting() {
            return new Waiting(entry, after, afterFailure, sinceMillis);
        }
    }

    /** That one job waits for another, or did. */
    private record Link(JobId upstream, JobId downstream, long sinceMillis) {}

    private final InstantSource clock;
    private final long knownMillis;
    private final int depth;
    private final LoopSteps steps;
    // Confined to the loop.
    /** Those at which nobody has looked for the longest are the first. */
    private final Map<JobId, Held> held = new LinkedHashMap<>();

    private final Map<JobId, Set<JobId>> downstream = new HashMap<>();
    /** All of {@link #downstream}, the oldest first. */
    private final Deque<Link> links = new ArrayDeque<>();

    /** Waiting jobs of nobody yet; they are confined to this loop. */
    public MemoryDependencyStore(GatewayConfig config, Loop loop, InstantSource clock) {
        this.clock = clock;
        this.knownMillis = config.jobs().maxAge().toMillis();
        this.depth = config.queues().depth();
        this.steps = new LoopSteps(loop);
    }

    /** Lets a job wait whose record says so. To be called before anything else is, by one thread. */
    void load(Waiting waiting) {
        hold(waiting, clock.millis() - CHECK_MILLIS);
    }

    @Override
    public CompletionStage<Boolean> await(Waiting waiting) {
        return steps.step(() -> {
            forgetLinks();
            if (held.containsKey(waiting.entry().id())) {
                return true;
            }
            if (held.size() >= depth || !waiting.after().stream().allMatch(this::hasRoom)) {
                return false;
            }
            hold(waiting, clock.millis());
            return true;
        });
    }

    private void hold(Waiting waiting, long lookedAtMillis) {
        JobId id = waiting.entry().id();
        held.put(id, new Held(waiting, lookedAtMillis));
        for (JobId upstream : waiting.after()) {
            if (downstream
                    .computeIfAbsent(upstream, unknown -> new LinkedHashSet<>())
                    .add(id)) {
                links.add(new Link(upstream, id, clock.millis()));
            }
        }
    }

    /** Those who wait no more make room, as far as they have to. */
    private boolean hasRoom(JobId upstream) {
        Set<JobId> known = downstream.getOrDefault(upstream, Set.of());
        if (known.size() < MOST_DOWNSTREAM) {
            return true;
        }
        Iterator<JobId> oldest = known.iterator();
        while (oldest.hasNext()) {
            if (!isWaiting(oldest.next(), upstream)) {
                oldest.remove();
                return true;
            }
        }
        return false;
    }

    private boolean isWaiting(JobId id, JobId upstream) {
        Held job = held.get(id);
        return job != null && job.after.contains(upstream);
    }

    @Override
    public CompletionStage<@Nullable Waiting> waiting(JobId id) {
        return steps.step(() -> {
            Held job = held.get(id);
            return job == null ? null : job.waiting();
        });
    }

    @Override
    public CompletionStage<List<JobId>> downstream(JobId id) {
        return steps.step(() -> {
            forgetLinks();
            return List.copyOf(downstream.getOrDefault(id, Set.of()));
        });
    }

    @Override
    public CompletionStage<Integer> resolve(JobId id, Collection<JobId> completed) {
        Set<JobId> gone = Set.copyOf(completed);
        return steps.step(() -> {
            Held job = held.get(id);
            if (job == null) {
                return -1;
            }
            job.after.removeAll(gone);
            return job.after.size();
        });
    }

    @Override
    public CompletionStage<Void> forget(JobId id) {
        return steps.run(() -> held.remove(id));
    }

    @Override
    public CompletionStage<List<Waiting>> due(int most) {
        return steps.step(() -> {
            forgetLinks();
            long now = clock.millis();
            List<Held> due = new ArrayList<>();
            for (Held job : held.values()) {
                if (due.size() == most || now - job.lookedAtMillis < CHECK_MILLIS) {
                    break;
                }
                due.add(job);
            }
            for (Held job : due) {
                job.lookedAtMillis = now;
                held.remove(job.entry.id());
                held.put(job.entry.id(), job);
            }
            return due.stream().map(Held::waiting).toList();
        });
    }

    @Override
    public CompletionStage<Long> count() {
        return steps.step(() -> (long) held.size());
    }

    /** A bounded piece of what has been known for long enough. */
    private void forgetLinks() {
        long now = clock.millis();
        for (int i = 0; i < MOST_FORGOTTEN; i++) {
            Link oldest = links.peek();
            boolean isOld = oldest != null && now - oldest.sinceMillis >= knownMillis;
            if (oldest == null || !isOld && links.size() <= MOST_KNOWN) {
                return;
            }
            links.remove();
            if (!isOld && isWaiting(oldest.downstream, oldest.upstream)) {
                links.add(oldest);
            } else {
                forget(oldest);
            }
        }
    }

    private void forget(Link link) {
        Set<JobId> known = downstream.get(link.upstream);
        if (known != null && known.remove(link.downstream) && known.isEmpty()) {
            downstream.remove(link.upstream);
        }
    }

    /** What is asked from now on fails. */
    public void close() {
        steps.close();
    }
}
