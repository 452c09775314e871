package dev.ringback.worker;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.loadtest.client.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gateways with the same settings, each of which comes back where it was. For one thread. */
final class GatewayFleet implements AutoCloseable {
    private final List<Target> targets = new ArrayList<>();
    private final List<GatewayProcess> gateways = new ArrayList<>();
    private final String[] settings;

    private GatewayFleet(String[] settings) {
        this.settings = settings;
    }

    static GatewayFleet start(int count, String... settings) {
        GatewayFleet fleet = new GatewayFleet(settings);
        for (int i = 0; i < count; i++) {
            int port = RedisProcess.freePort();
            fleet.gateways.add(fleet.start(port));
            fleet.targets.add(new Target("127.0.0.1", port));
        }
        return fleet;
    }

    private GatewayProcess start(int port) {
        String[] all = Arrays.copyOf(settings, settings.length + 1);
        all[settings.length] = "listen.port=" + port;
        return GatewayProcess.start(all);
    }

    List<Target> targets() {
        return List.copyOf(targets);
    }

    /** Ends one as a power cut does, and starts it again. */
    void killAndRestart(int index) {
        gateways.get(index).kill();
        gateways.get(index).close();
        gateways.set(index, start(targets.get(index).port()));
    }

    @Override
    public void close() {
        gateways.forEach(GatewayProcess::close);
    }
}
