package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.redis.RedisFailure;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.protocol.RedisKeys;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does in the background what no single change of a job can promise: ends jobs that are too old, and repairs the indexes. One gateway
 * at a time does it, by a lease that it renews with each beat; where that gateway is gone, another takes over when the lease has run
 * out. The lease only saves work: two that do it at once do no harm. Confined to the loop of its shard.
 */
final class RedisJobKeeper extends LoopTicker.Deadline {
    private static final Logger LOG = LoggerFactory.getLogger(RedisJobKeeper.class);
    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LEASE_MILLIS = 5_000;
    /** How long each kind of work may go on between two renewals of the lease. */
    private static final long TURN_NANOS = BEAT_NANOS / 2;

    private static final int BATCH = 64;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RedisShardClient client;
    private final byte[] name;
    private final OverdueJobs overdue;
    private final IndexRepair repair;
    private final int keysPerSecond;
    private boolean busy;
    private boolean closed;
    /** Whether the lease was had at the last beat. */
    private boolean keeps;
    /** Keys that may be looked at now; a second's worth at most. */
    private double allowance;

    private long lastBeatNanos;

    RedisJobKeeper(RedisShardClient client, String name, OverdueJobs overdue, IndexRepair repair, int keysPerSecond) {
        this.client = client;
        this.name = name.getBytes(ISO_8859_1);
        this.overdue = overdue;
        this.repair = repair;
        this.keysPerSecond = keysPerSecond;
    }

    void start() {
        assert client.loop().inLoop();
        lastBeatNanos = client.loop().nanoTime();
        client.loop().ticker().set(this, lastBeatNanos, BEAT_NANOS);
    }

    void close() {
        assert client.loop().inLoop();
        closed = true;
        client.loop().ticker().clear(this);
    }

    @Override
    protected void onDeadline() {
        long now = client.loop().nanoTime();
        client.loop().ticker().set(this, now, BEAT_NANOS);
        double earned = (double) keysPerSecond * (now - lastBeatNanos) / SECOND_NANOS;
        allowance = Math.min(keysPerSecond, allowance + earned);
        lastBeatNanos = now;
        if (busy) {
            return;
        }
        busy = true;
        var unused = client.call(() -> client.index().takeLease(RedisKeys.keeper(), name, LEASE_MILLIS))
                .thenCompose(this::beat)
                .whenCompleteAsync(
                        (done, failure) -> {
                            busy = false;
                            if (failure != null) {
                                failed(RedisFailure.causeOf(failure));
                            }
                        },
                        client.loop());
    }

    private CompletableFuture<Void> beat(boolean holds) {
        boolean kept = keeps;
        keeps = holds;
        if (!holds) {
            return CompletableFuture.completedFuture(null);
        }
        return (kept ? CompletableFuture.<Void>completedFuture(null) : overdue.resume())
                .thenCompose(done -> endOverdue(client.loop().nanoTime()))
                .thenCompose(done -> repair(client.loop().nanoTime()));
    }

    private CompletableFuture<Void> endOverdue(long sinceNanos) {
        if (isOver(sinceNanos)) {
            return CompletableFuture.completedFuture(null);
        }
        return overdue.step()
                .thenCompose(more -> more ? endOverdue(sinceNanos) : CompletableFuture.completedFuture(null));
    }

    /** A pass that ends ends the beat: a small Redis is not gone through without a pause. */
    private CompletableFuture<Void> repair(long sinceNanos) {
        int count = (int) Math.min(BATCH, allowance);
        if (count == 0 || isOver(sinceNanos)) {
            return CompletableFuture.completedFuture(null);
        }
        allowance -= count;
        return repair.step(count)
                .thenCompose(isEnd -> isEnd ? CompletableFuture.completedFuture(null) : repair(sinceNanos));
    }

    private boolean isOver(long sinceNanos) {
        return closed || client.loop().nanoTime() - sinceNanos >= TURN_NANOS;
    }

    /** The next beat tries again; what is wrong with Redis is said by those who need it. */
    private void failed(Throwable failure) {
        keeps = false;
        if (failure instanceof RedisFailure) {
            LOG.debug("keeping the jobs in Redis is interrupted: {}", failure.getMessage());
        } else {
            LOG.error("keeping the jobs in Redis failed", failure);
        }
    }
}
