package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.config.LimitsConfig;
import dev.ringback.gateway.http.RequestHandler;
import dev.ringback.gateway.http.TurnAway;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.overload.Shortage;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a port share.
 *
 * @param handler takes their requests
 * @param addresses counts what each client has
 * @param answeringPerLoop requests that each loop may be answering at once
 * @param draining whether the gateway is about to stop
 */
record ConnectionContext(
        GatewayConfig config,
        RequestHandler handler,
        ListenCounters counters,
        Overload overload,
        ClientAddresses addresses,
        int answeringPerLoop,
        BooleanSupplier draining) {
    private static final Duration DOOR_TIME = Duration.ofSeconds(2);

    LimitsConfig limits() {
        return config.limits();
    }

    boolean isDraining() {
        return draining.getAsBoolean();
    }

    /** Longer than any store call may take, so that this only ends requests that a bug left without an answer. */
    long answerNanos() {
        return config.store().timeout().toNanos() * 2
                + config.hub().firstAnswerTimeout().toNanos();
    }

    /** Whom a trusted proxy asks for with this request; null where that does not count. */
    @Nullable InetAddress client(Channel channel, HttpRequest head) {
        return addresses.isCounting() ? addresses.forwarded(channel.remoteAddress(), head.headers()) : null;
    }

    RequestHandler turnAway(Shortage shortage) {
        return new TurnAway(overload, shortage, config.cors());
    }

    /** The same port for a connection that may not stay: it has little time, and each answer ends it, as in a drain. */
    ConnectionContext turningAway(Shortage shortage) {
        GatewayConfig hasty = config.with(config.limits().hasty(DOOR_TIME));
        return new ConnectionContext(
                hasty, turnAway(shortage), counters, overload, addresses, answeringPerLoop, () -> true);
    }
}
