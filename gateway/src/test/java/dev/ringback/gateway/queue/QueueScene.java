package dev.ringback.gateway.queue;

import dev.ringback.gateway.queue.LeaseDesk.Answer;
import dev.ringback.gateway.queue.LeaseDesk.Verdict;
import dev.ringback.gateway.queue.MortalGateway.Fate;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.gateway.queue.QueueWorker.Habits;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.JobWork;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A {@link QueueStory} that is played with a first gateway, which dies at one of its calls, and a second, which puts things right. */
final class QueueScene {
    /**
     * How it is played.
     *
     * @param number of the call at which the first gateway dies
     * @param fate how it dies there
     * @param repeats whether whoever was not answered asks again, the second gateway
     */
    record Staging(long seed, int number, Fate fate, boolean repeats) {}

    /** A question to a gateway. */
    interface Question {
        CompletableFuture<?> to(MortalGateway gateway);
    }

    /**
     * What was abandoned is found after a minute, by looks every five seconds; in two queues, one after the other. That is longer than
     * a lease and a claim.
     */
    private static final long BOUND_MILLIS = 150_000;

    private static final String TYPE = QueueWorld.ONE_AT_ONCE;
    private static final Wish WISH = new Wish(TYPE, 1, "somebody", null, QueueWorld.LEASE_MILLIS);

    private final Staging staging;
    private final QueueWorld world;
    private final MortalGateway first;
    private final MortalGateway second;
    private final Map<Question, CompletableFuture<?>> asked = new LinkedHashMap<>();
    private final Map<String, int[]> attempts = new LinkedHashMap<>();
    private LeasedJob taken;

    QueueScene(Staging staging) {
        this.staging = staging;
        this.world = new QueueWorld(staging.seed());
        this.first = world.open();
        this.second = world.open();
    }

    /** Plays it: what was wrong in the end. */
    List<String> play(QueueStory story) {
        story.prepare(this);
        world.note(() -> "the story begins");
        first.meets(number -> number == staging.number() ? staging.fate() : Fate.DONE);
        story.go(this);
        world.run(story.millis(), () -> !first.isUp());
        first.die();
        second.keep();
        if (staging.repeats()) {
            asked.forEach((question, answer) -> {
                if (!answer.isDone()) {
                    var unused = question.to(second);
                }
            });
        }
        if (story.hasWorkers()) {
            get(submitting("another", 3).to(second));
            QueueWorld.TYPES.forEach(type -> world.employ(type, Habits.PERFECT));
        }
        List<String> wrongs = new ArrayList<>(world.settle(BOUND_MILLIS));
        attempts.forEach((job, range) -> {
            JobWork work = world.work(JobId.of(job));
            if (work != null && (work.attempt() < range[0] || work.attempt() > range[1])) {
                wrongs.add(job + " took " + work.attempt() + " attempts");
            }
        });
        if (!hasDied() && !story.leavesLease() && world.ledger().losses() > 0) {
            wrongs.add("nobody has died, and a lease was lost");
        }
        return wrongs;
    }

    /** Whether there was a call at which the first gateway died. */
    boolean hasDied() {
        return first.calls() >= staging.number();
    }

    List<String> trace() {
        return world.trace();
    }

    // ── words for stories ──────────────────────────────────────────────────────────────────────────────────────

    QueueWorld world() {
        return world;
    }

    /** Asks the first gateway, and the second again where it does not answer. */
    void ask(Question question) {
        asked.put(question, question.to(first));
    }

    /** Asks one of the two meanwhile, which one the seed decides. */
    void askAnother(Question question) {
        if (staging.seed() % 2 == 0) {
            ask(question);
        } else {
            var unused = question.to(second);
        }
    }

    /** The first gateway begins to keep the queues. */
    void keep() {
        first.keep();
    }

    /** How often a job is tried, at least and at most. */
    void takes(String job, int least, int most) {
        attempts.put(job, new int[] {least, most});
    }

    /** Has the first gateway do something before the story begins. */
    <T> T get(CompletableFuture<T> answer) {
        return world.get(answer);
    }

    void prepare(Question question) {
        get(question.to(first));
    }

    Question submitting(String job, int maxAttempts) {
        return submitting(job, TYPE, null, new Plan(maxAttempts, 0, List.of(), AfterFailure.FAIL));
    }

    Question submittingAfter(String job, AfterFailure afterFailure, String... after) {
        List<JobId> upstream = List.of(after).stream().map(JobId::of).toList();
        return submitting(job, TYPE, null, new Plan(0, 0, upstream, afterFailure));
    }

    Question submitting(String job, String type, String owner, Plan plan) {
        JobId id = JobId.of(job);
        NewJob submitted = new NewJob(type, null, 0, null, null, null, null, plan);
        Submission submission = new Submission(owner, "fingerprint of " + type, 0);
        return gateway -> gateway.ask(() -> gateway.queues().jobs().create(id, submitted, submission))
                .thenApply(write -> accept(id, write));
    }

    private StoreWrite accept(JobId id, StoreWrite write) {
        if (write.outcome() == Outcome.CREATED || write.outcome() == Outcome.REPEATED) {
            world.ledger().accepted(id);
        }
        return write;
    }

    Question taking() {
        return gateway -> gateway.ask(() -> gateway.queues().desk().take(WISH));
    }

    /** Somebody asks for a job, and has gone when it comes. */
    void takeForNobody() {
        first.tell(() -> first.queues().ask(new Taker() {
            @Override
            public Wish wish() {
                return WISH;
            }

            @Override
            public boolean onLeased(List<LeasedJob> leased) {
                return false;
            }

            @Override
            public boolean onNothing() {
                return false;
            }

            @Override
            public void onFailure(StoreException failure) {}
        }));
    }

    /** Has somebody take a job before the story begins. */
    void take() {
        taken = get(first.ask(() -> first.queues().desk().take(WISH))).leased().get(0);
        world.ledger().promised(taken.job().jobId(), taken.deadlineMillis());
    }

    /** The job that somebody has. */
    LeasedJob taken() {
        return taken;
    }

    Question reporting(LeasedJob leased, JobState state, boolean permanent) {
        JobId id = leased.job().jobId();
        return gateway -> gateway.ask(() ->
                        gateway.queues().desk().report(id, JobChange.to(state), leased.token(), null, 0, permanent))
                .thenApply(answer -> hear(id, answer, state));
    }

    private Answer hear(JobId id, Answer answer, JobState state) {
        boolean taken = answer.verdict() == Verdict.TAKEN || answer.verdict() == Verdict.DUPLICATE;
        StoreWrite write = answer.write();
        if (taken && write != null && write.job().state().isTerminal()) {
            world.ledger().ended(id, state);
        }
        if (answer.deadlineMillis() > 0) {
            world.ledger().promised(id, answer.deadlineMillis());
        }
        return answer;
    }

    Question cancelling(String job) {
        return gateway -> gateway.ask(() -> moving(gateway, job, JobState.CANCELLED))
                .thenApply(write -> {
                    if (write.outcome() == Outcome.APPLIED || write.outcome() == Outcome.DUPLICATE) {
                        world.ledger().ended(JobId.of(job), JobState.CANCELLED);
                    }
                    return write;
                });
    }

    private static CompletionStage<StoreWrite> moving(MortalGateway gateway, String job, JobState state) {
        return gateway.queues().jobs().apply(JobId.of(job), JobChange.to(state), new Origin(null, false, null));
    }

    /** The job moves behind the back of all gateways, as when the one that moved it has died at once. */
    void moveBehindTheirBack(String job, JobState state) {
        world.storeLoop().execute(() -> {
            var unused = world.jobs().apply(JobId.of(job), JobChange.to(state), new Origin(null, false, null));
        });
        world.pass(50);
    }

    /** As {@code POST /queues/{type}/dead/{id}/replay} does it. */
    Question replaying(String job) {
        JobId id = JobId.of(job);
        JobId again = JobId.of(job + "-again");
        world.replays(id, again);
        return gateway -> gateway.ask(() -> gateway.queues()
                .jobs()
                .submitted(id)
                .thenCompose(submitted -> gateway.queues()
                        .jobs()
                        .create(again, submitted.retrying(id), new Submission(null, "retry of " + id, 0)))
                .thenCompose(write -> new DeadLetterDesk(gateway.queues())
                        .remove(TYPE, List.of(id))
                        .thenApply(removed -> accept(again, write))));
    }
}
