package dev.ringback.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.queue.QueueWorker.Habits;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Workers in line, in virtual time: who waits is asked for when there is something, and not when there is nothing. */
class LeaseWaitsTest {
    private static final int WORLDS = 40;
    private static final int JOBS = 100;
    private static final int WORKERS = 20;
    /** So that about half of the workers have a job at a time. */
    private static final int LONGEST_GAP_MILLIS = 400;
    /** Far less than what a line does by itself, where nobody tells it anything. */
    private static final long PROMPT_MILLIS = 1_000;

    private static final long SETTLED_MILLIS = 60_000;

    @Test
    void jobGoesAtOnceToAWorkerThatWaits() {
        for (int seed = 0; seed < WORLDS; seed++) {
            QueueWorld world = new QueueWorld(seed);
            MortalGateway[] gateways = {world.open(), world.open()};
            for (MortalGateway gateway : gateways) {
                gateway.keep();
            }
            employ(world, WORKERS);
            List<JobId> late = new ArrayList<>();
            for (int i = 0; i < JOBS; i++) {
                JobId id = submit(world, gateways[i % gateways.length], "job" + i);
                world.after(
                        PROMPT_MILLIS,
                        () -> world.storeLoop().execute(() -> {
                            if (state(world, id) == JobState.QUEUED) {
                                late.add(id);
                            }
                        }));
                world.pass(world.random(LONGEST_GAP_MILLIS));
            }
            assertThat(world.settle(SETTLED_MILLIS)).isEmpty();
            assertThat(late).as("seed %s: %s", seed, world.trace()).isEmpty();
        }
    }

    @Test
    void whereItIsKnownThatThereIsNothingNobodyAsks() {
        QueueWorld world = new QueueWorld(1);
        MortalGateway gateway = world.open();
        gateway.keep();
        employ(world, WORKERS);
        world.pass(PROMPT_MILLIS);
        assertThat(takes(world)).as("workers that find nothing").isEqualTo(1);
        for (int i = 0; i < JOBS; i++) {
            submit(world, gateway, "job" + i);
            world.pass(world.random(LONGEST_GAP_MILLIS));
        }
        assertThat(world.settle(SETTLED_MILLIS)).isEmpty();
        // One more now and then: when two jobs came at once, or nobody has asked for ten seconds.
        assertThat(takes(world)).isBetween((long) JOBS, JOBS + JOBS / 4L);
    }

    private static void employ(QueueWorld world, int workers) {
        for (int i = 0; i < workers; i++) {
            world.employ(QueueWorld.FREE, Habits.PERFECT);
        }
    }

    private static JobId submit(QueueWorld world, MortalGateway gateway, String name) {
        JobId id = JobId.of(name);
        NewJob job = new NewJob(QueueWorld.FREE, null, 0, null, null, null, null, NewJob.Plan.NONE);
        var written = gateway.queues().jobs().create(id, job, new Submission(null, name));
        assertThat(world.get(written.toCompletableFuture()).outcome()).isEqualTo(Outcome.CREATED);
        world.ledger().accepted(id);
        return id;
    }

    /** On the store's loop. */
    private static JobState state(QueueWorld world, JobId id) {
        return Objects.requireNonNull(
                        world.jobs().work(id).toCompletableFuture().join())
                .state();
    }

    private static long takes(QueueWorld world) {
        return world.trace().stream()
                .filter(line -> line.contains("QueueStore.take"))
                .count();
    }
}
