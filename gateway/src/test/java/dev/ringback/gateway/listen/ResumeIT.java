package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.listen.ResumingClient.Told;
import dev.ringback.gateway.listen.ResumingClient.Way;
import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TcpProxy;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client leaves one gateway and comes back to another one over the same Redis, with the cursor that it was given: it hears nothing twice, and
 * misses nothing. A cursor that says nothing counts as none. Of each job's log only one event is kept.
 */
@Tag("conformance")
class ResumeIT {
    private static final String PROGRESS = "{\"progress\":{\"current\":1}}";
    private static final String COMPLETED = "{\"status\":\"completed\"}";
    private static final Pattern ADDRESS = Pattern.compile(" addr=127\\.0\\.0\\.1:(\\d+) ");

    private static RedisProcess redis;
    private static TcpProxy proxy;
    private static TestGateway a;
    private static TestGateway b;
    private static int jobs;

    private String job;
    private long version;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        proxy = TcpProxy.to(redis.port());
        a = start(redis.port());
        b = start(proxy.port());
    }

    private static TestGateway start(int redisPort) {
        return TestGateway.start(
                "store.kind=redis",
                "redis.uri=redis://127.0.0.1:" + redisPort,
                "redis.connect-timeout=20s",
                "jobs.log-events=1",
                "limits.request-line-bytes=32KiB",
                "limits.header-bytes=32KiB",
                "hub.sweep-interval=1h",
                "readiness.canary-interval=1m");
    }

    @AfterAll
    static void stop() {
        b.close();
        a.close();
        proxy.close();
        redis.close();
    }

    @BeforeEach
    void makeJob() throws IOException {
        for (String transport : List.of("sse", "websocket", "long_poll")) {
            Wire.awaitWaiting(a, transport, 0);
            Wire.awaitWaiting(b, transport, 0);
        }
        job = "resumed-" + ++jobs;
        post(a, "other-" + job, PROGRESS);
        progress(a);
        progress(a);
        version = 2;
    }

    @AfterEach
    void releaseRelay() {
        proxy.all().release();
    }

    @ParameterizedTest
    @EnumSource
    void clientThatComesBackElsewhereHearsWhatItMissedAndNothingTwice(Way way) throws IOException {
        List<Told> told = new ArrayList<>();
        try (ResumingClient first = new ResumingClient(way, a, job, "")) {
            told.add(first.next());
            progress(b);
            told.add(first.next());
        }
        progress(a);
        progress(b);
        try (ResumingClient second = new ResumingClient(way, b, job, last(told).cursor())) {
            told.add(second.next());
            progress(a);
            told.add(second.next());
        }
        complete(a);
        try (ResumingClient third = new ResumingClient(way, a, job, last(told).cursor())) {
            told.add(third.next());
        }

        assertThat(told).extracting(Told::version).containsExactly(2L, 3L, 5L, 6L, 7L);
        assertThat(told).extracting(Told::isEnd).containsExactly(false, false, false, false, true);
    }

    @ParameterizedTest
    @EnumSource
    void clientThatHasMissedNothingIsToldOfTheNextChangeOnly(Way way) throws IOException {
        String cursor = cursorOn(a, way);
        try (ResumingClient back = new ResumingClient(way, b, job, cursor)) {
            back.awaitWaiting();
            progress(a);
            assertThat(back.next().version()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"STREAM", "STREAM_OF_MANY"})
    void clientThatHasHeardTheEndIsToldToStop(Way way) throws IOException {
        complete(a);
        post(a, "other-" + job, COMPLETED);
        String cursor = cursorOn(a, way);
        try (Wire wire = new Wire(b).get(way.path(job, cursor), way.headers(cursor))) {
            assertThat(wire.head().status()).isEqualTo(204);
        }
    }

    /** The other gateway has an older state in memory than the client has heard of. */
    @ParameterizedTest
    @EnumSource
    void gatewayThatIsBehindTellsNothingThatTheClientKnows(Way way) throws IOException {
        try (ResumingClient there = new ResumingClient(Way.STREAM, b, job, "");
                ResumingClient other = new ResumingClient(Way.STREAM, b, "other-" + job, "")) {
            assertThat(there.next().version()).isEqualTo(2);
            assertThat(other.next().version()).isEqualTo(1);
            TcpProxy.Selection relay = proxy.existing(relayPorts()::contains);
            assertThat(relay.size()).isPositive();
            relay.hold();
            progress(a);
            String cursor = cursorOn(a, way);
            try (ResumingClient back = new ResumingClient(way, b, job, cursor)) {
                back.awaitWaiting();
                progress(a);
                relay.release();
                assertThat(back.next().version()).isEqualTo(4);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void cursorThatSaysNothingCountsAsNone(Way way) throws IOException {
        String right = cursorOn(a, way);
        for (String cursor : List.of(
                "foreign-2",
                "v00000.2.0",
                "-",
                "2",
                "-2",
                right + "x",
                right + "-",
                right.replace('2', '0'),
                "x".repeat(10_240),
                right + "0".repeat(10_240),
                right + "9",
                right + "9".repeat(12),
                right + "9".repeat(40),
                "\u00e9\u00ff-2",
                "'\\\"<>")) {
            countsAsNone(way, cursor);
        }
        if (!way.isHeader()) {
            countsAsNone(way, "\u0000\r\nX: y\u007f-2");
        }
    }

    /** As to a client without a cursor: the present state at once, or to a long poll the next one. */
    private void countsAsNone(Way way, String cursor) throws IOException {
        try (ResumingClient client = new ResumingClient(way, b, job, cursor)) {
            if (way.isLongPoll()) {
                client.awaitWaiting();
                progress(a);
                version++;
            }
            assertThat(client.next().version()).as("after %.40s", cursor).isEqualTo(version);
        }
    }

    private String cursorOn(TestGateway gateway, Way way) throws IOException {
        try (ResumingClient client = new ResumingClient(way, gateway, job, "")) {
            return client.next().cursor();
        }
    }

    private static Told last(List<Told> told) {
        return told.get(told.size() - 1);
    }

    private void progress(TestGateway gateway) throws IOException {
        post(gateway, job, PROGRESS);
    }

    private void complete(TestGateway gateway) throws IOException {
        post(gateway, job, COMPLETED);
    }

    private static void post(TestGateway gateway, String id, String event) throws IOException {
        assertThat(Wire.post(gateway, "/jobs/" + id + "/events", event).status())
                .isEqualTo(200);
    }

    /** The ports from which Redis is asked for channels. */
    private static Set<Integer> relayPorts() {
        return ADDRESS.matcher(String.valueOf(redis.cli("CLIENT", "LIST", "TYPE", "pubsub")))
                .results()
                .map(address -> Integer.valueOf(address.group(1)))
                .collect(Collectors.toSet());
    }
}
