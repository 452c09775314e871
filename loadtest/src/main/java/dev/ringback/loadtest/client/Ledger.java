package dev.ringback.loadtest.client;

import dev.ringback.loadtest.check.Write;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Everything that a run's workers wrote, one line for each try. For any thread. */
public final class Ledger {
    private final Queue<Write> writes = new ConcurrentLinkedQueue<>();

    void add(Write write) {
        writes.add(write);
    }

    public List<Write> writes() {
        return List.copyOf(writes);
    }
}
