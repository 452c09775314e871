package dev.ringback.gateway.config;

import java.time.Duration;

/**
 * {@code redis.*}: the connection to Redis, used when {@code store.kind} is {@code redis}.
 *
 * @param uri where Redis is, with its credentials; print {@link #redactedUri()} instead
 * @param required whether the gateway refuses to start while Redis cannot be reached
 * @param connectTimeout how long one attempt to connect may take
 * @param requestQueueSize commands that may wait for Redis on one connection; further ones fail at once
 * @param subscribeBatch channels that one SUBSCRIBE names at most
 */
public record RedisConfig(
        @Setting(value = "redis://127.0.0.1:6379", format = Format.REDIS_URI)
        String uri,

        @Setting("true") boolean required,
        @Setting(value = "2s", min = "10ms", max = "1m") Duration connectTimeout,

        @Setting(value = "65536", min = "16", max = "16777216")
        int requestQueueSize,

        @Setting(value = "512", min = "1", max = "10000") int subscribeBatch) {

    public RedisConfig {
        Keys.requireAllowed(RedisConfig.class, uri, required, connectTimeout, requestQueueSize, subscribeBatch);
    }

    /** The URI without user name and password, for logs. */
    public String redactedUri() {
        return Redaction.redisUri(uri);
    }

    @Override
    public String toString() {
        return "RedisConfig[uri=" + redactedUri() + ", required=" + required + ", connectTimeout=" + connectTimeout
                + ", requestQueueSize=" + requestQueueSize + ", subscribeBatch=" + subscribeBatch + "]";
    }
}
