package dev.ringback.gateway.redis;

import dev.ringback.gateway.config.RedisConfig;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SocketOptions.TcpUserTimeoutOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ExtendedKeepAliveSupport;
import java.time.Duration;
import java.util.List;

/** How Lettuce is set up: bounded, without timers or reconnects of its own, and quick to notice a dead peer. */
final class LettuceOptions {
    /** A peer that vanished without a word is noticed within about so long, whether or not something is being sent. */
    private static final Duration DEAD_PEER = Duration.ofSeconds(15);

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);
    private static final int KEEP_ALIVE_PROBES = 2;
    /** Room for what Lettuce itself sends beside the counted commands. */
    private static final int OWN_COMMANDS = 64;

    private LettuceOptions() {}

    /**
     * Where to connect, and under which name Redis lists the connection.
     *
     * @throws IllegalArgumentException where Lettuce does not understand {@code redis.uri}; the message does not repeat it
     */
    static RedisURI uri(RedisConfig config, String clientName) {
        RedisURI uri;
        try {
            uri = RedisURI.create(config.uri());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("redis.uri is not understood: " + config.redactedUri());
        }
        uri.setTimeout(config.connectTimeout());
        uri.setClientName(clientName.replaceAll("[^!-~]", "_"));
        return uri;
    }

    /** Where the Sentinels are that a URI names, each to be connected to by itself. */
    static List<RedisURI> sentinels(RedisURI uri) {
        List<RedisURI> sentinels = uri.getSentinels();
        for (RedisURI sentinel : sentinels) {
            sentinel.setTimeout(uri.getTimeout());
            sentinel.setClientName(uri.getClientName());
        }
        return sentinels;
    }

    static ClientOptions client(RedisConfig config) {
        return ClientOptions.builder()
                .protocolVersion(ProtocolVersion.RESP2)
                .autoReconnect(false)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(config.requestQueueSize() + OWN_COMMANDS)
                .useHashIndexQueue(false)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .timeoutOptions(TimeoutOptions.create())
                .socketOptions(sockets(config))
                .build();
    }

    private static SocketOptions sockets(RedisConfig config) {
        SocketOptions.Builder sockets = SocketOptions.builder().connectTimeout(config.connectTimeout());
        if (ExtendedKeepAliveSupport.isSupported()) {
            sockets.keepAlive(KeepAliveOptions.builder()
                    .enable()
                    .idle(KEEP_ALIVE)
                    .interval(KEEP_ALIVE)
                    .count(KEEP_ALIVE_PROBES)
                    .build());
        } else {
            sockets.keepAlive(true);
        }
        if (LettuceTransport.isNative()) {
            sockets.tcpUserTimeout(TcpUserTimeoutOptions.builder()
                    .enable()
                    .tcpUserTimeout(DEAD_PEER)
                    .build());
        }
        return sockets.build();
    }
}
