package dev.ringback.gateway.store;

import dev.ringback.gateway.loop.Loop;
import java.util.List;

/** Opens memory stores for tests of other packages. */
public final class MemoryStores {
    private MemoryStores() {}

    /**
     * A store with all jobs on one loop.
     *
     * @param endsOnce false for one that lets a job that has ended be moved, as no store may
     */
    public static MemoryJobStore on(Loop loop, MemoryJobStore.Parts parts, boolean endsOnce) {
        return new MemoryJobStore(List.of(loop), id -> 0, parts, endsOnce);
    }
}
