package dev.ringback.gateway.relay;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.redis.Backoff;
import dev.ringback.gateway.redis.LogLimit;
import dev.ringback.gateway.redis.RedisCounters;
import dev.ringback.gateway.redis.RedisFailure;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.protocol.InvalidDocumentException;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobChangeReader;
import dev.ringback.protocol.JobId;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What workers publish by hand, without the script: each plain event is applied to the store, which publishes it again with its
 * version. Progress that the store can't take now is forgotten, as pub/sub would. The end of a job is tried again for a while,
 * because nobody says it twice. Confined to the shard's loop.
 */
final class PlainEvents {
    /** Ends of jobs that may wait for another try at once. */
    static final int MAX_WAITING = 10_000;
    /** How long an end of a job is tried. */
    static final long GIVE_UP_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final Logger LOG = LoggerFactory.getLogger(PlainEvents.class);
    private static final long RETRY_FLOOR_MILLIS = 100;
    private static final long RETRY_CEILING_MILLIS = 5_000;
    private static final long LOG_SECONDS = 10;

    /**
     * What is applied, and by whom.
     *
     * @param store the present one
     * @param maxBytes a longer plain event is invalid
     * @param origin names the gateway that hears
     */
    record Parts(
            Supplier<JobStore> store,
            long maxBytes,
            JobStore.Origin origin,
            RandomGenerator random,
            RedisCounters counters) {}

    private final Loop loop;
    private final Parts parts;
    private final LogLimit invalidLog;
    private final LogLimit lostLog;
    private int waiting;
    private boolean closed;

    PlainEvents(Loop loop, Parts parts) {
        this.loop = loop;
        this.parts = parts;
        this.invalidLog = new LogLimit(loop.nanoTime(), LOG_SECONDS);
        this.lostLog = new LogLimit(loop.nanoTime(), LOG_SECONDS);
    }

    /** Takes what was published on a job's channel and is no stored event. */
    void hear(JobId id, byte[] published) {
        assert loop.inLoop();
        JobChange change;
        try {
            change = read(published);
        } catch (InvalidDocumentException e) {
            parts.counters().plainInvalid.increment();
            if (invalidLog.permits(loop.nanoTime())) {
                LOG.warn(
                        "a plain event on job:{} is ignored: {} ({} more like it)",
                        id,
                        e.getMessage(),
                        invalidLog.suppressed());
            }
            return;
        }
        new Attempt(id, change).begin();
    }

    private JobChange read(byte[] published) throws InvalidDocumentException {
        if (published.length > parts.maxBytes()) {
            throw new InvalidDocumentException("it is longer than " + parts.maxBytes() + " bytes");
        }
        return JobChangeReader.read(published);
    }

    /** How many ends of jobs wait for another try. */
    int waiting() {
        return waiting;
    }

    /** Nothing is tried any more. */
    void close() {
        assert loop.inLoop();
        closed = true;
    }

    private static boolean passes(StoreException.Kind kind) {
        return kind != StoreException.Kind.CORRUPT;
    }

    /** One plain event on its way into the store. */
    private final class Attempt extends LoopTicker.Deadline {
        private final JobId id;
        private final JobChange change;
        private final long heardNanos = loop.nanoTime();
        private @Nullable Backoff backoff;

        private Attempt(JobId id, JobChange change) {
            this.id = id;
            this.change = change;
        }

        private void begin() {
            parts.store().get().apply(id, change, parts.origin()).whenComplete((written, failure) -> {
                assert loop.inLoop();
                if (failure == null) {
                    count(written.outcome());
                } else {
                    onFailure(failure);
                }
            });
        }

        private void count(StoreWrite.Outcome outcome) {
            boolean applied = outcome == StoreWrite.Outcome.APPLIED;
            (applied ? parts.counters().plainApplied : parts.counters().plainRefused).increment();
        }

        private void onFailure(Throwable failure) {
            Throwable cause = RedisFailure.causeOf(failure);
            boolean mayPass = cause instanceof StoreException known && passes(known.kind());
            boolean inTime = loop.nanoTime() - heardNanos < GIVE_UP_NANOS;
            if (mayPass && inTime && change.state().isTerminal() && waiting < MAX_WAITING && !closed) {
                tryAgainLater();
            } else {
                giveUp(String.valueOf(cause.getMessage()));
            }
        }

        private void tryAgainLater() {
            if (backoff == null) {
                backoff = new Backoff(parts.random(), RETRY_FLOOR_MILLIS, RETRY_CEILING_MILLIS);
            }
            waiting++;
            loop.ticker().set(this, loop.nanoTime(), backoff.nextNanos());
        }

        @Override
        protected void onDeadline() {
            waiting--;
            if (!closed) {
                begin();
            }
        }

        private void giveUp(String reason) {
            parts.counters().plainLost.increment();
            if (lostLog.permits(loop.nanoTime())) {
                LOG.warn(
                        "a plain {} of job {} is lost: {} ({} more like it)",
                        change.state().wireName(),
                        id,
                        reason,
                        lostLog.suppressed());
            }
        }
    }
}
