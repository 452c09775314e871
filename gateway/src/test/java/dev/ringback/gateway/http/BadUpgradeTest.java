package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.TestGateway;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes in the opening handshake of WebSocket (RFC 6455, section 4.2.1). */
class BadUpgradeTest {
    private static final List<String> PATHS = List.of("/ws", "/jobs/x");
    private static final String HANDSHAKE = RawWebSocket.handshake("/ws");

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("websocket.origins=[\"https://app.example\"]");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void aHandshakeWithoutAMistakeIsAccepted() {
        try (RawConnection connection = new RawConnection(gateway)) {
            Answer answer = connection.exchange(HANDSHAKE);
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.header("Sec-WebSocket-Accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(answer.header("Upgrade")).isEqualToIgnoringCase("websocket");
            assertThat(answer.header("Connection")).isEqualToIgnoringCase("upgrade");
            assertThat(answer.header("Sec-WebSocket-Protocol")).isEmpty();
            assertThat(answer.header("Sec-WebSocket-Extensions")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "dGhlIHNhbXBsZSBub25j",
                "dGhlIHNhbXBsZSBub25jZQ",
                "dGhlIHNhbXBsZSBub25jZQ==x",
                "!!!!!!!!!!!!!!!!!!!!!!==",
                "dGhlIHNhbXBsZSBub25jZSEhISE=",
                "dGhlIHNh bXBsZSBub25jZQ=="
            })
    void aKeyThatIsNot16BytesIsRefused(String key) {
        for (String path : PATHS) {
            String bytes = RawWebSocket.handshake(path).replaceFirst("Key: [^\r]*", "Key: " + key);
            Mistake.of("key " + key, bytes, 400).checkOn(gateway);
        }
    }

    @Test
    void aMissingKeyIsRefused() {
        for (String path : PATHS) {
            String bytes = RawWebSocket.handshake(path).replaceFirst("Sec-WebSocket-Key: [^\r]*\r\n", "");
            Mistake.of("no key", bytes, 400).checkOn(gateway);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"12", "8", "0", "14", "", "13.0", "13, 8x", "thirteen"})
    void anotherVersionIsToldTheRightOne(String version) {
        for (String path : PATHS) {
            String bytes = RawWebSocket.handshake(path).replaceFirst("Version: 13", "Version: " + version);
            Answer answer = Mistake.of("version " + version, bytes, 426).checkOn(gateway);
            assertThat(answer.header("Sec-WebSocket-Version")).isEqualTo("13");
            assertThat(answer.header("Upgrade")).isEqualToIgnoringCase("websocket");
        }
    }

    @Test
    void aMissingVersionIsRefused() {
        Mistake.of("no version", HANDSHAKE.replaceFirst("Sec-WebSocket-Version: 13\r\n", ""), 400, 426)
                .checkOn(gateway);
    }

    @Test
    void anUpgradeInHttp10IsNone() {
        Mistake.of("HTTP/1.0", HANDSHAKE.replace("HTTP/1.1", "HTTP/1.0"), 400, 426)
                .checkOn(gateway);
        String ofJob = RawWebSocket.handshake("/jobs/x").replace("HTTP/1.1", "HTTP/1.0");
        Mistake.of("HTTP/1.0", ofJob, 400, 404, 426).checkOn(gateway);
    }

    @Test
    void anUpgradeThatConnectionDoesNotNameIsNone() {
        for (String connection : List.of("", "Connection: keep-alive\r\n", "Connection: Upgraded\r\n")) {
            String bytes = HANDSHAKE.replaceFirst("Connection: [^\r]*\r\n", connection);
            Mistake.of(connection, bytes, 400, 426).checkOn(gateway);
        }
    }

    @Test
    void aPlainRequestAndAnotherProtocolAreToldToUpgrade() {
        Mistake.get("/ws", 426).checkOn(gateway);
        for (String protocol : List.of("h2c", "websockets", "web socket", "TLS/1.3")) {
            String bytes = HANDSHAKE.replace("Upgrade: websocket", "Upgrade: " + protocol);
            Answer answer = Mistake.of(protocol, bytes, 426).checkOn(gateway);
            assertThat(answer.header("Upgrade")).isEqualToIgnoringCase("websocket");
            assertThat(answer.header("Connection").toLowerCase(java.util.Locale.ROOT))
                    .contains("upgrade");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "HEAD", "get"})
    void aHandshakeBeginsWithGet(String method) {
        Mistake.of(method, HANDSHAKE.replaceFirst("GET", method), 400, 405).checkOn(gateway);
        try (RawConnection connection = new RawConnection(gateway)) {
            String ofJob = RawWebSocket.handshake("/jobs/x").replaceFirst("GET", method);
            assertThat(connection.exchange(ofJob).status()).isIn(400, 404, 405);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "null",
                "http://localhost.evil.example",
                "http://evil.example/localhost",
                "http://localhost@evil.example",
                "https://app.example.evil",
                "http://app.example:81",
                "https://app.example:8443",
                "http://app.example",
                "garbage",
                "://",
                "http://",
                "",
                "http://localhost:1",
                "https://APP.example/",
                "file://",
                "\u00e9"
            })
    void aForeignOriginIsRefused(String origin) {
        for (String path : PATHS) {
            Mistake.of(origin, RawWebSocket.handshake(path, "Origin: " + origin), 403)
                    .checkOn(gateway);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost", "https://app.example"})
    void theOwnAndAListedOriginAreAccepted(String origin) {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/ws", "Origin: " + origin)) {
            client.isAlive();
        }
    }

    @Test
    void onlyTheOfferedSubprotocolIsChosen() {
        assertThat(protocolFor("ringback.v1")).isEqualTo("ringback.v1");
        assertThat(protocolFor("other, ringback.v1")).isEqualTo("ringback.v1");
        assertThat(protocolFor("ringback.v2, chat")).isEmpty();
        assertThat(protocolFor("")).isEmpty();
    }

    @Test
    void aBadIdIsRefusedBeforeTheUpgrade() {
        Mistake.of("id", RawWebSocket.handshake("/jobs/a%20b"), 400).checkOn(gateway);
        Mistake.of("path", RawWebSocket.handshake("/nope"), 404).checkOn(gateway);
    }

    @Test
    void anUnknownJobIsGoneOnTheWebSocket() {
        try (RawWebSocket client = RawWebSocket.open(gateway, "/jobs/x")) {
            List<String> events =
                    List.of(client.json().toString(), client.json().toString());
            assertThat(events).contains("{\"event\":\"gone\",\"jobId\":\"x\",\"reason\":\"unknown\"}");
            client.isAlive();
        }
    }

    @Test
    void aFrameThatComesWithTheHandshakeIsRead() {
        try (RawConnection connection = new RawConnection(gateway)) {
            String ping =
                    new String(RawWebSocket.frame(0x89, new byte[0]), java.nio.charset.StandardCharsets.ISO_8859_1);
            assertThat(connection.exchange(HANDSHAKE + ping).status()).isEqualTo(101);
            assertThat(connection.read(2)).containsExactly(0x8A, 0);
        }
        Mistake.of("next", request("GET", "/ws"), 426).checkOn(gateway);
    }

    private static String protocolFor(String offered) {
        try (RawConnection connection = new RawConnection(gateway)) {
            Answer answer = connection.exchange(RawWebSocket.handshake("/ws", "Sec-WebSocket-Protocol: " + offered));
            assertThat(answer.status()).isEqualTo(101);
            return answer.header("Sec-WebSocket-Protocol");
        }
    }
}
