package dev.ringback.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.testkit.Receiver.Behaviour;
import dev.ringback.worker.WorkerExample.Language;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * What a worker takes for a gateway with jobs in its queue, where the answers that a test gives go wrong. Without those, each that asks
 * for work gets a job, and each report is taken.
 */
final class FaultyGateway implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Receiver receiver = Receiver.start();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Queue<Behaviour> leases = new ConcurrentLinkedQueue<>();
    private final Queue<Behaviour> heartbeats = new ConcurrentLinkedQueue<>();
    private final Queue<Behaviour> ends = new ConcurrentLinkedQueue<>();
    private final AtomicInteger given = new AtomicInteger();
    private final int leaseSeconds;
    private final String input;

    /** A request that came. */
    record Call(long nanos, String target, String body) {
        boolean isForWork() {
            return target.startsWith("/queues/");
        }

        boolean isHeartbeat() {
            return !isForWork() && !isEnd();
        }

        boolean isEnd() {
            return body.contains("\"status\":");
        }

        /** How long after another it came. */
        Duration since(Call other) {
            return Duration.ofNanos(nanos - other.nanos);
        }
    }

    FaultyGateway(int leaseSeconds, String input) {
        this.leaseSeconds = leaseSeconds;
        this.input = input;
        receiver.otherwise(this::answer);
    }

    static String lease(int number, String leaseSeconds, String input) {
        return "{\"leaseId\":\"lease-" + number + "\",\"deadline\":\"2030-01-01T00:00:00.000Z\",\"leaseSeconds\":"
                + leaseSeconds
                + ",\"maxAttempts\":3,\"job\":{\"jobId\":\"job-1\",\"type\":\"t\",\"status\":\"processing\",\"attempt\":2},"
                + "\"input\":" + input + "}";
    }

    /** The head of an answer and the beginning of its body, then the end of the connection. */
    static Behaviour brokenOff(int status, String begun) {
        return Receiver.both(
                Receiver.raw("HTTP/1.1 " + status + " Scripted\r\nContent-Length: 1000\r\n\r\n" + begun),
                Receiver.hangUp());
    }

    /** What those that ask for work are answered, each once. */
    FaultyGateway onLease(Behaviour... answers) {
        leases.addAll(List.of(answers));
        return this;
    }

    FaultyGateway onHeartbeat(Behaviour... answers) {
        heartbeats.addAll(List.of(answers));
        return this;
    }

    FaultyGateway onEnd(Behaviour... answers) {
        ends.addAll(List.of(answers));
        return this;
    }

    private void answer(Receiver.Line line) throws IOException {
        Receiver.Request request = line.request();
        Call call = new Call(System.nanoTime(), request.target(), request.text());
        calls.add(call);
        Queue<Behaviour> faults = call.isForWork() ? leases : call.isEnd() ? ends : heartbeats;
        Behaviour fault = faults.poll();
        if (fault != null) {
            fault.answer(line);
        } else if (call.isForWork()) {
            Receiver.answer(200, lease(given.incrementAndGet(), leaseSeconds + ".0", input))
                    .answer(line);
        } else {
            Receiver.answer(200, "{\"version\":3,\"status\":\"processing\"}").answer(line);
        }
    }

    /** Those that came so far. */
    List<Call> calls() {
        return List.copyOf(calls);
    }

    String url() {
        return receiver.url("");
    }

    WorkerExample start(Language language) {
        return WorkerExample.start(language.withModes(), url(), "t", 1, leaseSeconds);
    }

    /** The first so many calls of a kind, once they have come. */
    List<Call> awaitCalls(int count, Predicate<Call> kind, WorkerExample worker) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(calls.stream().filter(kind))
                        .as(worker::printed)
                        .hasSizeGreaterThanOrEqualTo(count));
        return calls.stream().filter(kind).limit(count).toList();
    }

    @Override
    public void close() {
        receiver.close();
    }
}
