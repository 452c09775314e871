package dev.ringback.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.queue.MortalGateway.Fate;
import dev.ringback.gateway.queue.QueueWorker.Habits;
import dev.ringback.gateway.store.JobStore.Submission;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Workers in line, in virtual time: who waits is asked for when there is something, and not when there is nothing. */
class LeaseWaitsTest {
    private static final int WORLDS = 300;
    private static final int JOBS = 100;
    private static final int MOST_AT_ONCE = 6;
    private static final int WORKERS = 20;
    /** Shared by the workers: between jobs that come together. They are all busy then for about half of the time. */
    private static final int LONGEST_GAP_MILLIS = 12_000;

    private static final int SLOW_PER_MILLE = 200;
    private static final long LOOK_MILLIS = 100;
    /** In a row: more than some slow answers take, and far less than a line that does not know waits before it asks by itself. */
    private static final int MOST_LOOKS = 20;

    private static final long SETTLED_MILLIS = 120_000;

    @Test
    void noJobWaitsWhileAWorkerWaits() {
        for (int seed = 0; seed < WORLDS; seed++) {
            assertNoJobWaitsWhileAWorkerWaits(seed);
        }
    }

    private static void assertNoJobWaitsWhileAWorkerWaits(int seed) {
        QueueWorld world = new QueueWorld(seed);
        List<MortalGateway> gateways = seed % 2 == 0 ? List.of(world.open()) : List.of(world.open(), world.open());
        gateways.forEach(gateway -> {
            gateway.keep();
            gateway.meets(number -> world.chance(SLOW_PER_MILLE) ? Fate.SLOW : Fate.DONE);
        });
        int workers = 1 + seed % WORKERS;
        employ(world, workers);
        Watch watch = new Watch(world, gateways);
        watch.look();
        int untilPause = 0;
        for (int i = 0; i < JOBS; i++) {
            if (untilPause-- == 0) {
                world.pass(world.random(LONGEST_GAP_MILLIS / workers));
                untilPause = world.random(MOST_AT_ONCE);
            }
            submit(world, gateways.get(i % gateways.size()), "job" + i);
        }
        assertThat(world.settle(SETTLED_MILLIS)).as("seed %s", seed).isEmpty();
        assertThat(watch.longest).as("seed %s", seed).isLessThan(MOST_LOOKS);
    }

    @Test
    void whereItIsKnownThatThereIsNothingNobodyAsks() {
        QueueWorld world = new QueueWorld(1);
        MortalGateway gateway = world.open();
        gateway.keep();
        employ(world, WORKERS);
        world.pass(LOOK_MILLIS);
        assertThat(takes(world)).as("workers that find nothing").isEqualTo(1);
        for (int i = 0; i < JOBS; i++) {
            submit(world, gateway, "job" + i);
            world.pass(world.random(2 * LONGEST_GAP_MILLIS / WORKERS));
        }
        assertThat(world.settle(SETTLED_MILLIS)).isEmpty();
        // One more now and then: when two jobs came at once, or nobody has asked for ten seconds.
        assertThat(takes(world)).isBetween((long) JOBS, JOBS + JOBS / 4L);
    }

    /** Looks now and then whether there is a job in the queue and a worker in line: in how many looks in a row there were. */
    private static final class Watch {
        private final QueueWorld world;
        private final List<MortalGateway> gateways;
        private int inARow;
        private int longest;

        private Watch(QueueWorld world, List<MortalGateway> gateways) {
            this.world = world;
            this.gateways = gateways;
        }

        private void look() {
            world.storeLoop().execute(() -> {
                QueueFigures figures = world.queue()
                        .figures(QueueWorld.FREE)
                        .toCompletableFuture()
                        .join();
                boolean both = figures.waiting() > 0
                        && gateways.stream()
                                .anyMatch(gateway -> gateway.queues().waiting() > 0);
                inARow = both ? inARow + 1 : 0;
                longest = Math.max(longest, inARow);
            });
            world.after(LOOK_MILLIS, this::look);
        }
    }

    private static void employ(QueueWorld world, int workers) {
        for (int i = 0; i < workers; i++) {
            world.employ(QueueWorld.FREE, Habits.PERFECT);
        }
    }

    private static void submit(QueueWorld world, MortalGateway gateway, String name) {
        JobId id = JobId.of(name);
        NewJob job = new NewJob(QueueWorld.FREE, null, 0, null, null, null, null, NewJob.Plan.NONE);
        world.ledger().accepted(id);
        gateway.tell(() -> {
            var unused = gateway.queues().jobs().create(id, job, new Submission(null, name));
        });
    }

    private static long takes(QueueWorld world) {
        return world.trace().stream()
                .filter(line -> line.contains("QueueStore.take"))
                .count();
    }
}
