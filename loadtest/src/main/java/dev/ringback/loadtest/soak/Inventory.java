package dev.ringback.loadtest.soak;

import dev.ringback.loadtest.client.AdminMetrics;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.client.Transport;
import dev.ringback.loadtest.client.WireException;
import dev.ringback.loadtest.memory.JvmProcess;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.ProcessFigures;
import dev.ringback.loadtest.server.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what a gateway holds: by its metrics, by Linux, and by Redis, which none of them is asked to believe. For one thread. */
final class Inventory {
    private static final String FILES = "open files";
    private static final String ACCEPTED = "ringback_connections_accepted_total";
    private static final String HEAP = "ringback_heap_used_bytes";
    private static final String DIRECT = "ringback_direct_used_bytes";
    /** Longer than anything that the soak's settings let outlive its client. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Nobody has come for so long when the first counts are taken. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    private final LoadedServer server;
    private final @Nullable RedisServer redis;
    private final long startNanos = System.nanoTime();

    /** @param redis that the gateway uses and nobody else; null where it uses none */
    Inventory(LoadedServer server, @Nullable RedisServer redis) {
        this.server = server;
        this.redis = redis;
    }

    /** What must be nothing once everyone has left and the linger is over. */
    private static Map<String, String> gauges() {
        Map<String, String> gauges = new LinkedHashMap<>();
        for (Transport transport : Transport.values()) {
            gauges.put("waits by " + transport.spelling(), transport.waitingGauge());
        }
        gauges.put("topics", "ringback_topics");
        gauges.put("reads waiting", "ringback_topic_reads_waiting");
        gauges.put("cached bytes", "ringback_cached_bytes");
        gauges.put("uploads under way", "ringback_result_uploads_under_way");
        gauges.put("connections", "ringback_connections");
        return gauges;
    }

    private Map<String, Long> counts() throws IOException {
        // First, because asking for the others opens a connection.
        long files = ProcessFigures.openFiles(server.pid());
        String metrics = server.metrics();
        Map<String, Long> counts = new LinkedHashMap<>();
        for (Map.Entry<String, String> gauge : gauges().entrySet()) {
            counts.put(gauge.getKey(), (long) AdminMetrics.find(metrics, gauge.getValue()));
        }
        counts.put(FILES, files);
        if (redis != null) {
            counts.put("Redis subscriptions", redis.count("PUBSUB CHANNELS"));
            counts.put("Redis subscriptions of jobs", redis.count("PUBSUB CHANNELS job:*"));
            counts.put("Redis pattern subscriptions", redis.count("PUBSUB NUMPAT"));
        }
        return counts;
    }

    private static boolean isNobodyThere(Map<String, Long> counts) {
        return gauges().keySet().stream().allMatch(name -> counts.getOrDefault(name, 0L) == 0);
    }

    /**
     * Waits until the counts are as they were before, or until waiting has no use any more, and takes them with the memory.
     *
     * @param before null for the first time: then for nobody there, and nothing moving
     */
    Holding take(@Nullable Holding before, long visits) throws IOException, InterruptedException {
        Map<String, Long> expected = before == null ? quiet() : before.counts();
        Poll.until(PATIENCE, () -> counts().equals(expected));
        JvmProcess.of(server.pid()).collectGarbage();
        String metrics = server.metrics();
        long heap = (long) AdminMetrics.find(metrics, HEAP);
        long direct = (long) AdminMetrics.find(metrics, DIRECT);
        long accepted = (long) AdminMetrics.find(metrics, ACCEPTED);
        // Asking has opened a connection, which the server may still be closing.
        Poll.until(QUIET, () -> counts().equals(expected));
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        return new Holding(seconds, visits, accepted, counts(), heap, direct, server.residentBytes());
    }

    private Map<String, Long> quiet() throws IOException, InterruptedException {
        if (!Poll.until(PATIENCE, () -> isNobodyThere(counts()))) {
            throw new WireException("the gateway does not come to rest: " + counts());
        }
        // Looked at from outside for the first time, a JVM opens what it keeps open.
        JvmProcess.of(server.pid()).collectGarbage();
        long start = System.nanoTime();
        Map<String, Long> last = counts();
        long sinceNanos = start;
        while (System.nanoTime() - sinceNanos < QUIET.toNanos() && System.nanoTime() - start < PATIENCE.toNanos()) {
            Poll.pass(QUIET.dividedBy(10));
            Map<String, Long> now = counts();
            sinceNanos = now.equals(last) ? sinceNanos : System.nanoTime();
            last = now;
        }
        return last;
    }
}
