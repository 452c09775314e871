package dev.ringback.gateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A gateway in its own process does what the tests that kill and freeze it rely on. */
class GatewayProcessIT {
    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<String> get(GatewayProcess gateway, Duration timeout) throws Exception {
        return client.send(
                HttpRequest.newBuilder(gateway.http("/jobs/1")).timeout(timeout).build(), BodyHandlers.ofString());
    }

    @Test
    void frozenGatewayAnswersOnceItRunsAgainAndDrainsWhenTold() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start("store.kind=memory")) {
            assertThat(get(gateway, Duration.ofSeconds(10)).statusCode()).isEqualTo(404);
            assertThat(gateway.readiness().statusCode()).isEqualTo(200);
            assertThat(gateway.metric("ringback_requests_total")).isPositive();

            gateway.freeze();
            assertThatThrownBy(() -> get(gateway, Duration.ofMillis(200))).isInstanceOf(HttpTimeoutException.class);
            gateway.thaw();
            assertThat(get(gateway, Duration.ofSeconds(10)).statusCode()).isEqualTo(404);

            gateway.terminate();
            assertThat(gateway.awaitExit()).isZero();
            assertThat(gateway.output()).contains("draining", "stopped");
        }
    }

    @Test
    void killedGatewayIsGoneAtOnce() {
        try (GatewayProcess gateway = GatewayProcess.start()) {
            gateway.kill();
            assertThat(gateway.isAlive()).isFalse();
            assertThatThrownBy(() -> get(gateway, Duration.ofSeconds(10))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void gatewayThatDoesNotStartSaysWhy() {
        assertThatThrownBy(() -> GatewayProcess.start("listen.prot=1"))
                .hasStackTraceContaining("did not start")
                .hasStackTraceContaining("listen.port");
    }

    @Test
    void gatewayThatEndsByItselfFailsTheTest() {
        GatewayProcess gateway = GatewayProcess.start();
        ProcessHandle.of(gateway.pid()).ifPresent(ProcessHandle::destroyForcibly);
        await().until(() -> !gateway.isAlive());
        assertThatThrownBy(gateway::close).hasMessageContaining("ended by itself");
    }
}
