package dev.ringback.gateway.store;

import static dev.ringback.gateway.testkit.RedisSide.awaitTrue;

import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.List;
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

    /** A gateway's side of it, where {@code store.durability} is {@code replicated}. */
    StoreUnderTest newStore(String... more) {
        return new RedisStoreUnderTest(primary.uri(), settings(more)) {
            /** A repeated change is published again, as nobody knows whether it ever was: the hub takes it once. */
            @Override
            public List<JobEvent> relayed(JobId id) {
                List<JobEvent> news = new ArrayList<>();
                for (JobEvent event : super.relayed(id)) {
                    if (news.isEmpty()
                            || event.isNewerThan(news.get(news.size() - 1).cursor())) {
                        news.add(event);
                    }
                }
                return news;
            }
        };
    }

    @Override
    public void close() {
        replica.close();
        primary.close();
    }
}
