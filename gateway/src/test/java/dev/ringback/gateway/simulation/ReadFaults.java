package dev.ringback.gateway.simulation;

import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreException.Kind;

/** Lets some reads fail at the server for a while: it is loading, or a record is not readable. */
final class ReadFaults {
    private final SeededScheduler scheduler;
    private final Figures figures;
    private int failing;

    ReadFaults(SeededScheduler scheduler, Figures figures) {
        this.scheduler = scheduler;
        this.figures = figures;
    }

    void fail(long nanos) {
        failing++;
        scheduler.after(nanos, () -> failing--);
    }

    /** What the next read fails with; null where it does not. */
    StoreException next() {
        if (failing == 0 || scheduler.random().nextBoolean()) {
            return null;
        }
        figures.count("wire: reads failed");
        return new StoreException(scheduler.random().nextInt(4) == 0 ? Kind.CORRUPT : Kind.UNAVAILABLE, "simulated");
    }
}
