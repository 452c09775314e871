package dev.ringback.gateway.queue;

/** The tokens by which a rate is kept: {@link QueueLimits}. Confined to the store's loop. */
final class TokenBucket {
    private static final double MILLIS = 1_000;
    /** Sums of fractions are not exact. */
    private static final double NEARLY = 1e-9;

    private double tokens = -1;
    private long filledMillis;

    /** How many tokens there are. */
    int tokens(QueueLimits limits, long nowMillis) {
        if (limits.ratePerSecond() == 0) {
            return Integer.MAX_VALUE;
        }
        double full = Math.max(1, limits.burst());
        double more = Math.max(0, nowMillis - filledMillis) / MILLIS * limits.ratePerSecond();
        tokens = tokens < 0 ? full : Math.min(full, tokens + more);
        filledMillis = nowMillis;
        return (int) (tokens + NEARLY);
    }

    /** Takes so many of them. */
    void spend(QueueLimits limits, int spent) {
        if (limits.ratePerSecond() > 0) {
            tokens = Math.max(0, tokens - spent);
        }
    }

    /** How long until the next one comes. */
    long nextMillis(QueueLimits limits) {
        return (long) Math.ceil((1 - tokens) / limits.ratePerSecond() * MILLIS);
    }
}
