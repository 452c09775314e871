package dev.ringback.gateway.results;

import dev.ringback.gateway.config.ResultsConfig;
import java.util.concurrent.atomic.AtomicInteger;

/** The store of results, and what bounds and counts its use. */
public final class Results {
    private final ResultStore store;
    private final ResultsConfig config;
    private final ResultCounters counters = new ResultCounters();
    private final AtomicInteger uploads = new AtomicInteger();

    public Results(ResultStore store, ResultsConfig config) {
        this.store = store;
        this.config = config;
    }

    public ResultStore store() {
        return store;
    }

    public ResultsConfig config() {
        return config;
    }

    public ResultCounters counters() {
        return counters;
    }

    /** Takes one of {@code results.uploads}; false where all are taken. */
    public boolean beginUpload() {
        if (uploads.incrementAndGet() <= config.uploads()) {
            return true;
        }
        uploads.decrementAndGet();
        return false;
    }

    /** Gives it back. */
    public void endUpload() {
        uploads.decrementAndGet();
    }

    /** Uploads under way. */
    public int uploads() {
        return uploads.get();
    }
}
