package dev.ringback.loadtest.webhook;

import dev.ringback.loadtest.scenario.Scenario.ServerChoice;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.RedisServer;
import dev.ringback.loadtest.server.ServerStart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A gateway that may call the sink. */
final class WebhookGateway {
    private static final List<String> OPEN = List.of(
            "webhook.allow-http=true",
            "webhook.allow-cidrs=[127.0.0.0/8]",
            "webhook.ports=[]",
            "store.memory-bytes=1GiB",
            "jobs.result-ttl=30s",
            "jobs.tombstone-ttl=1s");

    private static final List<String> HEAP = List.of("-Xms1g", "-Xmx2g");

    private WebhookGateway() {}

    /**
     * Starts it.
     *
     * @param redis its store; null for memory
     * @param cpus processors that it is bound to, as {@code taskset} takes them; empty for all
     */
    static LoadedServer start(@Nullable RedisServer redis, String cpus, List<String> settings)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(OPEN);
        all.addAll(redis == null ? List.of() : List.of("store.kind=redis", "redis.uri=" + redis.uri()));
        all.addAll(settings);
        return new ServerStart(ServerChoice.RINGBACK, "", cpus, all, HEAP).start();
    }
}
