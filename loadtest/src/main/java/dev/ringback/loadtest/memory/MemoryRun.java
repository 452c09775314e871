package dev.ringback.loadtest.memory;

import dev.ringback.loadtest.client.AdminMetrics;
import dev.ringback.loadtest.client.LoadJobs;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.memory.MemoryReport.Round;
import java.io.IOException;
import java.time.Duration;

/** Takes the readings, each once everyone really waits. */
final class MemoryRun {
    private static final String HEAP_USED = "ringback_heap_used_bytes";
    private static final String DIRECT_USED = "ringback_direct_used_bytes";
    /** Jobs that the gateway still keeps ready, although nobody waits for them any more. */
    private static final String TOPICS = "ringback_topics";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final JvmProcess gateway;
    private final AdminMetrics metrics;
    private final LoadJobs jobs;

    MemoryRun(JvmProcess gateway, AdminMetrics metrics, LoadJobs jobs) {
        this.gateway = gateway;
        this.metrics = metrics;
        this.jobs = jobs;
    }

    /** Measures with few connections and with many, and leaves none. */
    Round round(WaitingCrowd crowd, int few, int many) throws IOException, InterruptedException {
        awaitNobody(crowd);
        Reading foot = read(crowd, few);
        Reading top = read(crowd, many);
        crowd.leave();
        return new Round(foot, top);
    }

    private void awaitNobody(WaitingCrowd crowd) throws IOException, InterruptedException {
        String gauge = crowd.transport().waitingGauge();
        if (!Poll.until(PATIENCE, () -> metrics.read(gauge) == 0 && metrics.read(TOPICS) == 0)) {
            throw new IOException("others wait at this gateway: " + gauge + " or " + TOPICS + " stays above 0");
        }
    }

    private Reading read(WaitingCrowd crowd, int connections) throws IOException, InterruptedException {
        String gauge = crowd.transport().waitingGauge();
        crowd.growTo(connections, jobs);
        if (!Poll.until(PATIENCE, () -> crowd.isParked() && metrics.read(gauge) == connections)) {
            throw new IOException("not all of " + connections + " connections came to wait; " + gauge + " is "
                    + (long) metrics.read(gauge));
        }
        gateway.collectGarbage();
        long heap = (long) metrics.read(HEAP_USED);
        long heapInfo = gateway.heapInfoBytes();
        String mappings = gateway.mappings();
        crowd.isParked();
        return new Reading(
                connections,
                heap,
                heapInfo,
                JvmProcess.mappedBytes(mappings, "Rss"),
                JvmProcess.mappedBytes(mappings, "Pss"),
                metrics.readIfThere(DIRECT_USED));
    }
}
