package dev.ringback.loadtest.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.ringback.loadtest.client.FakeGateway;
import dev.ringback.loadtest.client.WireException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

class RawSocketTest {
    @Test
    void whatComesBehindTheWordIsForTheNextReading() throws Exception {
        try (FakeGateway server = new FakeGateway();
                RawSocket socket = new RawSocket(server.target())) {
            server.accept().send("HTTP/1.1 101 Switching\r\n\r\n{\"event\":\"status\"}{\"error\":1}");
            assertThat(socket.readUntil("101 ")).isEqualTo("HTTP/1.1 101 ");
            assertThat(socket.readUntil("\"error\"", "status")).endsWith("status");
            assertThat(socket.readUntil("\"error\"")).isEqualTo("\"}{\"error\"");
        }
    }

    @Test
    void aServerThatEndsTheConnectionInsteadIsWrong() throws Exception {
        try (FakeGateway server = new FakeGateway();
                RawSocket socket = new RawSocket(server.target())) {
            server.accept().send("HTTP/1.1 500 ").close();
            assertThatExceptionOfType(WireException.class)
                    .isThrownBy(() -> socket.readUntil("200 OK"))
                    .withMessageContaining("\"200 OK\" did not come, but: HTTP/1.1 500");
        }
    }

    @Test
    void aResetIsSeenAsOneAndIsAnEnd() throws Exception {
        try (FakeGateway server = new FakeGateway();
                RawSocket first = new RawSocket(server.target());
                RawSocket second = new RawSocket(server.target())) {
            FakeGateway.Connection seen = server.accept();
            first.reset();
            assertThatIOException().isThrownBy(seen::request).isInstanceOf(SocketException.class);
            server.accept().reset();
            second.readToEnd();
        }
    }
}
