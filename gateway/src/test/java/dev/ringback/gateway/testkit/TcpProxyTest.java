package dev.ringback.gateway.testkit;

import static dev.ringback.gateway.testkit.TcpProxy.Direction.FROM_UPSTREAM;
import static dev.ringback.gateway.testkit.TcpProxy.Direction.TO_UPSTREAM;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each fault of the proxy, seen by plain sockets on its two sides. */
class TcpProxyTest {
    private static final int TIMEOUT_MILLIS = 5_000;
    /** Long enough that bytes which are on their way would have come. */
    private static final int SILENCE_MILLIS = 100;

    private ServerSocket upstream;
    private TcpProxy proxy;

    @BeforeEach
    void open() throws IOException {
        upstream = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        upstream.setSoTimeout(TIMEOUT_MILLIS);
        proxy = TcpProxy.to(upstream.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        upstream.close();
    }

    /** The two ends of one connection through the proxy. */
    private record Ends(Socket client, Socket server) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    private Ends connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        client.setSoTimeout(TIMEOUT_MILLIS);
        Socket server = upstream.accept();
        server.setSoTimeout(TIMEOUT_MILLIS);
        await().until(() -> proxy.existing(port -> port == server.getPort()).size() == 1);
        return new Ends(client, server);
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static String receive(Socket socket, int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), US_ASCII);
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(TIMEOUT_MILLIS);
    }

    private static void assertReset(Socket socket) {
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    @Test
    void bytesAndEndsPassInBothDirectionsAndAreCounted() throws IOException {
        try (Ends ends = connect()) {
            send(ends.client, "hello");
            assertThat(receive(ends.server, 5)).isEqualTo("hello");
            ends.client.shutdownOutput();
            assertThat(ends.server.getInputStream().read()).isEqualTo(-1);
            send(ends.server, "bye");
            ends.server.close();
            assertThat(new String(ends.client.getInputStream().readAllBytes(), US_ASCII))
                    .isEqualTo("bye");
        }
        await().until(() -> proxy.open() == 0);
        assertThat(proxy.accepted()).isEqualTo(1);
        assertThat(proxy.passed(TO_UPSTREAM)).isEqualTo(5);
        assertThat(proxy.passed(FROM_UPSTREAM)).isEqualTo(3);
    }

    @Test
    void delayedBytesComeLateAndInTheirOrder() throws IOException {
        try (Ends ends = connect()) {
            proxy.existing().delay(Duration.ofMillis(150), Duration.ofMillis(100), TO_UPSTREAM);
            long began = System.nanoTime();
            for (char c = 'a'; c <= 'z'; c++) {
                send(ends.client, String.valueOf(c));
            }
            assertThat(receive(ends.server, 26)).isEqualTo("abcdefghijklmnopqrstuvwxyz");
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(150));
        }
    }

    @Test
    void jitterDelaysDifferently() throws IOException {
        try (Ends ends = connect()) {
            proxy.existing().delay(Duration.ZERO, Duration.ofMillis(40), FROM_UPSTREAM);
            long least = Long.MAX_VALUE;
            long most = 0;
            for (int i = 0; i < 20; i++) {
                long began = System.nanoTime();
                send(ends.server, "x");
                assertThat(receive(ends.client, 1)).isEqualTo("x");
                least = Math.min(least, System.nanoTime() - began);
                most = Math.max(most, System.nanoTime() - began);
            }
            assertThat(most - least).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Test
    void blackHoleOfOneDirectionTakesBytesAndEndsAndLeavesTheOtherAlone() throws IOException {
        try (Ends ends = connect()) {
            proxy.existing().blackhole(FROM_UPSTREAM);
            send(ends.server, "lost");
            assertSilent(ends.client);
            send(ends.client, "heard");
            assertThat(receive(ends.server, 5)).isEqualTo("heard");
            ends.server.close();
            assertSilent(ends.client);
            assertThat(proxy.vanished(FROM_UPSTREAM)).isEqualTo(4);
        }
    }

    @Test
    void blackHoleOfBothDirectionsTakesAnyAmount() throws Exception {
        try (Ends ends = connect()) {
            proxy.existing().blackhole();
            CompletableFuture<Void> written = CompletableFuture.runAsync(() -> {
                try {
                    ends.client.getOutputStream().write(new byte[8 << 20]);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            written.get(5, TimeUnit.SECONDS);
            send(ends.server, "lost");
            assertSilent(ends.client);
            assertSilent(ends.server);
            await().until(() -> proxy.vanished(TO_UPSTREAM) == 8 << 20);
        }
    }

    @Test
    void heldBytesPushBackAndFlowWhenReleased() throws Exception {
        try (Ends ends = connect()) {
            proxy.existing().hold(FROM_UPSTREAM);
            int bytes = 16 << 20;
            CompletableFuture<Void> written = CompletableFuture.runAsync(() -> {
                try {
                    ends.server.getOutputStream().write(new byte[bytes]);
                    ends.server.close();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertSilent(ends.client);
            assertThat(written).as("the proxy holds a bounded amount").isNotDone();
            proxy.existing().release(FROM_UPSTREAM);
            assertThat(ends.client.getInputStream().readAllBytes()).hasSize(bytes);
            written.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void resetIsHeardOnBothSides() throws IOException {
        try (Ends ends = connect()) {
            proxy.resetAll();
            assertReset(ends.client);
            assertReset(ends.server);
            assertThat(proxy.open()).isZero();
        }
    }

    @Test
    void resetByOneSideIsPassedOn() throws IOException {
        try (Ends ends = connect()) {
            ends.server.setSoLinger(true, 0);
            ends.server.close();
            assertReset(ends.client);
        }
    }

    @Test
    void onlyTheChosenConnectionsAreConcerned() throws IOException {
        try (Ends first = connect();
                Ends second = connect()) {
            proxy.existing(port -> port == first.server.getPort()).reset();
            assertReset(first.client);
            send(second.client, "fine");
            assertThat(receive(second.server, 4)).isEqualTo("fine");
        }
    }

    @Test
    void faultsOfExistingAndComingConnectionsAreApart() throws IOException {
        Ends before = connect();
        proxy.coming().hold();
        Ends after = connect();
        try (before;
                after) {
            send(before.client, "fine");
            assertThat(receive(before.server, 4)).isEqualTo("fine");
            send(after.client, "late");
            assertSilent(after.server);
            proxy.existing().release();
            assertThat(receive(after.server, 4)).isEqualTo("late");
        }
        try (Ends held = connect()) {
            send(held.client, "late");
            assertSilent(held.server);
            proxy.all().release();
            assertThat(receive(held.server, 4)).isEqualTo("late");
        }
    }

    @Test
    void nextConnectionsAreRefused() throws IOException {
        proxy.refuse(2);
        for (int i = 0; i < 2; i++) {
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
                client.setSoTimeout(TIMEOUT_MILLIS);
                assertReset(client);
            }
        }
        connect().close();
        assertThat(proxy.refused()).isEqualTo(2);

        proxy.refuseAll();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            client.setSoTimeout(TIMEOUT_MILLIS);
            assertReset(client);
        }
        proxy.acceptAll();
        connect().close();
    }

    @Test
    void connectionsAreRefusedWhileTheUpstreamIsAway() throws IOException {
        upstream.close();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            client.setSoTimeout(TIMEOUT_MILLIS);
            assertReset(client);
        }
        assertThat(proxy.refused()).isEqualTo(1);
    }

    @Test
    void connectionsToComeGoToTheNewUpstream() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Ends before = connect()) {
            proxy.retarget(other.getLocalPort());
            other.setSoTimeout(TIMEOUT_MILLIS);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
                    Socket server = other.accept()) {
                send(client, "new");
                assertThat(receive(server, 3)).isEqualTo("new");
            }
            send(before.client, "old");
            assertThat(receive(before.server, 3)).isEqualTo("old");
        }
    }
}
