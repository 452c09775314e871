package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSocket;
import dev.ringback.gateway.testkit.TestGateway;
import dev.ringback.protocol.ApplyScript;
import dev.ringback.protocol.CloseReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** {@code docs/asyncapi.yaml} says what comes over WebSocket, Server-Sent Events and Redis. */
class AsyncApiIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ApiSchemas DOCUMENT = ApiSchemas.asyncApi();
    private static final String JOB = "{\"type\":\"t\"}";

    /** Which of the messages that the gateway sends were met, and which problems. */
    private final Set<String> met = new TreeSet<>();

    private final Set<String> problems = new TreeSet<>();

    private static JsonNode messages() {
        return DOCUMENT.root().at("/components/messages");
    }

    /** The value is one of the named messages, and of one only. */
    private String is(JsonNode payload, String... names) {
        List<String> fitting = Arrays.stream(names)
                .filter(name -> DOCUMENT.errors(messages().get(name).get("payload"), payload)
                        .isEmpty())
                .toList();
        assertThat(fitting)
                .as("%s is none of %s, or several: %s", payload, List.of(names), errors(payload, names))
                .hasSize(1);
        met.add(fitting.get(0));
        if (fitting.get(0).equals("error")) {
            problems.add(payload.at("/error/type").textValue());
        }
        return fitting.get(0);
    }

    private static List<String> errors(JsonNode payload, String... names) {
        return Arrays.stream(names)
                .flatMap(name -> DOCUMENT.errors(messages().get(name).get("payload"), payload).stream())
                .toList();
    }

    private JsonNode next(RawWebSocket socket) {
        RawWebSocket.Frame frame = socket.next();
        while (frame.opcode() == RawWebSocket.PING) {
            frame = socket.next();
        }
        assertThat(frame.opcode()).as(frame.text()).isEqualTo(RawWebSocket.TEXT);
        JsonNode message = json(frame.text());
        is(message, "event", "gone", "subscribed", "unsubscribed", "pong", "error");
        return message;
    }

    @Test
    void everyExampleFitsItsMessage() {
        for (Map.Entry<String, JsonNode> message : messages().properties()) {
            assertThat(message.getValue().path("examples")).as(message.getKey()).isNotEmpty();
            for (JsonNode example : message.getValue().get("examples")) {
                assertThat(DOCUMENT.errors(message.getValue().get("payload"), example.get("payload")))
                        .as(message.getKey())
                        .isEmpty();
            }
        }
    }

    @Test
    void everyCloseReasonIsInTheTableAndNoOther() {
        List<String> rows = DOCUMENT.root()
                .at("/info/description")
                .textValue()
                .lines()
                .filter(line -> line.matches("\\| \\d.*"))
                .toList();
        List<String> reasons = Arrays.stream(CloseReason.values())
                .map(reason -> "| " + reason.code() + " | " + reason.text() + " | "
                        + (reason.isRetryable() ? "yes" : "no") + " |")
                .toList();
        assertThat(rows).isEqualTo(reasons);
    }

    @Test
    void everyMessageThatIsSentComesAndFits() throws IOException {
        onWebSockets();
        onStreams();
        overRedis();

        Set<String> sent = new TreeSet<>();
        messages().fieldNames().forEachRemaining(sent::add);
        Set.of("subscribe", "unsubscribe", "ping").forEach(sent::remove);
        assertThat(met).isEqualTo(sent);
        Set<String> documented = new TreeSet<>();
        messages()
                .at("/error/payload/properties/error/allOf/1/properties/type/enum")
                .forEach(code -> documented.add(code.textValue()));
        assertThat(problems).isEqualTo(documented);
    }

    private static void ask(TestGateway gateway, String request) {
        try (RawConnection connection = new RawConnection(gateway)) {
            assertThat(connection.exchange(request).status()).isLessThan(300);
        }
    }

    private static void put(TestGateway gateway, String id) {
        ask(gateway, RawConnection.withBody("PUT", "/jobs/" + id, JOB));
    }

    private static void event(TestGateway gateway, String id, String event) {
        ask(gateway, RawConnection.withBody("POST", "/jobs/" + id + "/events", event));
    }

    private void onWebSockets() {
        try (TestGateway gateway = TestGateway.start("limits.subscriptions-per-connection=2")) {
            put(gateway, "j");
            try (RawWebSocket socket = RawWebSocket.open(gateway, "/ws")) {
                // What the document's examples say is understood.
                for (String verb : List.of("subscribe", "unsubscribe", "ping")) {
                    messages().get(verb).get("examples").forEach(example -> {
                        socket.text(example.get("payload").toString());
                        socket.text("{\"unsubscribe\":[\"123\",\"456\"]}");
                        socket.text("{\"ping\":7}");
                        JsonNode answer = next(socket);
                        assertThat(answer.has("error")).as(answer.toString()).isFalse();
                        while (answer.path("pong").intValue() != 7) {
                            answer = next(socket);
                        }
                    });
                }
                socket.text("nonsense");
                assertThat(next(socket).has("error")).isTrue();
                socket.text("{\"subscribe\":[\"j\",\"k\",\"l\"]}");
                event(gateway, "j", "{\"progress\":1}");
                event(gateway, "j", "{\"status\":\"completed\",\"result\":[1]}");
                JsonNode message = next(socket);
                while (!message.path("event").asText().equals("complete")) {
                    message = next(socket);
                }
                String cursor = message.get("incarnation").textValue() + "-" + message.get("version");
                socket.text("{\"subscribe\":\"j\",\"after\":{\"j\":\"" + cursor + "\"}}");
                while (!message.has("unsubscribed")) {
                    message = next(socket);
                }
            }
        }
        try (TestGateway gateway = TestGateway.start("hub.topics-per-shard=1", "hub.shards=1", "jobs.unknown=wait")) {
            try (RawWebSocket socket = RawWebSocket.open(gateway, "/jobs/j")) {
                next(socket);
                socket.text("{\"subscribe\":\"k\"}");
                JsonNode message = next(socket);
                while (!message.has("error")) {
                    message = next(socket);
                }
            }
        }
    }

    private void onStreams() {
        try (TestGateway gateway = TestGateway.start("jobs.unknown=wait", "jobs.unknown-wait=100ms")) {
            put(gateway, "j");
            try (RawConnection one = new RawConnection(gateway).send(RawConnection.request("GET", "/jobs/j/events"));
                    RawConnection many =
                            new RawConnection(gateway).send(RawConnection.request("GET", "/events?jobs=j,k"))) {
                one.read(250);
                many.read(250);
                event(gateway, "j", "{\"progress\":{\"current\":1}}");
                event(gateway, "j", "{\"status\":\"failed\",\"error\":\"broken\"}");
                one.rest();
                many.rest();
            }
            read(gateway, "/jobs/j/events", "sseEvent", "sseGone");
            read(gateway, "/events?jobs=j,k", "sseEventOfMany", "sseGone");
            read(gateway, "/jobs/k/events", "sseEvent", "sseGone");
        }
    }

    /** Reads a stream to its end, each event of which is one of the messages. */
    private void read(TestGateway gateway, String path, String... names) {
        try (RawConnection connection = new RawConnection(gateway)) {
            String stream =
                    connection.exchange(RawConnection.request("GET", path)).text();
            List<String> events = new ArrayList<>(List.of(stream.split("\n\n")));
            assertThat(events.remove(0)).startsWith("retry: ");
            assertThat(events).isNotEmpty();
            events.forEach(event -> isSse(event, names));
        }
    }

    private void isSse(String event, String... names) {
        ObjectNode fields = JSON.createObjectNode();
        event.lines().forEach(line -> fields.put(line.split(": ", 2)[0], line.split(": ", 2)[1]));
        String data = fields.remove("data").textValue();
        String name = is(json(data), names);
        assertThat(DOCUMENT.errors(messages().get(name).get("headers"), fields))
                .as(event)
                .isEmpty();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    private void overRedis() throws IOException {
        try (RedisProcess redis = RedisProcess.start();
                TestGateway gateway =
                        TestGateway.start("store.kind=redis", "redis.uri=" + redis.uri(), "stream.heartbeat=200ms");
                RedisSocket heard = redis.connect()) {
            heard.call("SUBSCRIBE", "job:r", "job:s");
            heard.read();
            put(gateway, "r");
            is(published(heard), "stored");
            event(gateway, "r", "{\"progress\":1}");
            is(published(heard), "stored");
            redis.cli(
                    "EVAL",
                    new String(ApplyScript.source(), UTF_8),
                    "3",
                    "job:s",
                    "{job:s}:log",
                    "{job:s}:result",
                    "apply",
                    "status",
                    "completed",
                    "result",
                    "[1]");
            is(published(heard), "stored");
            try (RawConnection waiting =
                    new RawConnection(gateway).send(RawConnection.request("GET", "/jobs/r/events"))) {
                waiting.read(250);
                String plain = messages().at("/plain/examples/0/payload").toString();
                redis.cli("PUBLISH", "job:r", plain);
                is(published(heard), "plain");
                assertThat(is(published(heard), "stored")).isEqualTo("stored");
                assertThat(waiting.rest()).contains("event: complete");
            }
            redis.freeze();
            try (RawWebSocket socket = RawWebSocket.open(gateway, "/jobs/t")) {
                while (!next(socket).has("error")) {
                    // What was subscribed is said first.
                }
            }
            redis.thaw();
        }
    }

    /** What the next message on a channel says. */
    private static JsonNode published(RedisSocket heard) throws IOException {
        Object message = heard.read();
        return json((String) ((List<?>) message).get(2));
    }
}
