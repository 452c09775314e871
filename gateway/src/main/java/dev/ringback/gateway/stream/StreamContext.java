package dev.ringback.gateway.stream;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.config.JobsConfig;
import dev.ringback.gateway.hub.Hints;
import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.overload.Overload;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What all waits share.
 *
 * @param overload what can't be taken on now
 * @param random spreads reconnects and deadlines; called from every loop
 */
public record StreamContext(
        Hub hub, GatewayConfig config, StreamCounters counters, Overload overload, RandomGenerator random) {
    /** The part of {@code stream.queued-bytes} that a connection may have while memory is short. */
    private static final int SHORT_PART = 16;

    /** When clients that poll should ask again. */
    public Hints hints() {
        return hub.hints();
    }

    /** Whether a wait for a job that is not there is held until it appears. */
    boolean waitsForUnknown() {
        return config.jobs().resolveUnknown(config.store().kind()) == JobsConfig.Unknown.WAIT;
    }

    long unknownWaitNanos() {
        return config.jobs().unknownWait().toNanos();
    }

    /** Between half and one and a half of the configured delay. */
    long reconnectMillis() {
        return (long) (config.stream().retry().toMillis() * (0.5 + random.nextDouble()));
    }

    /** Bytes that may wait for one connection. */
    long queuedBytes() {
        long bytes = config.stream().queuedBytes();
        return overload.refusesWaits() ? bytes / SHORT_PART : bytes;
    }

    /**
     * {@code stream.max-age} less up to a tenth, so that connections made together do not end together.
     *
     * @param startNanos when the connection began, which decides: so nobody has to remember the outcome
     */
    long maxAgeNanos(long startNanos) {
        double share = new SplittableRandom(startNanos).nextDouble();
        return (long) (config.stream().maxAge().toNanos() * (1 - 0.1 * share));
    }

    /** How long a wait may be: the client's wish, capped; long ones less a jitter, so that they do not end together. */
    public Duration longPoll(Duration wish) {
        Duration max = config.longPoll().maxWait();
        Duration capped = wish.compareTo(max) > 0 ? max : wish;
        if (capped.toSeconds() < 10) {
            return capped;
        }
        return capped.minusNanos((long) (config.longPoll().jitter().toNanos() * random.nextDouble()));
    }
}
