package dev.ringback.gateway.config;

import java.util.List;
import java.util.Map;

/**
 * The whole configuration of a gateway: immutable, complete and within range. It is made by {@link ConfigLoader}, and
 * swapped as a whole when it is reloaded.
 *
 * @param listen {@code listen.*}: the port that clients and workers use
 * @param admin {@code admin.*}: the port for probes and metrics
 * @param auth {@code auth.*}: who may
 * @param store {@code store.*}: where jobs are kept
 * @param redis {@code redis.*}: the connection to Redis, used when {@code store.kind} is {@code redis}
 * @param hub {@code hub.*}: topics and their shards
 * @param readiness {@code readiness.*}: when {@code /readyz} turns red
 * @param longPoll {@code long-poll.*}: held requests
 * @param stream {@code stream.*}: connections that carry many events, SSE and WebSocket alike
 * @param webSocket {@code websocket.*}: what only WebSockets have
 * @param cors {@code cors.*}: pages of other sites that may use the HTTP interface
 * @param jobs {@code jobs.*}: lifetimes of jobs, and what is done about unknown ones
 * @param queues {@code queues.*}: jobs that wait for workers who ask for them
 * @param results {@code results.*}: results of any media type
 * @param webhook {@code webhook.*}: what the gateway calls
 * @param limits {@code limits.*}: sizes, counts and times that bound a client
 * @param overload {@code overload.*}: when there is more than the gateway can carry
 * @param drain {@code drain.*}: the way out
 * @param demo {@code demo.*}: the built-in demonstration
 * @param log {@code log.*}: what is written to standard output
 */
public record GatewayConfig(
        ListenConfig listen,
        AdminConfig admin,
        AuthConfig auth,
        StoreConfig store,
        RedisConfig redis,
        HubConfig hub,
        ReadinessConfig readiness,
        LongPollConfig longPoll,
        StreamConfig stream,
        @Named("websocket") WebSocketConfig webSocket,
        CorsConfig cors,
        JobsConfig jobs,
        QueuesConfig queues,
        ResultsConfig results,
        WebhookConfig webhook,
        LimitsConfig limits,
        OverloadConfig overload,
        DrainConfig drain,
        DemoConfig demo,
        LogConfig log) {

    /** Every key at its default: what an empty file gives. */
    public static GatewayConfig defaults() {
        return of();
    }

    /**
     * The defaults with some keys set, in the syntax of {@code --set}: {@code of("hub.linger=0s", "listen.port=0")}.
     *
     * @throws ConfigException when a setting is not {@code key=value}, or its key or value is not allowed
     */
    public static GatewayConfig of(String... settings) {
        return ConfigLoader.load(null, Map.of(), List.of(settings));
    }

    /**
     * This configuration with one section replaced; which one follows from its type. Unlike {@link #of}, it does not
     * check the section against the others.
     */
    public GatewayConfig with(Record section) {
        return Keys.replaceSection(this, section);
    }
}
