package dev.ringback.loadtest.client;

import static dev.ringback.loadtest.check.Heard.Kind.BEGAN;
import static dev.ringback.loadtest.check.Heard.Kind.CLOSED;
import static dev.ringback.loadtest.check.Heard.Kind.CONNECTED;
import static dev.ringback.loadtest.check.Heard.Kind.EVENT;
import static dev.ringback.loadtest.check.Heard.Kind.GONE;
import static dev.ringback.loadtest.check.Heard.Kind.LEFT;
import static dev.ringback.loadtest.check.Heard.Kind.REFUSED;
import static dev.ringback.loadtest.check.Heard.Kind.RESET;
import static dev.ringback.loadtest.check.Heard.Kind.SNAPSHOT;
import static dev.ringback.loadtest.check.Heard.Kind.UP_TO_DATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.check.Heard;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FollowersTest {
    private static final JobId JOB = JobId.of("j1");
    private static final String QUEUED = Wire.document("j1", "queued", 1);
    private static final String PROCESSING = Wire.document("j1", "processing", 2);
    private static final String COMPLETED = Wire.document("j1", "completed", 3);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private FakeGateway gateway;
    private Followers followers;

    @BeforeEach
    void open() throws IOException {
        gateway = new FakeGateway();
        followers = new Followers(plan(gateway.target()));
    }

    @AfterEach
    void close() throws IOException {
        followers.close();
        gateway.close();
    }

    @Test
    void aStreamThatBreaksIsResumedFromWhatWasHeard() throws Exception {
        FakeGateway.Connection first = follow(Transport.SSE);
        assertThat(first.request())
                .contains("GET /jobs/j1 ", "text/event-stream")
                .doesNotContain("Last-Event-ID");
        first.send(Wire.SSE_HEAD + "retry: 10\n\n" + Wire.sse("status", QUEUED) + Wire.sse("status", PROCESSING))
                .close();
        FakeGateway.Connection second = gateway.accept();
        assertThat(second.request()).contains("Last-Event-ID: a-2\r\n");
        second.send(Wire.SSE_HEAD + Wire.sse("complete", COMPLETED)).close();
        assertHeard(BEGAN, CONNECTED, SNAPSHOT, EVENT, CLOSED, CONNECTED, SNAPSHOT, CLOSED);
        Heard end = followers.heard().get(6);
        assertThat(end.state()).isEqualTo(JobState.COMPLETED);
        assertThat(end.version()).isEqualTo(3);
        assertThat(followers.ended()).isOne();
    }

    @Test
    void aWebSocketThatIsSentAwaySubscribesAgainWithItsCursor() throws Exception {
        FakeGateway.Connection first = follow(Transport.WEBSOCKET);
        assertThat(first.request()).contains("GET /jobs/j1 ", "Upgrade: websocket");
        first.send(Wire.UPGRADE)
                .send(Wire.frame("{\"subscribed\":[\"j1\"]}"))
                .send(Wire.event("status", QUEUED))
                .send(Wire.close(1012, "restart, reconnect after 10 ms"));
        FakeGateway.Connection second = gateway.accept();
        assertThat(second.request()).contains("GET /ws ");
        second.send(Wire.UPGRADE);
        String subscribe = "{\"subscribe\":[\"j1\"],\"after\":{\"j1\":\"a-1\"}}";
        assertThat(second.read()).isEqualTo(0x81);
        assertThat(second.read()).isEqualTo(0x80 | subscribe.length());
        assertThat(second.read(4)).isEqualTo("\0\0\0\0");
        assertThat(second.read(subscribe.length())).isEqualTo(subscribe);
        second.send(Wire.frame("{\"subscribed\":[\"j1\"]}"))
                .send(Wire.event("complete", COMPLETED))
                .send(Wire.frame("{\"unsubscribed\":[\"j1\"]}"))
                .close();
        assertHeard(BEGAN, CONNECTED, SNAPSHOT, REFUSED, CLOSED, CONNECTED, SNAPSHOT, CLOSED);
        assertThat(followers.wrongs()).isEmpty();
    }

    @Test
    void aLongPollAsksOnAndComesBackWhenItIsRefused() throws Exception {
        FakeGateway.Connection first = follow(Transport.LONG_POLL);
        assertThat(first.request()).contains("GET /jobs/j1?wait=7 ").doesNotContain("If-None-Match");
        first.send(Wire.ok(QUEUED));
        assertThat(first.request()).contains("If-None-Match: W/\"a-1\"\r\n");
        first.send("HTTP/1.1 304 Not Modified\r\nETag: W/\"a-1\"\r\n\r\n");
        assertThat(first.request()).contains("If-None-Match: W/\"a-1\"\r\n");
        first.send(Wire.answer("503 Service Unavailable\r\nRetry-After: 0", "{}"));
        FakeGateway.Connection second = gateway.accept();
        assertThat(second.request()).contains("If-None-Match: W/\"a-1\"\r\n");
        second.send(Wire.ok(COMPLETED)).close();
        assertHeard(
                BEGAN,
                CONNECTED,
                SNAPSHOT,
                CONNECTED,
                UP_TO_DATE,
                CONNECTED,
                REFUSED,
                CLOSED,
                CONNECTED,
                SNAPSHOT,
                CLOSED);
    }

    @Test
    void aLongPollWhoseAnswerClosesTheConnectionAsksOnAnother() throws Exception {
        FakeGateway.Connection first = follow(Transport.LONG_POLL);
        first.request();
        first.send(Wire.answer("200 OK\r\nConnection: close", QUEUED));
        FakeGateway.Connection second = gateway.accept();
        assertThat(second.request()).contains("If-None-Match: W/\"a-1\"\r\n");
        assertHeard(BEGAN, CONNECTED, SNAPSHOT, CLOSED, CONNECTED);
    }

    @Test
    void noContentAndUnsubscribedEndTheWait() throws Exception {
        FakeGateway.Connection sse = follow(Transport.SSE);
        sse.request();
        sse.send("HTTP/1.1 204 No Content\r\n\r\n");
        assertHeard(BEGAN, CONNECTED, UP_TO_DATE, CLOSED);
        FakeGateway.Connection socket = follow(Transport.WEBSOCKET);
        socket.request();
        socket.send(Wire.UPGRADE).send(Wire.frame("{\"unsubscribed\":[\"j1\"]}"));
        assertHeard(BEGAN, CONNECTED, UP_TO_DATE, CLOSED, BEGAN, CONNECTED, UP_TO_DATE, CLOSED);
        assertThat(followers.ended()).isEqualTo(2);
    }

    @Test
    void whoIsToldGoneDoesNotComeBack() throws Exception {
        String gone = "{\"jobId\":\"j1\",\"reason\":\"unknown\"}";
        FakeGateway.Connection sse = follow(Transport.SSE);
        sse.request();
        sse.send(Wire.SSE_HEAD + Wire.sse("gone", gone));
        assertHeard(BEGAN, CONNECTED, GONE, CLOSED);
        FakeGateway.Connection socket = follow(Transport.WEBSOCKET);
        socket.request();
        socket.send(Wire.UPGRADE).send(Wire.event("gone", gone));
        assertHeard(BEGAN, CONNECTED, GONE, CLOSED, BEGAN, CONNECTED, GONE, CLOSED);
        FakeGateway.Connection poll = follow(Transport.LONG_POLL);
        poll.request();
        poll.send(Wire.answer("404 Not Found", "{}"));
        assertHeard(BEGAN, CONNECTED, GONE, CLOSED, BEGAN, CONNECTED, GONE, CLOSED, BEGAN, CONNECTED, GONE, CLOSED);
        assertThat(followers.ended()).isEqualTo(3);
    }

    @Test
    void aResetBehindTheEndTakesItBack() throws Exception {
        FakeGateway.Connection first = follow(Transport.SSE);
        first.request();
        first.send(Wire.SSE_HEAD + Wire.sse("complete", COMPLETED))
                .send(Wire.sse("reset", QUEUED) + Wire.sse("status", QUEUED))
                .close();
        assertThat(gateway.accept().request()).contains("Last-Event-ID: a-1\r\n");
        assertHeard(BEGAN, CONNECTED, SNAPSHOT, RESET, EVENT, CLOSED, CONNECTED);
    }

    @Test
    void whatFollowsTheEndIsRecordedAndTheEndStays() throws Exception {
        FakeGateway.Connection first = follow(Transport.SSE);
        first.request();
        first.send(Wire.SSE_HEAD + Wire.sse("complete", COMPLETED) + Wire.sse("status", QUEUED));
        assertHeard(BEGAN, CONNECTED, SNAPSHOT, EVENT, CLOSED);
        assertThat(followers.ended()).isOne();
    }

    @Test
    void whatAGatewayMayNotSayIsReportedAndTheClientComesBack() throws Exception {
        FakeGateway.Connection first = follow(Transport.SSE);
        first.request();
        first.send(Wire.SSE_HEAD + Wire.sse("status", Wire.document("j2", "queued", 1)));
        gateway.accept();
        assertHeard(BEGAN, CONNECTED, CLOSED, CONNECTED);
        assertThat(followers.wrongs()).singleElement().asString().contains("client 0", "j2");
    }

    @Test
    void aConnectionThatBreaksOffIsNothingThatWasSaid() throws Exception {
        FakeGateway.Connection first = follow(Transport.SSE);
        first.request();
        first.reset();
        gateway.accept();
        assertHeard(BEGAN, CONNECTED, CLOSED, CONNECTED);
        assertThat(followers.wrongs()).isEmpty();
    }

    @Test
    void aDeadGatewayIsLeftForAnother() throws Exception {
        int deadPort;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            deadPort = closed.getLocalPort();
        }
        try (Followers crowd = new Followers(plan(new Target("127.0.0.1", deadPort), gateway.target()))) {
            int clients = 6;
            for (int i = 0; i < clients; i++) {
                crowd.follow(JOB, Transport.SSE);
            }
            for (int i = 0; i < clients; i++) {
                FakeGateway.Connection connection = gateway.accept();
                connection.request();
                connection.send(Wire.SSE_HEAD + Wire.sse("complete", COMPLETED));
            }
            assertThat(Poll.until(PATIENCE, () -> ended(crowd) == clients)).isTrue();
            assertThat(crowd.heard())
                    .filteredOn(line -> line.kind() == CONNECTED)
                    .hasSizeGreaterThan(clients);
        }
    }

    @Test
    void whoLeavesIsOwedNothing() throws Exception {
        follow(Transport.SSE).request();
        followers.leave();
        assertHeard(BEGAN, CONNECTED, LEFT, CLOSED);
    }

    private FakeGateway.Connection follow(Transport transport) throws IOException {
        followers.follow(JOB, transport);
        return gateway.accept();
    }

    /** Waits until this has been heard, by one client after the other, and no more. */
    private void assertHeard(Heard.Kind... kinds) throws Exception {
        boolean heard = Poll.until(PATIENCE, () -> kinds().size() >= kinds.length);
        assertThat(kinds()).as("heard in time: " + heard).containsExactly(kinds);
    }

    private List<Heard.Kind> kinds() {
        try {
            return followers.heard().stream().map(Heard::kind).toList();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int ended(Followers crowd) {
        try {
            return crowd.ended();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Followers.Plan plan(Target... gateways) {
        return new Followers.Plan(List.of(gateways), 1, 10, 7, 42);
    }
}
