package dev.ringback.gateway.stream;

import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The jobs that one WebSocket follows. Most follow one, which costs no map. */
final class Subscriptions {
    /** One followed job. */
    static final class Subscription {
        final JobId id;
        final @Nullable Cursor after;
        /** False until the first answer; events before it belong to an earlier subscription of the same job. */
        boolean answered;

        /** The version that the client was told last. */
        long toldVersion;

        /** Whether a whole heartbeat passed since it was made. */
        boolean late;

        boolean absent;
        long absentSinceNanos;
        /** The newest state that could not be sent yet. */
        @Nullable JobEvent kept;

        boolean keptReset;

        Subscription(JobId id, @Nullable Cursor after) {
            this.id = id;
            this.after = after;
        }
    }

    private @Nullable Subscription single;
    private Map<JobId, Subscription> many = Map.of();

    int size() {
        return single != null ? 1 : many.size();
    }

    @Nullable Subscription get(JobId id) {
        if (single != null) {
            return single.id.equals(id) ? single : null;
        }
        return many.get(id);
    }

    void add(Subscription subscription) {
        if (size() == 0) {
            many = Map.of();
            single = subscription;
            return;
        }
        if (single != null) {
            many = new HashMap<>();
            many.put(single.id, single);
            single = null;
        }
        many.put(subscription.id, subscription);
    }

    @Nullable Subscription remove(JobId id) {
        Subscription only = single;
        if (only == null) {
            return many.isEmpty() ? null : many.remove(id);
        }
        if (!only.id.equals(id)) {
            return null;
        }
        single = null;
        many = Map.of();
        return only;
    }

    /** A copy, so that the caller may remove while it goes through it. */
    List<Subscription> all() {
        return single != null ? List.of(single) : new ArrayList<>(many.values());
    }
}
