package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.listen.TransportTest.Answer;
import dev.ringback.gateway.listen.TransportTest.Event;
import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code docs/protocol.md} promises of each way to wait, and of what moves jobs, over real sockets. */
class WaysToWaitTest {
    private static final String DONE = "{\"status\":\"completed\",\"result\":{\"ok\":true}}";
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static TestGateway gateway;

    private String name = "";
    private String job = "";

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void makeJob() throws IOException {
        name = "w" + NAMES.incrementAndGet();
        job = "/jobs/" + name;
        assertThat(put(job, "{\"type\":\"t\"}").status()).isEqualTo(202);
    }

    private static Answer get(String target, String... headers) throws IOException {
        return Wire.exchange(gateway, "GET", target, "", headers);
    }

    private static Answer put(String target, String body, String... headers) throws IOException {
        return Wire.exchange(gateway, "PUT", target, body, headers);
    }

    private Answer move(String event) throws IOException {
        return Wire.post(gateway, job + "/events", event);
    }

    private String etag() throws IOException {
        return get(job).header("ETag");
    }

    private String cursor() throws IOException {
        return etag().replaceAll("^W/\"|\"$", "");
    }

    private static void assertIsAboutAJob(Answer answer, int status) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Cache-Control")).contains("no-store");
        assertThat(answer.header("Vary")).isEqualTo("Accept, Prefer, Authorization");
    }

    @Test
    void shortPollTellsTheStateAndWhenToAskAgain() throws IOException {
        Answer queued = get("/jobs/job:" + name);
        assertIsAboutAJob(queued, 200);
        assertThat(queued.header("ETag")).matches("W/\"[a-z0-9]+-1\"");
        assertThat(Integer.parseInt(queued.header("Retry-After"))).isPositive();
        assertIsAboutAJob(get(job, "If-None-Match: " + queued.header("ETag")), 304);
        move(DONE);
        Answer ended = get(job, "If-None-Match: " + queued.header("ETag"));
        assertThat(ended.header("Retry-After")).isEmpty();
        assertThat(ended.json().at("/result/ok").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/jobs/a%20b,400", "/jobs/nobody,404", "/jobs/nobody?wait=5,404", "/jobs/nobody/events,404",
        "/jobs/nobody/result,404", "/jobs/nobody?wait=soon,400", "/events,400", "/events?jobs=a;b,400"
    })
    void whatCannotBeWaitedForIsAProblemAtOnce(String target, int status) throws IOException {
        Answer answer = get(target);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
    }

    @Test
    void longPollIsAnsweredAtOnceByWhatIsNewOrLast() throws IOException {
        String first = etag();
        String firstCursor = cursor();
        move("{\"progress\":1}");
        assertIsAboutAJob(get(job + "?wait=20", "If-None-Match: " + first), 200);
        assertIsAboutAJob(get(job + "?wait=20&after=" + firstCursor), 200);
        move(DONE);
        assertIsAboutAJob(get(job, "Prefer: wait=20"), 200);
        assertIsAboutAJob(get(job + "?wait=20", "If-None-Match: " + etag()), 304);
    }

    @Test
    void longPollIsHeldUntilTheNextChange() throws IOException {
        try (Wire plain = new Wire(gateway).get(job + "?wait=20");
                Wire tagged = new Wire(gateway).get(job, "Prefer: wait=20", "If-None-Match: " + etag());
                Wire after = new Wire(gateway).get(job + "?wait=20&after=" + cursor());
                Wire foreign = new Wire(gateway).get(job + "?wait=20", "If-None-Match: W/\"other-99\"");
                Wire garbage = new Wire(gateway).get(job + "?wait=20&after=" + "9".repeat(200))) {
            Wire.awaitWaiting(gateway, "long_poll", 5);
            move("{\"progress\":1}");
            for (Wire wire : List.of(plain, tagged, after, foreign, garbage)) {
                Answer answer = wire.answer();
                assertIsAboutAJob(answer, 200);
                assertThat(answer.json().path("version").asInt()).isEqualTo(2);
                assertThat(answer.header("Preference-Applied")).isEqualTo(wire.equals(tagged) ? "wait=20" : "");
            }
        }
    }

    @Test
    void longPollTellsThePresentStateAtItsDeadline() throws IOException {
        try (Wire plain = new Wire(gateway).get(job, "Prefer: respond-async, wait=1");
                Wire tagged = new Wire(gateway).get(job + "?wait=1", "If-None-Match: " + etag());
                Wire after = new Wire(gateway).get(job + "?wait=1&after=" + cursor())) {
            Answer plainly = plain.answer();
            assertIsAboutAJob(plainly, 200);
            assertThat(plainly.header("Preference-Applied")).isEqualTo("wait=1");
            assertThat(plainly.header("Retry-After")).isNotEmpty();
            assertIsAboutAJob(tagged.answer(), 304);
            assertIsAboutAJob(after.answer(), 200);
        }
    }

    /** RFC 7240: a preference that makes no sense is ignored, whatever characters it is made of. */
    @ParameterizedTest
    @ValueSource(strings = {"wait=soon", "wait", "wait=\u00e9"})
    void malformedPreferenceIsIgnored(String preference) throws IOException {
        Answer shortPoll = get(job, "Prefer: " + preference);
        assertIsAboutAJob(shortPoll, 200);
        Answer longPoll = get(job + "?wait=1", "Prefer: " + preference);
        assertIsAboutAJob(longPoll, 200);
        assertThat(shortPoll.header("Preference-Applied") + longPoll.header("Preference-Applied"))
                .isEmpty();
    }

    @Test
    void streamTellsTheStateThenEachChangeThenTheEnd() throws IOException {
        try (Wire wire = new Wire(gateway).get(job, "Accept: text/event-stream")) {
            Answer head = wire.head();
            assertIsAboutAJob(head, 200);
            assertThat(head.header("Content-Type")).startsWith("text/event-stream");
            assertThat(head.header("Cache-Control")).isEqualTo("no-store, no-transform");
            assertThat(head.header("X-Accel-Buffering")).isEqualTo("no");
            assertThat(wire.event().name()).isEqualTo("retry");
            Event first = wire.event();
            assertThat(first.name()).isEqualTo("status");
            assertThat(first.id()).isEqualTo(cursor());
            move("{\"status\":\"processing\"}");
            assertThat(wire.event().name()).isEqualTo("status");
            move("{\"progress\":{\"current\":1,\"total\":2}}");
            assertThat(wire.event().name()).isEqualTo("progress");
            move(DONE);
            Event last = wire.event();
            assertThat(last.name()).isEqualTo("complete");
            assertThat(last.data()).contains("\"result\":{\"ok\":true}").doesNotContain("links");
            assertThat(last.id()).isEqualTo(cursor());
            assertThat(wire.event()).isEqualTo(Event.END);
        }
        assertThat(names(job + "/events")).containsExactly("retry", "complete");
    }

    private static List<String> names(String target, String... headers) throws IOException {
        return events(target, headers).stream().map(Event::name).toList();
    }

    private static List<Event> events(String target, String... headers) throws IOException {
        try (Wire wire = new Wire(gateway).get(target, headers)) {
            assertThat(wire.head().status()).isEqualTo(200);
            return wire.eventsToEnd();
        }
    }

    @Test
    void streamResumesBehindTheLastEventId() throws IOException {
        String first = cursor();
        move("{\"progress\":1}");
        try (Wire current = new Wire(gateway).get(job + "/events", "Last-Event-ID: " + cursor());
                Wire behind = new Wire(gateway).get(job + "/events", "Last-Event-ID: " + first)) {
            Wire.awaitWaiting(gateway, "sse", 2);
            assertThat(behind.head().status()).isEqualTo(200);
            assertThat(current.head().status()).isEqualTo(200);
            move(DONE);
            assertThat(current.eventsToEnd().stream().map(Event::name)).containsExactly("retry", "complete");
            assertThat(behind.eventsToEnd().stream().map(Event::name)).containsExactly("retry", "progress", "complete");
        }
        assertIsAboutAJob(get(job + "/events", "Last-Event-ID: " + cursor()), 204);
        for (String none : List.of("other-3", cursor() + "9", "\u00e9", "-", "1".repeat(500), "")) {
            assertThat(names(job + "/events", "Last-Event-ID: " + none))
                    .as(none)
                    .containsExactly("retry", "complete");
        }
    }

    @Test
    void streamOfManyJobsEndsWithTheLastAndResumesByItsVector() throws IOException {
        String other = "/jobs/" + name + "-b";
        put(other, "{\"type\":\"t\"}");
        String target = "/events?jobs=" + name + "," + name + "-b";
        String half;
        try (Wire wire = new Wire(gateway).get(target)) {
            assertThat(wire.head().status()).isEqualTo(200);
            assertThat(wire.event().name()).isEqualTo("retry");
            assertThat(wire.event().name()).isEqualTo("status");
            assertThat(wire.event().name()).isEqualTo("status");
            move(DONE);
            Event first = wire.event();
            assertThat(first.name()).isEqualTo("complete");
            assertThat(first.id()).matches("[A-Za-z0-9]{6}\\.2\\.1").hasSizeLessThanOrEqualTo(128);
            half = first.id();
            Wire.post(gateway, other + "/events", DONE);
            Event last = wire.event();
            assertThat(last.data()).contains(name + "-b");
            assertThat(wire.event()).isEqualTo(Event.END);
            assertThat(get(target, "Last-Event-ID: " + last.id()).status()).isEqualTo(204);
        }
        List<Event> resumed = events(target, "Last-Event-ID: " + half);
        assertThat(resumed)
                .hasSize(2)
                .last()
                .satisfies(event -> assertThat(event.data()).contains(name + "-b"));
        String foreign = "zzzzzz" + half.substring(6);
        assertThat(names(target, "Last-Event-ID: " + foreign)).containsExactly("retry", "complete", "complete");
    }

    @Test
    void streamOfManyJobsTellsWhichAreGone() throws IOException {
        move(DONE);
        assertThat(names("/events?jobs=nobody," + name)).containsExactly("retry", "gone", "complete");
        String many =
                String.join(",", IntStream.range(0, 200).mapToObj(i -> "j" + i).toList());
        assertThat(get("/events?jobs=" + many).status()).isEqualTo(400);
    }

    @Test
    void webSocketFollowsWhatItSubscribesTo() throws IOException {
        try (Wire wire = new Wire(gateway).upgrade("/ws")) {
            wire.text("{\"subscribe\":\"job:" + name + "\"}");
            assertThat(wire.frame().text()).isEqualTo("{\"subscribed\":[\"" + name + "\"]}");
            assertThat(wire.frame().text()).startsWith("{\"event\":\"status\",\"jobId\":\"" + name + "\"");
            wire.text("{\"unsubscribe\":[\"" + name + "\"]}");
            assertThat(wire.frame().text()).contains("unsubscribed");
            move("{\"progress\":1}");
            wire.text("{\"ping\":5}");
            assertThat(wire.frame().text()).isEqualTo("{\"pong\":5}");
            String after = "\"after\":{\"" + name + "\":\"" + cursor() + "\"}}";
            wire.text("{\"subscribe\":[\"" + name + "\",\"nobody\"]," + after);
            assertThat(wire.frame().text()).isEqualTo("{\"subscribed\":[\"" + name + "\",\"nobody\"]}");
            assertThat(wire.frame().text())
                    .isEqualTo("{\"event\":\"gone\",\"jobId\":\"nobody\",\"reason\":\"unknown\"}");
            move(DONE);
            assertThat(wire.frame().text()).startsWith("{\"event\":\"complete\"");
            wire.text("{\"subscribe\":\"" + name + "\"}");
            assertThat(wire.frame().text()).contains("subscribed");
            assertThat(wire.frame().text()).startsWith("{\"event\":\"complete\"");
            assertThat(wire.text("{oops").frame().text()).startsWith("{\"error\":{");
            assertThat(wire.text("{\"dance\":1}").frame().text()).startsWith("{\"error\":{");
            assertThat(wire.text("{\"ping\":6}").frame().text()).isEqualTo("{\"pong\":6}");
        }
    }

    @Test
    void webSocketOfAJobIsSubscribedAlready() throws IOException {
        try (Wire wire = new Wire(gateway).upgrade(job)) {
            assertThat(wire.frame().text()).isEqualTo("{\"subscribed\":[\"" + name + "\"]}");
            assertThat(wire.frame().text()).startsWith("{\"event\":\"status\"");
            move(DONE);
            assertThat(wire.frame().text()).startsWith("{\"event\":\"complete\"");
            wire.send(Wire.maskedFrame(0x88, new byte[] {3, (byte) 232}));
            assertThat(wire.frame().closeCode()).isEqualTo(1000);
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void waitsOnAnUnknownJobAreHeldUntilItAppearsOrTimeIsUp() throws IOException {
        try (TestGateway waiting = TestGateway.start("jobs.unknown=wait", "jobs.unknown-wait=2s");
                Wire longPoll = new Wire(waiting).get("/jobs/late?wait=20");
                Wire sse = new Wire(waiting).get("/jobs/late/events");
                Wire webSocket = new Wire(waiting).upgrade("/jobs/late");
                Wire lostPoll = new Wire(waiting).get("/jobs/lost?wait=20");
                Wire lostSse = new Wire(waiting).get("/jobs/lost/events");
                Wire lostWebSocket = new Wire(waiting).upgrade("/jobs/lost")) {
            assertThat(Wire.exchange(waiting, "GET", "/jobs/late", "").status()).isEqualTo(404);
            Wire.awaitWaiting(waiting, "long_poll", 2);
            Wire.post(waiting, "/jobs/late/events", "{\"progress\":1}");
            assertThat(longPoll.answer().json().path("version").asInt()).isEqualTo(1);
            assertThat(sse.head().status()).isEqualTo(200);
            assertThat(List.of(sse.event().name(), sse.event().name())).containsExactly("retry", "progress");
            assertThat(List.of(webSocket.frame().text(), webSocket.frame().text()))
                    .anySatisfy(text -> assertThat(text).contains("\"event\":\"progress\""));
            assertThat(lostSse.head().status()).isEqualTo(200);
            assertThat(lostSse.eventsToEnd().stream().map(Event::name)).containsExactly("retry", "gone");
            assertThat(List.of(
                            lostWebSocket.frame().text(), lostWebSocket.frame().text()))
                    .anySatisfy(text -> assertThat(text).contains("\"event\":\"gone\""));
            assertThat(lostPoll.answer().status()).isEqualTo(404);
        }
    }

    @Test
    void endedJobExpiresThenIsForgotten() throws IOException {
        try (TestGateway brief = TestGateway.start("jobs.result-ttl=300ms", "jobs.tombstone-ttl=2s")) {
            Wire.post(brief, job + "/events", DONE);
            assertThat(Wire.exchange(brief, "GET", job, "").status()).isEqualTo(200);
            await().until(() -> Wire.exchange(brief, "GET", job, "").status() == 410);
            for (String target : List.of(job + "?wait=5", job + "/events", job + "/result")) {
                assertThat(Wire.exchange(brief, "GET", target, "").status())
                        .as(target)
                        .isEqualTo(410);
            }
            assertThat(Wire.exchange(brief, "DELETE", job, "").status()).isEqualTo(410);
            assertThat(Wire.exchange(brief, "PUT", job, "{\"type\":\"t\"}").status())
                    .isEqualTo(410);
            assertThat(Wire.post(brief, job + "/events", DONE).status()).isEqualTo(410);
            try (Wire webSocket = new Wire(brief).upgrade("/ws").text("{\"subscribe\":\"" + name + "\"}")) {
                assertThat(webSocket.frame().text()).contains("subscribed");
                assertThat(webSocket.frame().text())
                        .contains("\"event\":\"gone\"")
                        .contains("\"reason\":\"expired\"");
            }
            await().until(() -> Wire.exchange(brief, "GET", job, "").status() == 404);
            assertThat(Wire.exchange(brief, "GET", job + "?wait=5", "").status())
                    .isEqualTo(404);
        }
    }

    @Test
    void workersEventsAreAppliedOnceAndInOrder() throws IOException {
        assertThat(move("{\"progress\":1,\"eventId\":\"e1\"}").body()).isEqualTo("{\"version\":2}");
        assertThat(move("{\"progress\":1,\"eventId\":\"e1\"}").body()).isEqualTo("{\"version\":2,\"duplicate\":true}");
        assertThat(move("{\"status\":\"queued\"}").status()).isEqualTo(409);
        assertThat(move(DONE).body()).isEqualTo("{\"version\":3}");
        assertThat(move(DONE).body()).isEqualTo("{\"version\":3,\"duplicate\":true}");
        for (String late : List.of("{\"progress\":2}", "{\"status\":\"failed\"}", "{\"status\":\"cancelled\"}")) {
            Answer refused = move(late);
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.json().at("/job/status").asText()).isEqualTo("completed");
            assertThat(refused.json().at("/job/version").asInt()).isEqualTo(3);
        }
        assertThat(move("{}").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"true,200,200", "false,404,404"})
    void workersEventMakesAnUnknownJobWhereConfigured(boolean autoCreate, int posted, int read) throws IOException {
        try (TestGateway other = TestGateway.start("jobs.auto-create=" + autoCreate)) {
            assertThat(Wire.post(other, job + "/events", "{\"progress\":1}").status())
                    .isEqualTo(posted);
            assertThat(Wire.exchange(other, "GET", job, "").status()).isEqualTo(read);
        }
    }

    @Test
    void cancellingIsRepeatableButComesTooLateForAnEndedJob() throws IOException {
        assertThat(Wire.exchange(gateway, "DELETE", job, "")
                        .json()
                        .path("status")
                        .asText())
                .isEqualTo("cancelled");
        assertThat(Wire.exchange(gateway, "DELETE", job, "").status()).isEqualTo(200);
        assertThat(move(DONE).status()).isEqualTo(409);
        Wire.post(gateway, job + "-done/events", DONE);
        assertThat(Wire.exchange(gateway, "DELETE", job + "-done", "").status()).isEqualTo(409);
        assertThat(Wire.exchange(gateway, "DELETE", "/jobs/nobody", "").status())
                .isEqualTo(404);
    }

    @Test
    void putIsIdempotentByItsBodyAndAdoptsWhatAWorkerBegan() throws IOException {
        assertThat(put(job, "{\"type\":\"t\"}").status()).isEqualTo(200);
        assertThat(put(job, "{\"type\":\"u\"}").status()).isEqualTo(422);
        Wire.post(gateway, job + "-begun/events", "{\"progress\":1}");
        Answer adopted = put(job + "-begun", "{\"type\":\"t\"}");
        assertThat(adopted.status()).isEqualTo(202);
        assertThat(adopted.header("Location")).isEqualTo(job + "-begun");
        assertThat(adopted.header("Retry-After")).isNotEmpty();
        assertThat(adopted.json().path("status").asText()).isEqualTo("processing");
        assertThat(adopted.json().path("version").asInt()).isEqualTo(2);
        assertThat(put(job + "-begun", "{\"type\":\"t\"}").status()).isEqualTo(200);
    }
}
