package dev.ringback.gateway;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.config.ResultsConfig;
import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.gateway.results.DirectoryResultStore;
import dev.ringback.gateway.results.MemoryResultStore;
import dev.ringback.gateway.results.RedisResultStore;
import dev.ringback.gateway.results.ResultStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Opens the store of results that {@code results.kind} names. */
final class ResultStores {
    /** More than the longest pause between two pieces of an upload that is not broken off. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private ResultStores() {}

    /**
     * Opens it. Blocks for a directory; not for event loops.
     *
     * @param shards the clients of a store in Redis, in the order of the shards; empty for other stores
     * @throws StartException where the directory can't be used
     */
    static ResultStore open(GatewayConfig config, Backend.Site site, List<RedisShardClient> shards)
            throws StartException {
        int count = site.shardLoops().size();
        Duration unsealedLife = config.limits().bodyTimeout().plus(PAUSE);
        return switch (config.results().resolveKind(config.store().kind())) {
            case REDIS -> new RedisResultStore(shards, id -> Hub.shardOf(id, count), unsealedLife);
            case DIRECTORY -> directory(Path.of(path(config)), unsealedLife);
            default ->
                new MemoryResultStore(
                        site.shardLoops(),
                        id -> Hub.shardOf(id, count),
                        new MemoryResultStore.Bounds(config.results().memoryBytes(), unsealedLife),
                        Clock.systemUTC());
        };
    }

    /** Beside the file of jobs, where nothing else is said. */
    private static String path(GatewayConfig config) {
        boolean beside = config.results().kind() == ResultsConfig.Kind.AUTO;
        return beside ? config.store().path() + ".results" : config.results().path();
    }

    private static ResultStore directory(Path path, Duration unsealedLife) throws StartException {
        try {
            return new DirectoryResultStore(path, unsealedLife, Clock.systemUTC());
        } catch (IOException e) {
            throw new StartException("cannot use results.path " + path + ": " + e);
        }
    }
}
