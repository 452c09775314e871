package dev.ringback.loadtest.client;

import static dev.ringback.loadtest.check.Write.Outcome.OK;
import static dev.ringback.loadtest.check.Write.Outcome.REFUSED;
import static dev.ringback.loadtest.check.Write.Outcome.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.check.Write;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerWorkerTest {
    private static final JobId JOB = JobId.of("j1");
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Ledger ledger = new Ledger();
    private FakeGateway gateway;
    private LedgerWorker worker;

    @BeforeEach
    void open() throws IOException {
        gateway = new FakeGateway();
        worker = new LedgerWorker(List.of(gateway.target()), ledger, new SplittableRandom(42));
    }

    @AfterEach
    void close() throws IOException {
        worker.close();
        gateway.close();
    }

    @Test
    void anAcknowledgedWriteIsNotedWithItsVersionAndTimes() throws Exception {
        long before = System.nanoTime();
        var outcome = CompletableFuture.supplyAsync(() -> worker.progress(JOB, 1, 3));
        FakeGateway.Connection connection = gateway.accept();
        assertThat(connection.request()).startsWith("POST /jobs/j1/events ");
        connection.send(Wire.ok("{\"version\":2}"));
        assertThat(outcome.get()).isEqualTo(OK);
        Write write = ledger.writes().get(0);
        assertThat(write.version()).isEqualTo(2);
        assertThat(write.state()).isEqualTo(JobState.PROCESSING);
        assertThat(write.beganNanos()).isBetween(before, write.endedNanos());
    }

    @Test
    void aNewJobIsAWriteToo() throws Exception {
        var outcome = CompletableFuture.supplyAsync(() -> worker.create(JOB));
        FakeGateway.Connection connection = gateway.accept();
        assertThat(connection.request()).startsWith("PUT /jobs/j1 ");
        connection.send(Wire.answer("202 Accepted", Wire.document("j1", "queued", 1)));
        assertThat(outcome.get()).isEqualTo(OK);
        assertThat(ledger.writes().get(0).version()).isEqualTo(1);
    }

    @Test
    void aRefusedEndIsNotTriedAgain() throws Exception {
        var outcome = ending();
        FakeGateway.Connection connection = gateway.accept();
        connection.request();
        connection.send(Wire.answer("409 Conflict", "{\"job\":{\"version\":9}}"));
        assertThat(outcome.get()).isEqualTo(REFUSED);
        assertThat(ledger.writes()).singleElement().extracting(Write::version).isEqualTo(0L);
    }

    @Test
    void anEndWithoutAnAnswerIsTriedUntilItHasOne() throws Exception {
        var outcome = ending();
        gateway.accept().close();
        FakeGateway.Connection second = gateway.accept();
        second.request();
        second.send(Wire.answer("503 Service Unavailable\r\nConnection: close", "{}"));
        FakeGateway.Connection third = gateway.accept();
        third.request();
        third.send(Wire.ok("{\"version\":2,\"duplicate\":true}"));
        assertThat(outcome.get()).isEqualTo(OK);
        assertThat(ledger.writes()).extracting(Write::outcome).containsExactly(UNKNOWN, UNKNOWN, OK);
        assertThat(ledger.writes()).extracting(Write::version).containsExactly(0L, 0L, 2L);
    }

    private CompletableFuture<Write.Outcome> ending() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return worker.end(JOB, JobState.COMPLETED, PATIENCE);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
