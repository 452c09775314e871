package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.store.SlotScript.number;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.redis.LogLimit;
import dev.ringback.gateway.store.SlotScript;
import dev.ringback.gateway.store.SlotScript.Arguments;
import dev.ringback.gateway.store.StoreException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets deliveries that ended long ago or are too many, and learns the figures, once a second. Each gateway does it: a beat is one
 * bounded step, and what one has forgotten another does not find. Confined to the loop, but for {@link #figures}.
 */
final class RedisWebhookKeeper extends LoopTicker.Deadline {
    private static final Logger LOG = LoggerFactory.getLogger(RedisWebhookKeeper.class);
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How long one beat may go on where there is more to forget. */
    private static final long TURN_NANOS = BEAT_NANOS / 4;

    private static final long LOG_SECONDS = 60;

    /** What {@code WebhookStore} tells of itself. */
    record Figures(long pending, long waiting, long dropped) {}

    private final Loop loop;
    private final SlotScript script;
    private final long historyMillis;
    private final int room;
    private final LogLimit log = new LogLimit(System.nanoTime(), LOG_SECONDS);
    private volatile Figures figures = new Figures(0, 0, 0);
    /** Whether the figures are of Redis. */
    private boolean knows;

    private boolean busy;
    private boolean closed;

    RedisWebhookKeeper(Loop loop, SlotScript script, long historyMillis, int room) {
        this.loop = loop;
        this.script = script;
        this.historyMillis = historyMillis;
        this.room = room;
    }

    void start() {
        loop.run(() -> loop.ticker().set(this, loop.nanoTime(), BEAT_NANOS));
    }

    void close() {
        loop.run(() -> {
            closed = true;
            loop.ticker().clear(this);
        });
    }

    /** As last heard of; any thread. */
    Figures figures() {
        return figures;
    }

    @Override
    protected void onDeadline() {
        long now = loop.nanoTime();
        loop.ticker().set(this, now, BEAT_NANOS);
        if (!busy) {
            busy = true;
            beat(now);
        }
    }

    private void beat(long sinceNanos) {
        CompletionStage<Long> forgotten =
                script.ask(new Arguments("beat").add(historyMillis).add(room), reply -> {
                    onFigures(new Figures(number(reply.get(0)), number(reply.get(1)), number(reply.get(2))));
                    return number(reply.get(3));
                });
        var unused = forgotten.whenComplete((count, failure) -> loop.run(() -> {
            if (failure != null) {
                busy = false;
                failed(StoreException.of(failure));
            } else if (count > 0 && !closed && loop.nanoTime() - sinceNanos < TURN_NANOS) {
                beat(sinceNanos);
            } else {
                busy = false;
            }
        }));
    }

    /** What was learned beside something else. */
    void onCounts(long pending, long waiting) {
        figures = new Figures(pending, waiting, figures.dropped());
    }

    private void onFigures(Figures found) {
        long lost = found.dropped() - figures.dropped();
        if (knows && lost > 0 && log.permits(loop.nanoTime())) {
            LOG.warn("{} events for webhooks found the outbox full, or no way to it, and were dropped", lost);
        }
        figures = found;
        knows = true;
    }

    /** An access list may forbid the keys of webhooks; what else is wrong with Redis is said by those who need it for jobs. */
    private void failed(StoreException failure) {
        if (failure.detail().contains("NOPERM") && log.permits(loop.nanoTime())) {
            LOG.warn("webhooks are not delivered: {}", failure.detail());
        } else {
            LOG.debug("looking after webhooks in Redis is interrupted: {}", failure.detail());
        }
    }
}
