package dev.ringback.gateway.simulation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.loadtest.check.Write;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A good worker: moves one job step by step, writes down what it is answered, and asks again where it is not. */
final class SimulatedWorker {
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(600);
    private static final long SLOWEST_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long QUICK_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Origin ORIGIN = new Origin(null, true, null);

    private final World world;
    private final JobId job;
    private final int number;
    /** The longest time between two steps. */
    private final long paceNanos;

    private final Deque<JobState> steps = new ArrayDeque<>();
    private int tries;

    /**
     * @param progress so many steps before the end
     * @param end null for a job that does not end
     */
    SimulatedWorker(World world, JobId job, int number, int progress, JobState end) {
        this.world = world;
        this.job = job;
        this.number = number;
        this.paceNanos = world.random().nextInt(3) == 0 ? QUICK_STEP_NANOS : SLOWEST_STEP_NANOS;
        for (int i = 0; i < progress; i++) {
            steps.add(JobState.PROCESSING);
        }
        if (end != null) {
            steps.add(end);
        }
    }

    boolean isDone() {
        return steps.isEmpty();
    }

    void begin() {
        if (!isDone()) {
            world.after(world.between(0, paceNanos), this::attempt);
        }
    }

    private void attempt() {
        JobState state = steps.getFirst();
        Attempt attempt = new Attempt(state, world.scheduler.now());
        send(change(state)).whenComplete((write, failure) -> world.wire.add(() -> attempt.answered(write, failure)));
        world.after(PATIENCE_NANOS, attempt::giveUp);
    }

    private JobChange change(JobState state) {
        tries++;
        String said = "{\"worker\":" + number + ",\"try\":" + tries + "}";
        byte[] progress = state.isTerminal() ? null : said.getBytes(ISO_8859_1);
        return new JobChange(state, progress, null, null, null, null, null);
    }

    /** Through a gateway, or straight to the server over a connection of its own, which loses some answers. */
    private CompletionStage<StoreWrite> send(JobChange change) {
        if (world.random().nextBoolean()) {
            SimulatedGateway gateway = world.someGateway();
            return gateway.isUp() ? gateway.store.apply(job, change, ORIGIN) : away();
        }
        CompletableFuture<StoreWrite> answer = new CompletableFuture<>();
        boolean answerLost = world.isFaulty() && world.random().nextInt(20) == 0;
        world.wire.add(() -> {
            if (!world.server.isUp()) {
                answer.completeExceptionally(new StoreException(StoreException.Kind.UNAVAILABLE, "the server is away"));
                return;
            }
            StoreWrite write = world.server.apply(job, change, ORIGIN);
            if (!answerLost) {
                answer.complete(write);
            }
        });
        return answer;
    }

    private static CompletionStage<StoreWrite> away() {
        return CompletableFuture.failedFuture(
                new StoreException(StoreException.Kind.UNAVAILABLE, "the gateway is away"));
    }

    private void next() {
        steps.removeFirst();
        begin();
    }

    private void stop() {
        steps.clear();
    }

    private final class Attempt {
        private final JobState state;
        private final long began;
        private boolean over;

        private Attempt(JobState state, long began) {
            this.state = state;
            this.began = began;
        }

        private void answered(StoreWrite write, Throwable failure) {
            if (over) {
                return;
            }
            over = true;
            if (failure != null) {
                boolean open = StoreException.of(failure).kind() == StoreException.Kind.TIMEOUT;
                note(open ? Write.Outcome.UNKNOWN : Write.Outcome.REFUSED);
                begin();
                return;
            }
            switch (write.outcome()) {
                case APPLIED, DUPLICATE -> {
                    note(write.job());
                    next();
                }
                default -> {
                    note(Write.Outcome.REFUSED);
                    stop();
                }
            }
        }

        private void giveUp() {
            if (!over) {
                over = true;
                note(Write.Outcome.UNKNOWN);
                begin();
            }
        }

        private void note(JobEvent made) {
            world.chronicle.write(new Write(
                    job, made.incarnation(), made.version(), state, began, world.scheduler.now(), Write.Outcome.OK));
        }

        private void note(Write.Outcome outcome) {
            world.chronicle.write(new Write(job, null, 0, state, began, world.scheduler.now(), outcome));
        }
    }
}
