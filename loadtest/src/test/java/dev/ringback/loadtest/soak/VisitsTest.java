package dev.ringback.loadtest.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.client.FakeGateway;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.client.Target;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VisitsTest {
    @Test
    void everyKindOfVisitIsChosenInProportionToItsWeight() {
        SplittableRandom random = new SplittableRandom(1);
        Set<Visit> chosen = EnumSet.noneOf(Visit.class);
        int half = 0;
        for (int i = 0; i < 5_000; i++) {
            Visit visit = Visit.any(random);
            chosen.add(visit);
            half += visit == Visit.LEAVES_A_STREAM_HALF_READ ? 1 : 0;
        }
        assertThat(chosen).containsExactlyInAnyOrder(Visit.values());
        // A weight of 20 in 184.
        assertThat(half).isBetween(400, 700);
    }

    @Test
    void visitorsPayUntilTheyAreToldToStopAndComplainOfWrongAnswers() throws Exception {
        Target nobody;
        try (FakeGateway server = new FakeGateway()) {
            nobody = server.target();
        }
        try (Visitors visitors = new Visitors()) {
            visitors.start(2, nobody, "t", 1);
            assertThat(Poll.until(Duration.ofSeconds(10), () -> visitors.paid() >= 50))
                    .isTrue();
            visitors.stop();
            long paid = visitors.paid();
            assertThat(visitors.complaints().values().stream()
                            .mapToInt(Integer::intValue)
                            .sum())
                    .isEqualTo((int) paid);
            assertThat(visitors.paidByKind().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(paid);
        }
    }

    @Test
    void halfReadStreamIsLeftAndItsJobIsCancelled() throws Exception {
        try (FakeGateway server = new FakeGateway();
                Visitor visitor = new Visitor(server.target(), "t", 1)) {
            Thread gateway = new Thread(() -> answerHalfReadStream(server));
            gateway.start();
            Visit.LEAVES_A_STREAM_HALF_READ.pay(visitor);
            gateway.join();
        }
    }

    /** Fails the visit, by answering nothing more, where a request is not the one that is expected. */
    private static void answerHalfReadStream(FakeGateway server) {
        try {
            FakeGateway.Connection worker = server.accept();
            answer(worker, "PUT /jobs/soak-t-0 ", "202 Accepted");
            FakeGateway.Connection stream = server.accept();
            assertThat(stream.request()).startsWith("GET /jobs/soak-t-0 ").contains("text/event-stream");
            stream.send("HTTP/1.1 200 OK\r\n\r\nevent: status\n");
            answer(worker, "POST /jobs/soak-t-0/events ", "200 OK");
            answer(worker, "DELETE /jobs/soak-t-0 ", "200 OK");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void answer(FakeGateway.Connection worker, String start, String status) throws java.io.IOException {
        assertThat(worker.request()).contains(start);
        worker.send("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
    }
}
