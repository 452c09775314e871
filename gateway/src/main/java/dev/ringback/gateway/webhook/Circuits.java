package dev.ringback.gateway.webhook;

import dev.ringback.gateway.config.WebhookConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is known of the destinations, also between two claims; those that were asked for longest ago are forgotten. Confined to the loop. */
final class Circuits {
    private static final int MOST = 20_000;

    private final WebhookConfig config;
    private final Map<String, Circuit> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Circuit> eldest) {
            return size() > MOST;
        }
    };

    Circuits(WebhookConfig config) {
        this.config = config;
    }

    Circuit of(String destination) {
        Circuit circuit = known.get(destination);
        return circuit == null ? anew(destination) : circuit;
    }

    /** One of which nothing is known: what is called there is something else now. */
    Circuit anew(String destination) {
        Circuit circuit = new Circuit(config);
        known.put(destination, circuit);
        return circuit;
    }
}
