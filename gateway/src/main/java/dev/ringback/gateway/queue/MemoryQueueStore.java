package dev.ringback.gateway.queue;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.config.QueuesConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.queue.HeldJob.Hold;
import dev.ringback.gateway.store.QueuedRow;
import dev.ringback.protocol.JobId;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Queues of one gateway without Redis: everything in this process's memory, on one loop. With the memory store they are gone when
 * the process ends, as the jobs are; with the file store they follow from the jobs' records, which {@link #load} is given.
 */
public final class MemoryQueueStore implements QueueStore {
    /** So many queues are there before those are forgotten that nobody uses. */
    private static final int MANY_QUEUES = 10_000;

    /**
     * What the store needs from outside.
     *
     * @param loop which owns the queues
     * @param clock the wall clock
     * @param limits of the jobs of a type
     * @param leaseIds gives unguessable names, another each time
     */
    public record Parts(
            GatewayConfig config,
            Loop loop,
            InstantSource clock,
            Function<String, QueueLimits> limits,
            Supplier<String> leaseIds) {}

    private final QueuesConfig config;
    private final InstantSource clock;
    private final Function<String, QueueLimits> limits;
    private final Supplier<String> leaseIds;
    private final LoopSteps steps;
    /** Confined to the loop. */
    private final Map<String, MemoryQueue> queues = new TreeMap<>();
    /** Confined to the loop. */
    private int mostQueues = MANY_QUEUES;

    private volatile Consumer<String> listener = type -> {};

    public MemoryQueueStore(Parts parts) {
        this.config = parts.config().queues();
        this.clock = parts.clock();
        this.limits = parts.limits();
        this.leaseIds = parts.leaseIds();
        this.steps = new LoopSteps(parts.loop());
    }

    /**
     * Takes in what the record of a job says of its queue: it waits with the age of the job, is leased for as long as its lease
     * was taken, from now on, so that its worker finds it as it left it, or is a dead letter. To be called before anything else is, by one thread.
     */
    public void load(QueuedRow row) {
        long now = clock.millis();
        String type = row.work().type();
        MemoryQueue queue = queues.computeIfAbsent(type, name -> new MemoryQueue(config));
        Entry entry = new Entry(
                row.id(), type, row.work().owner(), row.priority(), row.work().dueMillis());
        String leaseId = row.work().leaseId();
        switch (row.work().state()) {
            case QUEUED -> queue.load(entry, row.createdMillis(), now);
            case PROCESSING -> {
                if (leaseId != null) {
                    LeaseToken token = LeaseToken.parse(leaseId);
                    long leaseMillis = token == null ? config.lease().toMillis() : token.leaseMillis();
                    Hold hold = new Hold(leaseId, "", now + leaseMillis);
                    queue.loadLeased(entry, row.createdMillis(), hold);
                }
            }
            default -> queue.loadDead(row.id(), row.endedMillis());
        }
    }

    /** A step on a queue that is there. */
    private interface Step<T> {
        @Nullable T on(MemoryQueue queue, long nowMillis);
    }

    /** A step that changes a queue. What is not known is left alone: then it comes to the other value. */
    private <T> CompletableFuture<T> step(String type, @Nullable T otherwise, Step<T> step) {
        return steps.step(() -> {
            MemoryQueue queue = queues.get(type);
            return queue == null ? otherwise : takeStep(type, queue, step);
        });
    }

    /** A step on a queue that is made where it is not there. */
    private <T> CompletableFuture<T> stepOnNew(String type, Step<T> step) {
        return steps.step(() -> {
            long now = clock.millis();
            if (!queues.containsKey(type) && queues.size() >= mostQueues) {
                queues.values().removeIf(queue -> queue.isIdle(now));
                mostQueues = Math.max(MANY_QUEUES, 2 * queues.size());
            }
            MemoryQueue queue = queues.computeIfAbsent(type, name -> new MemoryQueue(config));
            return takeStep(type, queue, step);
        });
    }

    private <T> @Nullable T takeStep(String type, MemoryQueue queue, Step<T> step) {
        long now = clock.millis();
        @Nullable T value = step.on(queue, now);
        wake(type, queue, now);
        if (queue.hasOverdue(now)) {
            steps.later(() -> promote(type, queue));
        }
        return value;
    }

    private void promote(String type, MemoryQueue queue) {
        var unused = takeStep(type, queue, (it, now) -> {
            it.promote(now);
            return null;
        });
    }

    /** Behind the answer to the step: who has added a job writes its record before a worker can ask for it. */
    private void wake(String type, MemoryQueue queue, long nowMillis) {
        if (queue.takeWakeUp(nowMillis)) {
            steps.later(() -> listener.accept(type));
        }
    }

    @Override
    public CompletionStage<Added> add(Entry entry) {
        return stepOnNew(entry.type(), (queue, now) -> queue.add(entry, now));
    }

    @Override
    public CompletionStage<Taken> take(Wish wish) {
        return stepOnNew(wish.type(), (queue, now) -> queue.take(wish, limits.apply(wish.type()), leaseIds(wish), now));
    }

    private Supplier<String> leaseIds(Wish wish) {
        return () -> LeaseToken.of(leaseIds.get(), wish.leaseMillis()).leaseId();
    }

    @Override
    public CompletionStage<Long> renew(String type, JobId id, String leaseId, long leaseMillis) {
        return step(type, 0L, (queue, now) -> queue.renew(id, leaseId, leaseMillis, now));
    }

    @Override
    public CompletionStage<Void> giveBack(String type, JobId id, String leaseId, long dueMillis, Return why) {
        return change(type, (queue, now) -> queue.giveBack(id, leaseId, dueMillis, why, now));
    }

    @Override
    public CompletionStage<Void> end(String type, JobId id, Ending how) {
        return change(type, (queue, now) -> queue.end(id, how, now));
    }

    private interface Change {
        void to(MemoryQueue queue, long nowMillis);
    }

    private CompletableFuture<Void> change(String type, Change change) {
        return step(type, null, (queue, now) -> {
            change.to(queue, now);
            return null;
        });
    }

    @Override
    public CompletionStage<List<Lease>> lost(String type, int most) {
        return step(type, List.of(), (queue, now) -> queue.lost(most, now));
    }

    @Override
    public CompletionStage<List<JobId>> oldest(String type, int skip, int most) {
        return step(type, List.of(), (queue, now) -> queue.oldest(skip, most));
    }

    @Override
    public CompletionStage<List<Dead>> dead(String type, int most, @Nullable Dead after) {
        return step(type, List.of(), (queue, now) -> queue.dead().page(most, after, now));
    }

    @Override
    public CompletionStage<Integer> bury(String type, List<JobId> ids) {
        List<JobId> buried = List.copyOf(ids);
        return step(type, 0, (queue, now) ->
                (int) buried.stream().filter(queue.dead()::bury).count());
    }

    @Override
    public CompletionStage<List<String>> types(int skip, int most) {
        return steps.step(() -> queues.entrySet().stream()
                .filter(queue -> queue.getValue().hasHeldAny())
                .map(Map.Entry::getKey)
                .skip(skip)
                .limit(most)
                .toList());
    }

    @Override
    public CompletionStage<Void> forgetIdle(String type) {
        return steps.run(() -> {
            MemoryQueue queue = queues.get(type);
            if (queue != null && queue.isIdle(clock.millis())) {
                queues.remove(type);
            }
        });
    }

    @Override
    public CompletionStage<QueueFigures> figures(String type) {
        return steps.step(() -> {
            MemoryQueue queue = queues.get(type);
            return queue == null
                    ? new MemoryQueue(config).figures(clock.millis())
                    : takeStep(type, queue, MemoryQueue::figures);
        });
    }

    @Override
    public CompletionStage<Boolean> keeps() {
        return steps.step(() -> true);
    }

    @Override
    public void onWork(Consumer<String> newListener) {
        listener = newListener;
    }

    @Override
    public void close() {
        steps.close();
    }
}
