package dev.ringback.loadtest.recovery;

import dev.ringback.loadtest.client.AdminMetrics;
import dev.ringback.loadtest.recovery.Recovery.Memory;
import dev.ringback.loadtest.server.LoadedServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Asks a gateway for its memory again and again, on a thread of its own, because an answer may take long while it is stormed. */
final class MemoryWatch implements AutoCloseable {
    private static final int PAUSE_MILLIS = 200;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final List<Memory> memories = new CopyOnWriteArrayList<>();
    private final long startNanos;
    private volatile LoadedServer server;

    MemoryWatch(LoadedServer server, long startNanos) {
        this.server = server;
        this.startNanos = startNanos;
        var unused = thread.scheduleWithFixedDelay(this::look, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    void goOnWith(LoadedServer next) {
        server = next;
    }

    private void look() {
        LoadedServer present = server;
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        long resident = present.residentBytes();
        try {
            String metrics = present.metrics();
            long heap = (long) AdminMetrics.find(metrics, "ringback_heap_used_bytes");
            long direct = (long) AdminMetrics.find(metrics, "ringback_direct_used_bytes");
            memories.add(new Memory(seconds, heap, direct, resident));
        } catch (IOException e) {
            memories.add(new Memory(seconds, -1, -1, resident));
        }
    }

    List<Memory> memories() {
        return List.copyOf(memories);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
