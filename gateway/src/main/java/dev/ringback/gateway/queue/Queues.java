package dev.ringback.gateway.queue;

import dev.ringback.gateway.config.QueueType;
import dev.ringback.gateway.config.QueuesConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.protocol.JobId;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything of a gateway that makes workers and jobs meet. */
public final class Queues {
    private static final Logger LOG = LoggerFactory.getLogger(Queues.class);

    /**
     * What it needs.
     *
     * @param loop on which workers stand in line
     * @param jobs the records
     * @param random spreads retries
     */
    public record Parts(
            Loop loop,
            JobStore jobs,
            QueueStore queue,
            DependencyStore dependencies,
            QueuesConfig config,
            InstantSource clock,
            RandomGenerator random) {}

    private static final int MOST_SHOWN = 1_000;
    private static final int WIDTH = 64;

    private final Parts parts;
    private final JobStore jobs;
    private final LeaseDesk desk;
    private final LeaseWaits waits;
    private final QueueKeeper keeper;
    private final Dependencies dependencies;

    public Queues(Parts parts) {
        this.parts = parts;
        this.dependencies = new Dependencies(parts);
        QueuePlaces places = new QueuePlaces(parts, dependencies);
        this.jobs = parts.config().enabled()
                ? new QueuedJobs(parts, dependencies, places, maxAttempts(parts.config()))
                : parts.jobs();
        AbsentJobs absent = new AbsentJobs(parts.queue(), places, parts.clock());
        this.desk = new LeaseDesk(parts, jobs, places, dependencies, absent);
        this.waits = new LeaseWaits(parts.loop(), desk);
        this.keeper = new QueueKeeper(parts, jobs, desk, dependencies, places, absent);
    }

    private static ToIntFunction<String> maxAttempts(QueuesConfig config) {
        Function<String, @Nullable QueueType> particulars = config.particulars();
        return type -> {
            QueueType found = particulars.apply(type);
            return found == null || found.maxAttempts() == 0 ? config.maxAttempts() : found.maxAttempts();
        };
    }

    /** Begins to look after the queues. Any thread. */
    public void start() {
        if (!parts.config().enabled()) {
            return;
        }
        parts.queue().onWork(type -> parts.loop().run(() -> waits.onWork(type)));
        parts.loop().run(keeper::start);
    }

    /** Stops to. Any thread. */
    public void close() {
        parts.loop().execute(() -> {
            keeper.close();
            waits.close();
        });
    }

    /** The jobs, which join their queues when they are submitted and leave them when they end. */
    public JobStore jobs() {
        return jobs;
    }

    public LeaseDesk desk() {
        return desk;
    }

    public QueueStore store() {
        return parts.queue();
    }

    public QueuesConfig config() {
        return parts.config();
    }

    /** The jobs that wait, or waited, for this one. */
    public CompletionStage<List<JobId>> downstream(JobId id) {
        return dependencies.downstream(id);
    }

    /** Somebody stands in line for jobs. Any thread. */
    public void add(Taker taker) {
        parts.loop().run(() -> waits.add(taker));
    }

    /** Somebody wants what there is now, and stands in no line. Any thread. */
    public void ask(Taker taker) {
        parts.loop().run(() -> waits.ask(taker));
    }

    /** Somebody leaves the line, and hears {@link Taker#onNothing} or what was under way to it. Any thread. */
    public void remove(Taker taker) {
        parts.loop().run(() -> waits.remove(taker));
    }

    /** How many requests for work wait. Any thread. */
    public int waiting() {
        return waits.size();
    }

    /** How the queues fared a moment ago, by their types. Any thread. */
    public Map<String, QueueFigures> figures() {
        return keeper.figures();
    }

    /** How the queues fare now, by their types in order: the first thousand. */
    public CompletionStage<Map<String, QueueFigures>> allFigures() {
        return figures(parts.queue(), MOST_SHOWN, parts.loop());
    }

    /** How the first queues fare. One of which that can't be known now is left out. */
    static CompletionStage<Map<String, QueueFigures>> figures(QueueStore queue, int most, Executor between) {
        Map<String, QueueFigures> found = new ConcurrentSkipListMap<>();
        return queue.types(0, most)
                .thenComposeAsync(
                        types -> Slices.forEach(
                                types,
                                WIDTH,
                                between,
                                type -> queue.figures(type)
                                        .handle((one, failure) -> failure == null ? found.put(type, one) : null)),
                        between)
                .thenApply(done -> found);
    }

    /** For steps that follow one another. */
    Executor executor() {
        return parts.loop();
    }

    /** The wall clock's time, since the epoch. */
    public long nowMillis() {
        return parts.clock().millis();
    }

    /** How many jobs wait for others. Any thread. */
    public long blocked() {
        return keeper.blocked();
    }

    /** Nobody waits for this step; where it fails, the keeper finds what it left. */
    static void unheard(CompletionStage<?> step, String what, JobId id) {
        step.whenComplete((done, failure) -> {
            if (failure != null) {
                log(what, id, failure);
            }
        });
    }

    /** Whoever puts things right comes by again. */
    static void log(String what, @Nullable JobId id, Throwable failure) {
        Throwable cause = StoreException.causeOf(failure);
        if (cause instanceof StoreException) {
            LOG.debug("{} could not {} now: {}", id == null ? "the queues" : "job " + id, what, cause.getMessage());
        } else {
            LOG.error("{} could not {}", id == null ? "the queues" : "job " + id, what, cause);
        }
    }
}
