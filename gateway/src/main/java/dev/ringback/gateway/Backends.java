package dev.ringback.gateway;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.loop.NettyLoop;
import dev.ringback.gateway.relay.MemoryRelay;
import dev.ringback.gateway.store.MemoryJobStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Opens the backend that {@code store.kind} names. */
final class Backends {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Backends() {}

    static Backend open(GatewayConfig config, Backend.Site site) throws StartException {
        return switch (config.store().kind()) {
            case MEMORY -> memory(config, site.shardLoops());
            case REDIS -> throw new StartException("redis");
            case FILE -> throw new StartException("store.kind = file is not available yet");
        };
    }

    private static Backend memory(GatewayConfig config, List<NettyLoop> shardLoops) {
        List<MemoryRelay> relays = shardLoops.stream().map(MemoryRelay::new).toList();
        MemoryJobStore store = new MemoryJobStore(
                shardLoops,
                id -> Hub.shardOf(id, shardLoops.size()),
                new MemoryJobStore.Parts(
                        config,
                        Clock.systemUTC(),
                        Backends::incarnation,
                        (shard, event) -> relays.get(shard).publish(event)));
        return new Backend(store, relays, CompletableFuture.completedFuture(null), List.of(), store::close);
    }

    /** Eight random digits of base 36: another life of the same id has the same name once in a trillion times. */
    private static String incarnation() {
        long space = 36L * 36 * 36 * 36 * 36 * 36 * 36 * 36;
        String digits = Long.toString(RANDOM.nextLong(space), 36);
        return "0".repeat(8 - digits.length()) + digits;
    }
}
