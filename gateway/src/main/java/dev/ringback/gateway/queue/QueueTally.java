package dev.ringback.gateway.queue;

import dev.ringback.gateway.queue.QueueFigures.Counts;
import dev.ringback.gateway.queue.QueueStore.Ending;
import dev.ringback.gateway.queue.QueueStore.Return;
import java.util.EnumMap;
import java.util.Map;

/** What has happened in a queue so far. Confined to the store's loop. */
final class QueueTally {
    /** An end counts for less the longer ago it was: on average it was as long ago as in a window of a minute. */
    private static final double FADING_MILLIS = 30_000;

    private static final double MILLIS = 1_000;

    private final Map<Ending, Long> ended = new EnumMap<>(Ending.class);
    private final Map<Return, Long> returned = new EnumMap<>(Return.class);
    private long added;
    private long lost;
    private double endsPerSecond;
    private long fadedMillis;

    void added() {
        added++;
    }

    void lost() {
        lost++;
    }

    void returned(Return why) {
        returned.merge(why, 1L, Long::sum);
    }

    void ended(Ending how, long nowMillis) {
        if (how != Ending.DROPPED) {
            ended.merge(how, 1L, Long::sum);
            endsPerSecond = endsPerSecond(nowMillis) + MILLIS / FADING_MILLIS;
        }
    }

    double endsPerSecond(long nowMillis) {
        endsPerSecond *= Math.exp(-Math.max(0, nowMillis - fadedMillis) / FADING_MILLIS);
        fadedMillis = nowMillis;
        return endsPerSecond;
    }

    Counts counts() {
        return new Counts(
                added,
                ended(Ending.COMPLETED),
                ended(Ending.FAILED),
                ended(Ending.CANCELLED),
                ended(Ending.DEAD),
                returned.getOrDefault(Return.RETRIED, 0L),
                returned.getOrDefault(Return.RELEASED, 0L),
                lost);
    }

    private long ended(Ending how) {
        return ended.getOrDefault(how, 0L);
    }
}
