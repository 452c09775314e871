package dev.ringback.gateway.queue;

import dev.ringback.gateway.config.QueueType;
import dev.ringback.gateway.config.QueuesConfig;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What bounds the work on the jobs of one type, on all gateways together.
 *
 * @param concurrency how many workers have one at once; 0 for any number
 * @param ratePerSecond how many are leased in a second, over time; 0 for any number
 * @param burst how many of those may come at once
 */
public record QueueLimits(int concurrency, double ratePerSecond, int burst) {
    public static final QueueLimits NONE = new QueueLimits(0, 0, 0);

    /** As configured, by type. */
    public static Function<String, QueueLimits> of(QueuesConfig config) {
        Function<String, @Nullable QueueType> particulars = config.particulars();
        return type -> {
            QueueType found = particulars.apply(type);
            return found == null ? NONE : new QueueLimits(found.concurrency(), found.ratePerSecond(), found.burst());
        };
    }
}
