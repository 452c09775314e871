package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where nobody has to say who they are, no page of another site may speak for an operator's browser. */
class OperatorsPortTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("admin.names=[ops.example]", "cors.origins=*", "websocket.origins=*");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, localhost:8081, , 200",
        "GET, /, 127.0.0.1, , 200",
        "GET, /, '[::1]:8081', , 200",
        "GET, /, OPS.example:8081, , 200",
        "GET, /, evil.example:8081, , 421",
        "GET, /config, evil.example, , 421",
        "GET, /loglevel, evil.example, , 421",
        "GET, /webhooks/deliveries, evil.example, , 421",
        "GET, /webhooks/deliveries, 127.0.0.1.evil.example, , 421",
        "DELETE, /webhooks/deliveries?status=dead, evil.example, http://evil.example, 421",
        "GET, /livez, gateway-3.internal:8081, , 200",
        "GET, /readyz, gateway-3.internal, , 200",
        "GET, /metrics, gateway-3.internal, , 200",
        "POST, /webhooks/deliveries/redeliver, 127.0.0.1:8081, https://app.example, 403",
        "POST, /webhooks/deliveries/redeliver, 127.0.0.1:8081, null, 403",
        "POST, /webhooks/deliveries/redeliver, 127.0.0.1:8081, http://127.0.0.1:8081, 202",
        "PUT, /loglevel, 127.0.0.1:8081, https://app.example, 403",
        "POST, /webhooks/deliveries/redeliver, 127.0.0.1:8081, , 202"
    })
    void onlyItsOwnPageAndProgramsMayAsk(String method, String path, String host, String origin, int status) {
        try (RawConnection connection =
                new RawConnection(gateway.gateway().adminAddress().getPort())) {
            String from = origin == null ? "" : "Origin: " + origin + "\r\n";
            connection.send(
                    method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + from + "Content-Length: 0\r\n\r\n");
            assertThat(connection.answer().status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/webhooks, localhost:8080, 200",
        "/webhooks/secret, '[::1]', 200",
        "/webhooks, ops.example, 200",
        "/webhooks, evil.example:8080, 421",
        "/webhooks/secret, evil.example, 421",
        "/webhooks/deliveries, evil.example, 421",
        "/jobs, evil.example, 200"
    })
    void withoutTokensNoPageWhoseNamePointsHereLearnsOfWebhooks(String path, String host, int status) {
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertThat(connection.answer().status()).isEqualTo(status);
        }
    }
}
