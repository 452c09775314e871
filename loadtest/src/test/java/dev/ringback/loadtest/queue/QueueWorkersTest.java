package dev.ringback.loadtest.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.client.FakeGateway;
import dev.ringback.loadtest.client.Poll;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueWorkersTest {
    private static final String LEASE = "{\"leaseId\":\"l1.abc\",\"job\":{\"jobId\":\"a\"},\"input\":{\"n\":7}}";
    private static final String TAKEN = "{\"version\":3,\"status\":\"completed\"}";

    private final FakeGateway gateway = new FakeGateway();
    private final QueueWorkers workers = QueueWorkers.start(1, gateway.target(), "load");

    QueueWorkersTest() throws Exception {}

    @AfterEach
    void stop() throws Exception {
        workers.close();
        gateway.close();
    }

    @Test
    void aLeasedJobIsEndedByItsLeaseWithItsNumber() throws Exception {
        FakeGateway.Connection connection = gateway.accept();
        assertThat(connection.request()).startsWith("POST /queues/load/lease?wait=30&worker=worker-0 HTTP/1.1");
        answer(connection, LEASE);
        assertThat(connection.request()).startsWith("POST /jobs/a/events ");
        assertThat(connection.body())
                .startsWith("{\"leaseId\":\"l1.abc\",\"status\":\"completed\",\"result\":{\"n\":7,");
        answer(connection, TAKEN);
        assertThat(connection.request()).startsWith("POST /queues/load/lease");
        assertThat(workers.takeWrong()).isEmpty();
    }

    @Test
    void aJobThatComesTwiceIsWrong() throws Exception {
        FakeGateway.Connection connection = gateway.accept();
        cycle(connection, TAKEN);
        cycle(connection, TAKEN);
        connection.request();
        assertThat(workers.takeWrong()).containsExactly("job a was leased again, though it was ended");
        assertThat(workers.takeWrong()).isEmpty();
    }

    @Test
    void anEndThatWasThereBeforeIsWrong() throws Exception {
        FakeGateway.Connection connection = gateway.accept();
        cycle(connection, "{\"version\":3,\"duplicate\":true}");
        connection.request();
        assertThat(workers.takeWrong()).singleElement().asString().contains("duplicate");
    }

    @Test
    void aWorkerWhoseServerIsGoneIsWrong() throws Exception {
        gateway.accept().reset();
        assertThat(Poll.until(Duration.ofSeconds(5), () -> !workers.takeWrong().isEmpty()))
                .isTrue();
    }

    private static void cycle(FakeGateway.Connection connection, String ended) throws Exception {
        connection.request();
        answer(connection, LEASE);
        connection.request();
        connection.body();
        answer(connection, ended);
    }

    private static void answer(FakeGateway.Connection connection, String body) throws Exception {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }
}
