package dev.ringback.loadtest.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.client.EventStamp;
import dev.ringback.loadtest.client.FakeGateway;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.crowd.CrowdFigures.Counter;
import dev.ringback.loadtest.scenario.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A crowd of one, against a server that says what the test lets it say. */
class LocalCrowdTest {
    private static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private FakeGateway server;
    private final List<Crowd> crowds = new ArrayList<>();

    @BeforeEach
    void listen() throws IOException {
        server = new FakeGateway();
    }

    @AfterEach
    void close() throws IOException {
        for (Crowd crowd : crowds) {
            crowd.close();
        }
        server.close();
    }

    @Test
    void eachNewVersionIsADeliveryAndItsLatencyCountsFromWhenItWasDue() throws Exception {
        Crowd crowd = crowd("transports=sse", "target=floor");
        FakeGateway.Connection socket = server.accept();
        assertThat(socket.request()).startsWith("GET /sub/load-r-0-0 HTTP/1.1\r\n");
        long due = System.nanoTime() - Duration.ofMillis(700).toNanos();
        // An event that was due before anyone waited for it is no delivery.
        socket.send(STREAM + sse(1, due, false));
        awaitCount(crowd, Counter.PARKED, 1);
        socket.send(sse(2, System.nanoTime(), false) + sse(3, System.nanoTime(), true));
        assertThat(awaitLatencies(crowd, 2).getMaxValue())
                .isLessThan(Duration.ofMillis(600).toNanos());
        CrowdFigures figures = awaitCount(crowd, Counter.DELIVERED, 2);
        assertThat(crowd.outstanding(new long[] {3})).isZero();
        assertThat(crowd.read().count(Counter.DELIVERED)).isEqualTo(2);
        assertFaults(figures, 0, 0, 0, 0);
    }

    @Test
    void theSameVersionTwiceIsADuplicateAndAnOlderOneOutOfOrder() throws Exception {
        Crowd crowd = crowd("transports=websocket", "target=floor");
        FakeGateway.Connection socket = server.accept();
        socket.request();
        socket.send("HTTP/1.1 101 Switching Protocols\r\n\r\n");
        long due = System.nanoTime() + 1;
        socket.send(frame(1, due, false)).send(frame(2, due, false));
        socket.send(frame(2, due, false)).send(frame(1, due, false));
        socket.send(frame(3, due, true)).send(frame(3, due, true));
        CrowdFigures figures = awaitCount(crowd, Counter.AFTER_TERMINAL, 1);
        assertFaults(figures, 0, 1, 1, 1);
    }

    @Test
    void aGapIsLostWhereTheServerDoesNotReplaceProgressAndReplacedWhereItDoes() throws Exception {
        Crowd floor = crowd("transports=sse", "target=floor");
        FakeGateway.Connection socket = server.accept();
        socket.request();
        socket.send(STREAM + sse(1, System.nanoTime(), false) + sse(4, System.nanoTime(), false));
        assertThat(awaitCount(floor, Counter.LOST, 2).count(Counter.REPLACED)).isZero();

        Crowd ringback = crowd("transports=sse", "target=ringback");
        FakeGateway.Connection other = server.accept();
        assertThat(other.request()).startsWith("GET /jobs/load-r-0-0 HTTP/1.1\r\n");
        other.send(STREAM + sse(1, System.nanoTime(), false) + sse(4, System.nanoTime(), false));
        assertThat(awaitCount(ringback, Counter.REPLACED, 2).count(Counter.LOST))
                .isZero();
        assertThat(ringback.outstanding(new long[] {6})).isEqualTo(2);
    }

    @Test
    void oneWhoLosesTheConnectionComesBackAndHearsTheSameStateAgainWithoutFault() throws Exception {
        Crowd crowd = crowd("transports=sse", "target=ringback");
        FakeGateway.Connection first = server.accept();
        first.request();
        first.send(STREAM + "retry: 10\n\n" + sse(1, System.nanoTime(), false) + sse(2, System.nanoTime(), false));
        awaitCount(crowd, Counter.PARKED, 1);
        first.reset();
        FakeGateway.Connection second = server.accept();
        second.request();
        second.send(STREAM + sse(2, System.nanoTime(), false) + sse(3, System.nanoTime(), true));
        CrowdFigures figures = awaitCount(crowd, Counter.DELIVERED, 3);
        assertThat(figures.count(Counter.RECONNECTS)).isEqualTo(1);
        assertFaults(figures, 0, 0, 0, 0);
    }

    @Test
    void aLongPollAsksForTheNextWithWhatItWasGivenAndGoesOnToTheNextJobOnItsConnection() throws Exception {
        Crowd crowd = crowd("transports=long-poll", "target=floor", "shape=one");
        FakeGateway.Connection socket = server.accept();
        assertThat(socket.request()).doesNotContain("If-None-Match");
        socket.send(answer("\"a\"", document("load-r-0-0", 1, System.nanoTime(), false)));
        assertThat(socket.request()).startsWith("GET /sub/load-r-0-0 ").contains("If-None-Match: \"a\"\r\n");
        socket.send(answer("\"b\"", document("load-r-0-0", 2, System.nanoTime(), true)));
        assertThat(socket.request()).startsWith("GET /sub/load-r-0-1 ").doesNotContain("If-None-Match");
        assertFaults(awaitCount(crowd, Counter.DELIVERED, 2), 0, 0, 0, 0);
        assertThat(crowd.outstanding(new long[] {1})).isZero();
        assertThat(crowd.outstanding(new long[] {2})).isEqualTo(1);
    }

    @Test
    void anAnswerThatWasNotReadWholeIsNotTakenForHeard() throws Exception {
        Crowd crowd = crowd("transports=long-poll", "target=ringback");
        FakeGateway.Connection first = server.accept();
        first.request();
        first.send(answer("\"a\"", document("load-r-0-0", 1, System.nanoTime(), false)));
        assertThat(first.request()).contains("If-None-Match: \"a\"");
        first.send("HTTP/1.1 200 OK\r\nETag: \"b\"\r\nContent-Length: 1000\r\n\r\n{");
        crowd.storm();
        assertThat(server.accept().request()).contains("If-None-Match: \"a\"");
    }

    @Test
    void oneWhoDoesNotReadComesBackWhenItIsClosedAndDoesNotReadAgain() throws Exception {
        Crowd crowd = crowd("transports=sse", "target=floor", "slow-percent=100", "comeback=at-once");
        for (int visit = 1; visit <= 2; visit++) {
            FakeGateway.Connection socket = server.accept();
            socket.request();
            socket.send(STREAM);
            awaitCount(crowd, Counter.PARKED, visit);
            socket.send(sse(1, System.nanoTime(), false));
            socket.reset();
            awaitCount(crowd, Counter.CLOSED_SLOW, visit);
        }
        CrowdFigures figures = crowd.read();
        assertThat(figures.count(Counter.DELIVERED)).isZero();
        assertThat(crowd.outstanding(new long[] {5})).isZero();
    }

    @Test
    void thoseWhoWaitAtThisMomentAreCountedAndNoLongerWhenTheyAreGone() throws Exception {
        Crowd crowd = crowd("transports=sse", "target=floor", "comeback=at-once");
        FakeGateway.Connection first = server.accept();
        first.request();
        first.send(STREAM);
        assertThat(awaitCount(crowd, Counter.PARKED, 1).count(Counter.WAITING)).isEqualTo(1);
        first.reset();
        FakeGateway.Connection second = server.accept();
        second.request();
        assertThat(crowd.read().count(Counter.WAITING)).isZero();
        second.send(STREAM);
        assertThat(awaitCount(crowd, Counter.PARKED, 2).count(Counter.WAITING)).isEqualTo(1);
    }

    @Test
    void whatOneWhoMissesSomethingIsDoingIsAComplaint() throws Exception {
        Crowd crowd = crowd("transports=sse", "target=ringback");
        FakeGateway.Connection socket = server.accept();
        socket.request();
        socket.send(STREAM + sse(1, System.nanoTime(), false));
        awaitCount(crowd, Counter.PARKED, 1);
        assertThat(crowd.outstanding(new long[] {3})).isEqualTo(2);
        assertThat(crowd.read().complaints()).isEmpty();
        assertThat(crowd.missing(new long[] {3})).isEqualTo(2);
        assertThat(crowd.read().complaints()).containsOnlyKeys("sse: a wait that misses something is held");
    }

    @Test
    void anEventOfAnotherJobIsNeverTakenForTheOneWaitedFor() throws Exception {
        Crowd crowd = crowd("transports=sse", "target=floor");
        FakeGateway.Connection socket = server.accept();
        socket.request();
        socket.send(STREAM + "data: " + document("load-r-1-0", 1, System.nanoTime(), false) + "\n\n");
        CrowdFigures figures = awaitCount(crowd, Counter.OUT_OF_ORDER, 1);
        assertThat(figures.count(Counter.DELIVERED)).isZero();
        assertThat(figures.complaints()).hasSize(1);
    }

    @Test
    void aCrowdThatRushesHasSixtyFourOnTheirWayAndSendsTheNextAsOneArrivesOrFails() throws Exception {
        Crowd crowd = crowd("transports=websocket", "target=floor", "connections=70", "ramp-per-second=0");
        List<FakeGateway.Connection> sockets = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            sockets.add(server.accept());
        }
        awaitCount(crowd, Counter.OPEN, 64);
        assertThat(crowd.read().count(Counter.OPEN)).isEqualTo(64);
        assertThat(crowd.read().span().seconds()).isEqualTo(-1);
        for (FakeGateway.Connection socket : sockets.subList(0, 3)) {
            socket.send("HTTP/1.1 101 Switching Protocols\r\n\r\n");
        }
        awaitCount(crowd, Counter.OPEN, 67);
        sockets.get(3).reset();
        awaitCount(crowd, Counter.FAILED_CONNECTS, 1);
        CrowdFigures figures = awaitCount(crowd, Counter.OPEN, 67);
        assertThat(figures.count(Counter.OPEN)).isLessThanOrEqualTo(68);
        assertThat(figures.span().seconds()).isPositive();
    }

    @Test
    void theSpanOfSeveralPartsIsFromTheFirstDiallingToTheLastWaiting() {
        CrowdFigures.Span parts = new CrowdFigures.Span(-5_000_000_000L, 1_000_000_000L)
                .and(CrowdFigures.Span.NONE)
                .and(new CrowdFigures.Span(-4_000_000_000L, 2_000_000_000L));
        assertThat(parts.seconds()).isEqualTo(7);
    }

    // ── a crowd of one ─────────────────────────────────────────────────────────────────────────────────────────

    private Crowd crowd(String... settings) throws IOException {
        Settings all = Settings.defaults();
        all.override(List.of("connections=1", "shape=fanout"));
        all.override(List.of(settings));
        Crowd crowd = new LocalCrowd(new Crowd.Plan(all.asMap(), server.target().toString(), "r", 0, 1));
        crowds.add(crowd);
        crowd.open();
        return crowd;
    }

    private static CrowdFigures awaitCount(Crowd crowd, Counter counter, long atLeast) throws Exception {
        CrowdFigures[] last = new CrowdFigures[1];
        assertThat(Poll.until(PATIENCE, () -> {
                    last[0] = crowd.read();
                    return last[0].count(counter) >= atLeast;
                }))
                .as("%s reaches %d: %s", counter, atLeast, last[0])
                .isTrue();
        return last[0];
    }

    /** Each read gives the latencies since the one before. */
    private static Histogram awaitLatencies(Crowd crowd, long atLeast) throws Exception {
        Histogram all = new Histogram(3);
        assertThat(Poll.until(PATIENCE, () -> {
                    String more = crowd.read().histograms().get("sse");
                    if (more != null) {
                        all.add(Histograms.decode(more));
                    }
                    return all.getTotalCount() >= atLeast;
                }))
                .isTrue();
        return all;
    }

    private static void assertFaults(CrowdFigures figures, long lost, long duplicated, long disordered, long after) {
        assertThat(List.of(
                        figures.count(Counter.LOST),
                        figures.count(Counter.DUPLICATED),
                        figures.count(Counter.OUT_OF_ORDER),
                        figures.count(Counter.AFTER_TERMINAL)))
                .containsExactly(lost, duplicated, disordered, after);
    }

    private static String document(String job, long version, long due, boolean ends) {
        return "{\"jobId\":\"" + job + "\",\"type\":\"load\",\"status\":\"" + (ends ? "completed" : "processing")
                + "\",\"version\":" + version + ",\"progress\":" + EventStamp.value(due, EventStamp.LEAST_BYTES) + "}";
    }

    private static String sse(long version, long due, boolean ends) {
        return "event: progress\nid: x-" + version + "\ndata: " + document("load-r-0-0", version, due, ends) + "\n\n";
    }

    private static byte[] frame(long version, long due, boolean ends) {
        String text = document("load-r-0-0", version, due, ends);
        byte[] frame = new byte[4 + text.length()];
        frame[0] = (byte) 0x81;
        frame[1] = 126;
        frame[2] = (byte) (text.length() >> 8);
        frame[3] = (byte) text.length();
        System.arraycopy(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), 0, frame, 4, text.length());
        return frame;
    }

    private static String answer(String etag, String body) {
        return "HTTP/1.1 200 OK\r\nETag: " + etag + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }
}
