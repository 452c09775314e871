package dev.ringback.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueWorker.Habits;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.NewJob.AfterFailure;
import dev.ringback.protocol.NewJob.Plan;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A failover undoes what a queue knows of a job, and keeps its record. */
class QueueRepairTest {
    private static final long BOUND_MILLIS = 250_000;
    private static final long SOON_MILLIS = 10_000;

    private final QueueWorld world = new QueueWorld(20_268);
    private final MortalGateway gateway = world.open();

    @Test
    void jobThatItsQueueHasForgottenIsDone() {
        JobId id = submit("a", Plan.NONE);
        world.get(world.queue().end(QueueWorld.FREE, id, Ending.DROPPED).toCompletableFuture());
        gateway.keep();
        world.employ(QueueWorld.FREE, Habits.PERFECT);
        assertThat(world.settle(BOUND_MILLIS)).isEmpty();
    }

    @Test
    void jobOfWhichNobodyKnowsThatItWaitsForAnotherIsDoneAfterIt() {
        submit("upstream", Plan.NONE);
        JobId id = submit("a", new Plan(3, 0, List.of(JobId.of("upstream")), AfterFailure.FAIL));
        world.get(world.dependencies().forget(id).toCompletableFuture());
        gateway.keep();
        world.pass(BOUND_MILLIS);
        world.employ(QueueWorld.FREE, Habits.PERFECT);
        assertThat(world.settle(BOUND_MILLIS)).isEmpty();
    }

    @Test
    void jobThatHasWaitedForLongFollowsAtOnceAllTheSame() {
        gateway.keep();
        submit("upstream", Plan.NONE);
        submit("a", new Plan(3, 0, List.of(JobId.of("upstream")), AfterFailure.FAIL));
        world.pass(BOUND_MILLIS);
        world.employ(QueueWorld.FREE, Habits.PERFECT);
        assertThat(world.settle(SOON_MILLIS)).isEmpty();
    }

    private JobId submit(String name, Plan plan) {
        JobId id = JobId.of(name);
        NewJob job = new NewJob(QueueWorld.FREE, null, 0, null, null, null, null, plan);
        var written = gateway.queues().jobs().create(id, job, new Submission(null, name));
        assertThat(world.get(written.toCompletableFuture()).outcome()).isEqualTo(Outcome.CREATED);
        world.ledger().accepted(id);
        return id;
    }
}
