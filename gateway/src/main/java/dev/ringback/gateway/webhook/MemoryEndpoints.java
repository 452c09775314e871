package dev.ringback.gateway.webhook;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Endpoints that are kept in this process; the outbox wants what they do. Confined to one loop. */
final class MemoryEndpoints {
    private final Map<String, WebhookEndpoint> byId = new LinkedHashMap<>();
    /** What is due at these waits: as removed ones they would let it die. */
    private final Set<String> unreadable = new HashSet<>();

    private final MemoryOutbox outbox;

    MemoryEndpoints(MemoryOutbox outbox) {
        this.outbox = outbox;
    }

    List<WebhookEndpoint> all() {
        return List.copyOf(byId.values());
    }

    @Nullable WebhookEndpoint find(String id) {
        return byId.get(id);
    }

    void load(WebhookEndpoint endpoint) {
        byId.put(endpoint.id(), endpoint);
        outbox.want(byId.values());
    }

    void loadUnreadable(String id) {
        unreadable.add(id);
    }

    boolean isUnreadable(String id) {
        return unreadable.contains(id);
    }

    /** Whether it follows on what is there; only then it is put. */
    boolean put(WebhookEndpoint endpoint) {
        WebhookEndpoint present = byId.get(endpoint.id());
        if (endpoint.revision() != (present == null ? 1 : present.revision() + 1)) {
            return false;
        }
        load(endpoint);
        return true;
    }

    /** Whether it was there. */
    boolean remove(String id) {
        boolean wasThere = byId.remove(id) != null;
        outbox.want(byId.values());
        return unreadable.remove(id) || wasThere;
    }
}
