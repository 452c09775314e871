package dev.ringback.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.worker.FaultyGateway.Call;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What only a program that holds a {@link JobWorker} can see; the rest is in {@link WorkerExamplesIT}. */
class JobWorkerTest {
    private static final int PATIENCE_SECONDS = 60;
    private static final int TRIALS = 100;

    private static JobWorker.Builder worker(FaultyGateway faulty) {
        return JobWorker.of(faulty.url(), "t");
    }

    private static void awaitWork(BlockingQueue<String> done) throws InterruptedException {
        assertThat(done.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("job-1");
    }

    @Test
    void threadsGoOnThoughTheListenerOfProblemsThrows() throws Exception {
        BlockingQueue<String> done = new ArrayBlockingQueue<>(TRIALS);
        Queue<String> problems = new ConcurrentLinkedQueue<>();
        try (FaultyGateway faulty = new FaultyGateway(30, "1").onLease(Receiver.status(500));
                JobWorker worker = worker(faulty)
                        .problems(problem -> {
                            problems.add(problem);
                            throw new IllegalStateException(problem);
                        })
                        .start((job, context) -> {
                            done.offer(job.id());
                            return "1";
                        })) {
            awaitWork(done);
            assertThat(problems).hasSize(1);
        }
    }

    @Test
    void threadsGoOnAfterALeaseThatCannotBeRead() throws Exception {
        BlockingQueue<String> done = new ArrayBlockingQueue<>(TRIALS);
        Queue<String> problems = new ConcurrentLinkedQueue<>();
        try (FaultyGateway faulty =
                        new FaultyGateway(30, "1").onLease(Receiver.answer(200, FaultyGateway.lease(0, "3.0.0", "1")));
                JobWorker worker = worker(faulty).problems(problems::add).start((job, context) -> {
                    done.offer(job.id());
                    return "1";
                })) {
            awaitWork(done);
            assertThat(problems).anyMatch(problem -> problem.contains("NumberFormatException"));
        }
    }

    @Test
    void handlerThatIsInterruptedKnowsWhyAndTellsNobodyThatItFailed() throws Exception {
        BlockingQueue<Boolean> known = new ArrayBlockingQueue<>(TRIALS);
        Receiver.Behaviour[] cancelled = new Receiver.Behaviour[TRIALS];
        Arrays.fill(cancelled, Receiver.answer(200, "{\"version\":3,\"status\":\"cancelled\",\"cancelled\":true}"));
        try (FaultyGateway faulty = new FaultyGateway(30, "1").onHeartbeat(cancelled);
                JobWorker worker = worker(faulty)
                        .interrupting()
                        .grace(Duration.ZERO)
                        .start((job, context) -> {
                            context.progress(1, 2, "half");
                            while (!Thread.currentThread().isInterrupted()) {
                                Thread.onSpinWait();
                            }
                            known.offer(context.isCancelled());
                            throw new InterruptedException();
                        })) {
            for (int i = 0; i < TRIALS; i++) {
                assertThat(known.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .as("trial %s", i)
                        .isTrue();
            }
            assertThat(faulty.calls()).noneMatch(Call::isEnd);
        }
    }
}
