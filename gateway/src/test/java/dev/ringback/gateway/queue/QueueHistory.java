package dev.ringback.gateway.queue;

import dev.ringback.gateway.queue.MortalGateway.Fate;
import dev.ringback.gateway.queue.QueueWorker.Habits;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.NewJob.AfterFailure;
import dev.ringback.protocol.NewJob.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Half a minute of a {@link QueueWorld} with two gateways, three workers and a dozen jobs, in which steps fail and gateways and workers
 * die, and then calm: everything follows from the seed.
 */
final class QueueHistory {
    /** What may become of a call that is not done. */
    private static final List<Fate> FATES =
            List.of(Fate.UNAVAILABLE, Fate.OVERLOADED, Fate.LOST, Fate.ANSWER_LOST, Fate.DIES_BEFORE, Fate.DIES_AFTER);

    private static final long WILD_MILLIS = 30_000;
    /** What was abandoned is found within 75 s; retries, one after the other of a type, need some more. */
    private static final long BOUND_MILLIS = 180_000;

    private static final int MOST_JOBS = 12;
    private static final int LONGEST_AWAY_MILLIS = 4_000;
    private static final int UNHEARD_MILLIS = 1_500;
    /** Of the deaths that could be, so many are: else there would be nothing but deaths. */
    private static final int DEATHS_PER_MILLE = 125;

    private final QueueWorld world;
    private final List<QueueWorker> workers = new ArrayList<>();
    private final List<JobId> known = new ArrayList<>();
    private final int faultsPerMille;
    private int opened;
    private boolean calm;

    QueueHistory(long seed) {
        world = new QueueWorld(seed);
        faultsPerMille = world.random(100);
    }

    /** What was wrong in the end. */
    List<String> play() {
        world.loseWakes(world.random(300));
        open();
        open();
        Habits habits = new Habits(
                world.random(200), world.random(300), world.random(200), world.random(200), 1 + world.random(3));
        for (int i = 0; i < 3; i++) {
            workers.add(world.employ(QueueWorld.TYPES.get(i % QueueWorld.TYPES.size()), habits));
        }
        int jobs = 1 + world.random(MOST_JOBS);
        for (int i = 0; i < jobs; i++) {
            JobId id = JobId.of("job" + i);
            world.after(world.random((int) WILD_MILLIS), () -> submit(id));
        }
        world.pass(WILD_MILLIS);
        calm = true;
        world.note(() -> "calm");
        world.loseWakes(0);
        workers.forEach(worker -> worker.behave(Habits.PERFECT));
        world.pass(LONGEST_AWAY_MILLIS);
        return world.settle(BOUND_MILLIS);
    }

    /** What there was of it, by its name. */
    void countInto(Map<String, Integer> figures) {
        world.ledger().countInto(figures);
        figures.merge("gateways died", opened - world.living().size(), Integer::sum);
    }

    List<String> trace() {
        return world.trace();
    }

    private void open() {
        MortalGateway gateway = world.open();
        opened++;
        gateway.meets(number -> fate(gateway));
        gateway.keep();
    }

    private Fate fate(MortalGateway gateway) {
        if (calm || !world.chance(faultsPerMille)) {
            return Fate.DONE;
        }
        Fate fate = FATES.get(world.random(FATES.size()));
        if (fate != Fate.DIES_BEFORE && fate != Fate.DIES_AFTER) {
            return fate;
        }
        if (!gateway.isUp() || !world.chance(DEATHS_PER_MILLE)) {
            return Fate.DONE;
        }
        world.after(world.random(LONGEST_AWAY_MILLIS), this::open);
        return fate;
    }

    // ── clients ────────────────────────────────────────────────────────────────────────────────────────────────

    private void submit(JobId id) {
        List<JobId> upstream = new ArrayList<>();
        known.stream().filter(before -> world.chance(150)).forEach(upstream::add);
        AfterFailure afterFailure = world.chance(500) ? AfterFailure.FAIL : AfterFailure.CANCEL;
        long runAt = world.chance(100) ? world.nowMillis() + world.random(10_000) : 0;
        NewJob job = job(new Plan(world.random(4), runAt, upstream, afterFailure));
        ask(id, job, owner(), world.random(3));
        if (world.chance(200)) {
            // Another with the same id: the same, or something else.
            boolean same = world.chance(500);
            world.after(world.random(20), () -> ask(id, same ? job : job(Plan.NONE), owner(), world.random(3)));
        }
        if (world.chance(150)) {
            world.after(world.random((int) WILD_MILLIS), () -> cancel(id));
        }
    }

    private NewJob job(Plan plan) {
        String type = QueueWorld.TYPES.get(world.random(QueueWorld.TYPES.size()));
        return new NewJob(type, null, world.random(3), null, null, null, null, plan);
    }

    private String owner() {
        return world.chance(700) ? null : "owner" + world.random(2);
    }

    /** Asks again so many times where there is no answer, and then gives it up. */
    private void ask(JobId id, NewJob job, String owner, int again) {
        Submission submission = new Submission(owner, "fingerprint of " + job.hashCode(), 0);
        asking(gateway -> gateway.queues().jobs().create(id, job, submission), again, write -> {
            if (write.outcome() == Outcome.CREATED || write.outcome() == Outcome.REPEATED) {
                world.note(() -> "a client hears that " + id + " is taken");
                world.ledger().accepted(id);
                known.add(id);
            }
        });
    }

    private void cancel(JobId id) {
        Origin anybody = new Origin(null, false, null);
        asking(gateway -> gateway.queues().jobs().apply(id, JobChange.to(JobState.CANCELLED), anybody), 1, write -> {
            if (write.outcome() == Outcome.APPLIED) {
                world.ledger().ended(id, JobState.CANCELLED);
            }
        });
    }

    private interface Question {
        CompletionStage<StoreWrite> to(MortalGateway gateway);
    }

    private interface Hearer {
        void hear(StoreWrite write);
    }

    private void asking(Question question, int again, Hearer hearer) {
        MortalGateway gateway = world.someGateway();
        boolean[] answered = new boolean[1];
        if (gateway != null) {
            CompletableFuture<StoreWrite> answer = gateway.ask(() -> question.to(gateway));
            var unused = answer.whenComplete((write, failure) -> {
                if (write != null && !answered[0]) {
                    answered[0] = true;
                    hearer.hear(write);
                } else if (failure != null) {
                    requireNamed(failure);
                }
            });
        }
        world.after(UNHEARD_MILLIS, () -> {
            if (!answered[0] && again > 0) {
                answered[0] = true;
                asking(question, again - 1, hearer);
            }
        });
    }

    private void requireNamed(Throwable failure) {
        if (StoreException.of(failure).kind() == StoreException.Kind.CORRUPT) {
            throw new AssertionError(failure);
        }
    }
}
