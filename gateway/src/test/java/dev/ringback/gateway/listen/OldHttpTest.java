package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.listen.TransportTest.Answer;
import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** HTTP/1.0, of whose several lengths Netty takes the first. */
class OldHttpTest {
    @Test
    void nothingIsReadBehindTheBodyOfAnOldRequest() throws IOException {
        try (TestGateway gateway = TestGateway.start();
                Wire wire = new Wire(gateway)) {
            String hidden = "GET /jobs/hidden HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
            wire.send("POST /jobs HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 0\r\nContent-Length: "
                    + hidden.length() + "\r\n\r\n" + hidden);
            Answer only = wire.answer();
            assertThat(only.status()).isBetween(400, 499);
            assertThat(only.header("Connection")).isEqualTo("close");
            assertThat(wire.isClosed()).isTrue();
            assertThat(Wire.metric(gateway, "ringback_requests_total")).isEqualTo(1);
        }
    }
}
