package dev.ringback.gateway.store;

import static dev.ringback.gateway.testkit.RedisSide.awaitTrue;

import dev.ringback.gateway.testkit.RedisProcess;
import java.util.stream.Stream;

/** A primary and one replica that follows it. */
final class ReplicatedRedis implements AutoCloseable {
    final RedisProcess primary = RedisProcess.start("--repl-diskless-sync-delay", "0");
    final RedisProcess replica = RedisProcess.start("--replicaof", "127.0.0.1 " + primary.port());

    ReplicatedRedis() {
        awaitTrue(() -> String.valueOf(primary.cli("INFO", "replication")).contains("state=online"));
    }

    static String[] settings(String... more) {
        return Stream.concat(Stream.of("store.kind=redis", "store.durability=replicated"), Stream.of(more))
                .toArray(String[]::new);
    }

    @Override
    public void close() {
        replica.close();
        primary.close();
    }
}
