package dev.ringback.gateway.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.config.StoreConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.redis.RedisFailure.Kind;
import dev.ringback.protocol.ApplyScript;
import dev.ringback.protocol.RedisScript;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Changes that are acknowledged, and published, only when replicas have them. {@code WAIT} speaks of the writes of its own
 * connection, and blocks it: so the changes have a connection of their own, and one WAIT serves all that were answered in one
 * burst of the loop. Confined to the loop.
 */
final class ReplicatedWrites implements CommandLink.Listener {
    private static final Set<String> PUBLISHED = Set.of("applied", "created", "duplicate", "repeated");
    /** Without changes nothing can show that replicas are back, so a shortage counts only for so long. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final CommandLink writes;
    private final CommandLink publications;
    private final Loop loop;
    private final StoreConfig config;
    private final RedisCounters counters;
    /** The last WAIT, where it fell short. */
    private volatile @Nullable Shortage shortage;

    private record Shortage(String words, long sinceNanos) {}

    /** Changes that the next WAIT is for, in the order in which they are to be published. */
    private List<CompletableFuture<Void>> waiting = new ArrayList<>();

    /** Makes the connection of the writes, given who hears it. */
    interface Links {
        CommandLink open(CommandLink.Listener listener);
    }

    ReplicatedWrites(Links links, CommandLink publications, Loop loop, StoreConfig config, RedisCounters counters) {
        this.writes = links.open(this);
        this.publications = publications;
        this.loop = loop;
        this.config = config;
        this.counters = counters;
    }

    CommandLink link() {
        return writes;
    }

    /**
     * Runs the apply script without its own PUBLISH; the answer comes once replicas have the job as the answer tells it, be it a
     * refusal: a worker that is told that the job has ended does not try again. What is repeated is published again,
     * because nobody knows whether the first time got so far.
     */
    CompletableFuture<byte[] @Nullable []> script(List<byte[]> keys, List<byte[]> arguments) {
        return writes.script(keys, arguments).thenCompose(answer -> {
            boolean speaksOfTheJob = answer[1].length > 0;
            if (!speaksOfTheJob) {
                return CompletableFuture.completedFuture(answer);
            }
            return replicated().thenApply(done -> {
                if (PUBLISHED.contains(new String(answer[0], ISO_8859_1))) {
                    publish(keys.get(0), answer[1]);
                }
                return answer;
            });
        });
    }

    /** Runs a script that jobs can do without; the answer comes once replicas have what it wrote. */
    CompletableFuture<List<Object>> scriptAside(RedisScript script, List<byte[]> keys, List<byte[]> arguments) {
        return writes.scriptAside(script, keys, arguments)
                .thenCompose(answer -> replicated().thenApply(done -> answer));
    }

    private CompletableFuture<Void> replicated() {
        if (waiting.isEmpty()) {
            loop.execute(this::sendWait);
        }
        CompletableFuture<Void> wait = new CompletableFuture<>();
        waiting.add(wait);
        return wait;
    }

    private List<CompletableFuture<Void>> takeWaiting() {
        List<CompletableFuture<Void>> taken = waiting;
        waiting = new ArrayList<>();
        return taken;
    }

    private void sendWait() {
        List<CompletableFuture<Void>> batch = takeWaiting();
        if (batch.isEmpty()) {
            return;
        }
        counters.replicaWaits.increment();
        List<byte[]> arguments = List.of(
                decimal(config.replicas()), decimal(config.replicationTimeout().toMillis()));
        var unused = writes.sendUnbounded(CommandType.WAIT, arguments).whenComplete((reply, failure) -> {
            Throwable missing = failure == null ? missing((Long) reply.get(0)) : unanswered(failure);
            for (CompletableFuture<Void> wait : batch) {
                if (missing == null) {
                    wait.complete(null);
                } else {
                    wait.completeExceptionally(missing);
                }
            }
        });
    }

    private @Nullable RedisFailure missing(long have) {
        if (have >= config.replicas()) {
            shortage = null;
            return null;
        }
        counters.replicaWaitsShort.increment();
        String words = have + " of " + config.replicas() + " replicas had the change within "
                + config.replicationTimeout().toMillis() + " ms";
        shortage = new Shortage(words, loop.nanoTime());
        return RedisFailure.of(Kind.TIMEOUT, words);
    }

    /** Whatever became of the WAIT, the change is on the primary: it may have happened. */
    private static RedisFailure unanswered(Throwable failure) {
        return RedisFailure.of(
                Kind.LOST,
                "not known whether replicas have the change: "
                        + RedisFailure.ofCommand(failure).getMessage());
    }

    /** Why changes are not acknowledged, in words; null while they are. Any thread. */
    @Nullable String outage() {
        String down = writes.outage();
        Shortage present = shortage;
        boolean fresh = present != null && loop.nanoTime() - present.sinceNanos < FRESH_NANOS;
        return down == null && present != null && fresh ? present.words : down;
    }

    /** A sign of life: without one, a connection that is dead would be noticed by the next change only. */
    CompletableFuture<Void> ping() {
        return writes.send(CommandType.PING, List.of()).thenApply(pong -> null);
    }

    /**
     * After a failover the changes' connection may stand before the other, which they then do without: other gateways would
     * learn of them by the sweep only. What is lost here all the same, the sweep finds.
     */
    private void publish(byte[] channel, byte[] document) {
        List<byte[]> arguments = List.of(channel, ApplyScript.published(document));
        var unused = publications
                .send(CommandType.PUBLISH, arguments)
                .exceptionallyCompose(failure -> writes.send(CommandType.PUBLISH, arguments))
                .whenComplete((receivers, failure) -> {
                    if (failure != null) {
                        counters.publishesFailed.increment();
                    }
                });
    }

    @Override
    public void onUp() {}

    /** A WAIT on another connection would speak of other writes. */
    @Override
    public void onDown() {
        RedisFailure lost = RedisFailure.of(Kind.LOST, "the connection was lost before replicas answered");
        takeWaiting().forEach(wait -> wait.completeExceptionally(lost));
    }

    private static byte[] decimal(long number) {
        return Long.toString(number).getBytes(ISO_8859_1);
    }
}
