package dev.ringback.gateway.queue;

import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The jobs that one follows from, and those that follow from it, directly and not: breadth first. Used once. */
public final class JobTree {
    private static final int MOST_JOBS = 1_000;
    /** Jobs that are looked at together. */
    private static final int WIDTH = 64;

    /**
     * A job of the tree.
     *
     * @param after those that it waits for, or did
     */
    public record Node(JobId id, JobState state, List<JobId> after) {}

    /**
     * What was found.
     *
     * @param truncated whether there are more than are shown
     */
    public record Found(List<Node> nodes, boolean truncated) {}

    private final JobStore jobs;
    private final Queues queues;
    private final Predicate<@Nullable String> maySee;
    private final Set<JobId> known = new HashSet<>();
    private final Deque<JobId> next = new ArrayDeque<>();
    private final List<Node> nodes = new ArrayList<>();
    private boolean truncated;

    /** @param maySee whether the caller may see jobs of this owner; those that it may not are left out */
    public JobTree(Queues queues, Predicate<@Nullable String> maySee) {
        this.jobs = queues.jobs();
        this.queues = queues;
        this.maySee = maySee;
    }

    /** The tree around this job. */
    public CompletionStage<Found> around(JobId id) {
        add(id);
        return walk();
    }

    private void add(JobId id) {
        if (known.contains(id)) {
            return;
        }
        if (known.size() == MOST_JOBS) {
            truncated = true;
        } else {
            known.add(id);
            next.add(id);
        }
    }

    /** A node, and its neighbours. */
    private record Seen(@Nullable Node node, List<JobId> neighbours) {}

    private CompletionStage<Found> walk() {
        List<CompletableFuture<Seen>> looks = new ArrayList<>();
        while (!next.isEmpty() && looks.size() < WIDTH) {
            looks.add(look(next.remove()).toCompletableFuture());
        }
        if (looks.isEmpty()) {
            return CompletableFuture.completedFuture(new Found(shown(), truncated));
        }
        return CompletableFuture.allOf(looks.toArray(CompletableFuture<?>[]::new))
                .thenComposeAsync(
                        all -> {
                            for (CompletableFuture<Seen> look : looks) {
                                Seen seen = look.join();
                                if (seen.node() != null) {
                                    nodes.add(seen.node());
                                    seen.neighbours().forEach(this::add);
                                }
                            }
                            return walk();
                        },
                        queues.executor());
    }

    /** Without the names of jobs that the caller may not see. */
    private List<Node> shown() {
        Set<JobId> ids = nodes.stream().map(Node::id).collect(Collectors.toSet());
        return nodes.stream()
                .map(node -> new Node(
                        node.id(),
                        node.state(),
                        node.after().stream().filter(ids::contains).toList()))
                .toList();
    }

    private CompletionStage<Seen> look(JobId id) {
        CompletionStage<@Nullable NewJob> submission = jobs.submitted(id);
        CompletionStage<List<JobId>> downstream = queues.downstream(id);
        return jobs.read(id)
                .thenCombine(submission, (read, job) -> node(id, read, job))
                .thenCombine(downstream, JobTree::seen);
    }

    private @Nullable Node node(JobId id, StoreRead read, @Nullable NewJob job) {
        if (read.snapshot() == null || !maySee.test(read.snapshot().owner())) {
            return null;
        }
        List<JobId> after = job == null ? List.of() : job.plan().after();
        return new Node(id, read.snapshot().present().state(), after);
    }

    private static Seen seen(@Nullable Node node, List<JobId> downstream) {
        List<JobId> neighbours = new ArrayList<>(node == null ? List.of() : node.after());
        neighbours.addAll(Objects.requireNonNull(downstream));
        return new Seen(node, neighbours);
    }
}
