package dev.ringback.loadtest.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.server.LoadedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Looks at this very process, with metrics that the test makes up. */
class InventoryTest {
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer admin;
    /** Somebody waits until the metrics have been asked for so often. */
    private int busyUntil;

    @BeforeEach
    void listen() throws IOException {
        admin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        admin.createContext("/metrics", exchange -> {
            int waiting = asked.incrementAndGet() < busyUntil ? 3 : 0;
            byte[] text = metrics(waiting).getBytes(UTF_8);
            exchange.getResponseHeaders().add("Connection", "close");
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        admin.start();
    }

    @AfterEach
    void close() {
        admin.stop(0);
    }

    @Test
    void theCountsAreTakenWhenTheyAreWhatTheyWere() throws Exception {
        Inventory inventory = inventory();
        busyUntil = 5;
        Holding first = inventory.take(null, 10);
        assertThat(asked).hasValueGreaterThan(5);
        assertThat(first.counts())
                .containsEntry("waits by sse", 0L)
                .containsEntry("topics", 0L)
                .doesNotContainKey("Redis subscriptions");
        assertThat(first.counts().get("open files")).isGreaterThan(10);
        assertThat(first.heapBytes()).isEqualTo(14_000_000);
        assertThat(first.connections()).isEqualTo(77);

        busyUntil = asked.get() + 5;
        Holding second = inventory.take(first, 20);
        assertThat(second.counts()).containsEntry("waits by sse", 0L).containsEntry("topics", 0L);
        assertThat(second.visits()).isEqualTo(20);
        assertThat(second.atSeconds()).isGreaterThan(first.atSeconds());
    }

    private Inventory inventory() {
        Target target = new Target("127.0.0.1", admin.getAddress().getPort());
        return new Inventory(LoadedServer.at(target, ProcessHandle.current().pid(), target), null);
    }

    private static String metrics(int waiting) {
        return """
                ringback_waiting{transport="long_poll"} 0.0
                ringback_waiting{transport="sse"} %1$d.0
                ringback_waiting{transport="websocket"} 0.0
                ringback_topics %1$d.0
                ringback_topic_reads_waiting 0.0
                ringback_cached_bytes 0.0
                ringback_result_uploads_under_way 0.0
                ringback_connections 0.0
                ringback_connections_accepted_total 77.0
                ringback_heap_used_bytes 1.4E7
                ringback_direct_used_bytes 500000.0
                """.formatted(waiting);
    }
}
