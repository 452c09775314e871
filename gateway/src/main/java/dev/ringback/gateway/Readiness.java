package dev.ringback.gateway;

import dev.ringback.gateway.config.ReadinessConfig;
import dev.ringback.gateway.config.ReadinessConfig.OnRelayLoss;
import dev.ringback.gateway.http.AdminRouter;
import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.relay.RelayCanary;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What {@code /readyz} says: whether this gateway should get new clients, and if not, or not quite, why. */
final class Readiness implements AdminRouter.Probe {
    private final ReadinessConfig config;
    private final Backend backend;
    private final Hub hub;
    private volatile String life = "starting";

    Readiness(ReadinessConfig config, Backend backend, Hub hub) {
        this.config = config;
        this.backend = backend;
        this.hub = hub;
    }

    void serving() {
        life = "";
    }

    void draining() {
        life = "draining";
    }

    @Override
    public List<String> failures() {
        List<String> failures = new ArrayList<>();
        if (!life.isEmpty()) {
            failures.add(life);
        }
        String outage = backend.store().outage();
        if (outage != null) {
            failures.add("store: " + outage);
        }
        if (config.onRelayLoss() == OnRelayLoss.FAIL) {
            failures.addAll(relayLosses());
        }
        return failures;
    }

    @Override
    public List<String> warnings() {
        return config.onRelayLoss() == OnRelayLoss.DEGRADE ? relayLosses() : List.of();
    }

    private List<String> relayLosses() {
        List<String> losses = new ArrayList<>();
        for (int i = 0; i < hub.shards().size(); i++) {
            if (!hub.shards().get(i).isConnected()) {
                losses.add("relay: shard " + i + " is not connected");
            }
        }
        backend.canaries().stream()
                .map(RelayCanary::silence)
                .filter(Objects::nonNull)
                .forEach(silence -> losses.add("relay: " + silence));
        return losses;
    }

    /** For {@code /readyz?verbose}: a line for each shard. */
    List<String> shards() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < hub.shards().size(); i++) {
            String canary = backend.canaries().isEmpty()
                    ? "in this process"
                    : "canary heard " + backend.canaries().get(i).ageMillis() + " ms ago";
            boolean connected = hub.shards().get(i).isConnected();
            lines.add("relay shard " + i + ": " + (connected ? "connected, " : "not connected, ") + canary);
        }
        return lines;
    }
}
