package dev.ringback.gateway.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.config.RedisConfig;
import dev.ringback.gateway.loop.NettyLoop;
import dev.ringback.gateway.redis.RedisFailure.Kind;
import dev.ringback.protocol.ApplyScript;
import dev.ringback.protocol.RedisKeys;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard's way to Redis, on the shard's own event loop: commands on one connection, subscriptions on another. Commands are
 * bounded in number and bytes, and never sent twice.
 */
public final class RedisShardClient {
    private static final Logger LOG = LoggerFactory.getLogger(RedisShardClient.class);
    private static final long REDIAL_FLOOR_MILLIS = 50;
    private static final long REDIAL_CEILING_MILLIS = 1_000;
    /** Bytes of commands that may wait for Redis: many small ones, or a few with large results. */
    private static final long MAX_IN_FLIGHT_BYTES = 64L << 20;

    private static final byte[] SCRIPT = ApplyScript.source();
    private static final byte[] SCRIPT_SHA1 = ApplyScript.sha1().getBytes(ISO_8859_1);
    private static final byte[] LOAD = "LOAD".getBytes(ISO_8859_1);
    private static final byte[] MEMORY = "memory".getBytes(ISO_8859_1);

    /**
     * What a client needs from outside.
     *
     * @param callTimeout the deadline of one call, all its commands together
     * @param gatewayId part of the name under which Redis lists the connections
     */
    public record Parts(
            LettuceResources resources,
            RedisConfig config,
            Duration callTimeout,
            String gatewayId,
            RandomGenerator random,
            RedisCounters counters) {}

    private final NettyLoop loop;
    private final int shard;
    private final Parts parts;
    private final RedisURI uri;
    private final RedisAddress address;
    private final ClientResources resources;
    private final RedisClient client;
    private final RedisLink<StatefulRedisConnection<byte[], byte[]>> link;
    private final byte[] canaryChannel;
    private final Health health;
    private final List<RedisSubscriptions> subscriptions = new CopyOnWriteArrayList<>();
    /** Confined to the loop, as is the next. */
    private int inFlight;

    private long inFlightBytes;

    /**
     * @param shard part of the name under which Redis lists the connections
     * @throws IllegalArgumentException where Lettuce does not understand {@code redis.uri}
     */
    public RedisShardClient(NettyLoop loop, int shard, Parts parts) {
        this.loop = loop;
        this.shard = shard;
        this.parts = parts;
        this.uri = LettuceOptions.uri(parts.config(), "ringback:" + parts.gatewayId() + ":" + shard);
        this.canaryChannel = RedisKeys.canaryChannel(parts.gatewayId(), shard);
        this.address = new RedisAddress(uri);
        this.health = new Health(address, parts.callTimeout());
        this.resources = parts.resources().on(loop.eventLoop());
        this.client = RedisClient.create(resources, uri);
        client.setOptions(LettuceOptions.client(parts.config()));
        this.link = new RedisLink<>(
                linkParts("commands"), () -> client.connectAsync(ByteArrayCodec.INSTANCE, uri), new CommandListener());
    }

    /** Begins to connect, for ever. The stage, on the loop, says how the first attempt went. Any thread. */
    public CompletionStage<Void> start() {
        CompletableFuture<Void> first = new CompletableFuture<>();
        loop.run(() -> link.start().whenComplete((done, failure) -> {
            if (failure == null) {
                first.complete(null);
            } else {
                first.completeExceptionally(failure);
            }
        }));
        return first;
    }

    public NettyLoop loop() {
        return loop;
    }

    /** Where Redis is, in words. */
    public String address() {
        return address.toString();
    }

    /** Why commands can't be served, in words; null while they can. Any thread. */
    public @Nullable String outage() {
        String down = link.outage();
        return down == null ? health.trouble(loop.nanoTime()) : down;
    }

    /** A pub/sub connection on the same loop, not yet begun. */
    public RedisSubscriptions subscriptions(RedisSubscriptions.Listener listener) {
        RedisSubscriptions opened = new RedisSubscriptions(
                linkParts("events"),
                parts.config().subscribeBatch(),
                () -> client.connectPubSubAsync(new JobChannelCodec(canaryChannel), uri),
                listener);
        subscriptions.add(opened);
        return opened;
    }

    /**
     * Takes steps, each one command, under one deadline. Any thread; the steps and what follows run on the loop. The future fails
     * with a {@link RedisFailure}, or with what a step threw.
     */
    public <T extends @Nullable Object> CompletableFuture<T> call(Supplier<CompletableFuture<T>> steps) {
        Call<T> call = new Call<>(this, steps);
        try {
            loop.run(call::begin);
        } catch (RejectedExecutionException ended) {
            call.answer.completeExceptionally(RedisFailure.of(Kind.NOT_CONNECTED, "closed"));
        }
        return call.answer;
    }

    /** {@code HMGET}: the values in the order of the names, null where there is none. */
    public CompletableFuture<byte[] @Nullable []> fields(byte[] key, List<byte[]> names) {
        List<byte[]> arguments = new ArrayList<>(names.size() + 1);
        arguments.add(key);
        arguments.addAll(names);
        return send(CommandType.HMGET, arguments).thenApply(RedisShardClient::values);
    }

    /** {@code GET}: null where there is nothing. */
    public CompletableFuture<byte @Nullable []> get(byte[] key) {
        return send(CommandType.GET, List.of(key)).thenApply(reply -> (byte[]) reply.get(0));
    }

    /** {@code TIME}: Redis's clock in milliseconds since the epoch. */
    public CompletableFuture<Long> timeMillis() {
        return send(CommandType.TIME, List.of()).thenApply(reply -> {
            long seconds = Long.parseLong(text(reply.get(0)));
            return TimeUnit.SECONDS.toMillis(seconds) + Long.parseLong(text(reply.get(1))) / 1_000;
        });
    }

    /** Runs the apply script; where Redis does not know it, for it was restarted or its scripts flushed, sends its text. */
    public CompletableFuture<byte[] @Nullable []> script(List<byte[]> keys, List<byte[]> arguments) {
        return send(CommandType.EVALSHA, evaluation(SCRIPT_SHA1, keys, arguments))
                .exceptionallyCompose(failure -> {
                    boolean unknown = RedisFailure.ofCommand(failure).code().equals("NOSCRIPT");
                    return unknown
                            ? send(CommandType.EVAL, evaluation(SCRIPT, keys, arguments))
                            : CompletableFuture.failedFuture(failure);
                })
                .thenApply(RedisShardClient::values);
    }

    /** Publishes on the channel that this shard's subscriptions hear beside those of jobs. Any thread; completes on the loop. */
    public CompletionStage<Void> publishCanary(long number) {
        byte[] text = Long.toString(number).getBytes(ISO_8859_1);
        return call(
                () -> send(CommandType.PUBLISH, List.of(canaryChannel, text)).thenApply(receivers -> null));
    }

    /** Ends the connections, the subscriptions' too; calls that are under way fail. Any thread, and again without harm. */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        try {
            loop.run(() -> {
                subscriptions.forEach(RedisSubscriptions::close);
                link.close().whenComplete((done, failure) -> endClient(closed));
            });
        } catch (RejectedExecutionException ended) {
            endClient(closed);
        }
        return closed;
    }

    private void endClient(CompletableFuture<Void> closed) {
        CompletionStage<Void> ended = client.shutdownAsync(0, 0, TimeUnit.SECONDS);
        ended.whenComplete((done, failure) -> {
            var unused = resources.shutdown(0, 0, TimeUnit.SECONDS);
            closed.complete(null);
        });
    }

    private CompletableFuture<List<Object>> send(CommandType type, List<byte[]> arguments) {
        assert loop.inLoop();
        StatefulRedisConnection<byte[], byte[]> connection = link.connection();
        if (connection == null) {
            return failed(Kind.NOT_CONNECTED, String.valueOf(link.outage()));
        }
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        long bytes = 0;
        for (byte[] argument : arguments) {
            args.add(argument);
            bytes += argument.length;
        }
        boolean tooMany = inFlight >= parts.config().requestQueueSize();
        if (tooMany || inFlight > 0 && inFlightBytes + bytes > MAX_IN_FLIGHT_BYTES) {
            parts.counters().commandsRejected.increment();
            return failed(Kind.OVERLOADED, inFlight + " commands wait for " + address);
        }
        return dispatch(connection, new Command<>(type, new NestedMultiOutput<>(ByteArrayCodec.INSTANCE), args), bytes);
    }

    private CompletableFuture<List<Object>> dispatch(
            StatefulRedisConnection<byte[], byte[]> connection,
            Command<byte[], byte[], List<Object>> command,
            long bytes) {
        AsyncCommand<byte[], byte[], List<Object>> sent = new AsyncCommand<>(command);
        connection.dispatch(sent);
        if (sent.isDone()) {
            return failed(Kind.NOT_CONNECTED, "the connection to " + address + " is lost");
        }
        inFlight++;
        inFlightBytes += bytes;
        CompletableFuture<List<Object>> reply = new CompletableFuture<>();
        boolean writes = command.getType() == CommandType.EVALSHA || command.getType() == CommandType.EVAL;
        var unused = sent.whenComplete((values, failure) -> {
            assert loop.inLoop();
            inFlight--;
            inFlightBytes -= bytes;
            if (failure == null) {
                health.onReply(loop.nanoTime(), writes);
                reply.complete(values);
            } else {
                RedisFailure known = RedisFailure.ofCommand(failure);
                health.onFailure(loop.nanoTime(), known, writes);
                reply.completeExceptionally(known);
            }
        });
        return reply;
    }

    private static List<byte[]> evaluation(byte[] script, List<byte[]> keys, List<byte[]> arguments) {
        List<byte[]> all = new ArrayList<>(2 + keys.size() + arguments.size());
        all.add(script);
        all.add(Integer.toString(keys.size()).getBytes(ISO_8859_1));
        all.addAll(keys);
        all.addAll(arguments);
        return all;
    }

    private static byte[] @Nullable [] values(List<Object> reply) {
        return reply.stream().map(byte[].class::cast).toArray(byte[][]::new);
    }

    private static String text(Object value) {
        return new String((byte[]) value, ISO_8859_1);
    }

    private static <T> CompletableFuture<T> failed(Kind kind, String message) {
        return CompletableFuture.failedFuture(RedisFailure.of(kind, message));
    }

    private RedisLink.Parts linkParts(String what) {
        Backoff backoff = new Backoff(parts.random(), REDIAL_FLOOR_MILLIS, REDIAL_CEILING_MILLIS);
        return new RedisLink.Parts(
                loop, address, "shard " + shard + " " + what, backoff, parts.resources(), parts.counters());
    }

    /**
     * A call has got no answer. Where none is answered for twice a call's time, the connection may be dead without having
     * ended: another may fare better.
     */
    void onSilence(long sinceNanos) {
        long now = loop.nanoTime();
        parts.counters().commandTimeouts.increment();
        health.onSilence(now, sinceNanos);
        if (health.silentNanos(now) >= 2 * parts.callTimeout().toNanos()) {
            link.drop();
        }
    }

    Duration callTimeout() {
        return parts.callTimeout();
    }

    private final class CommandListener implements RedisLink.Listener<StatefulRedisConnection<byte[], byte[]>> {
        @Override
        public void onUp(StatefulRedisConnection<byte[], byte[]> connection) {
            health.onConnected();
            var unused = send(CommandType.SCRIPT, List.of(LOAD, SCRIPT)).whenComplete((digest, failure) -> {
                if (failure != null && RedisFailure.ofCommand(failure).kind() == Kind.REFUSED) {
                    LOG.warn("{} does not take the script: {}", address, failure.getMessage());
                }
            });
            if (shard == 0) {
                warnOfEviction();
            }
        }

        private void warnOfEviction() {
            var unused = send(CommandType.INFO, List.of(MEMORY)).thenAccept(reply -> {
                String warning = EvictionWarning.of(text(reply.get(0)));
                if (warning != null) {
                    LOG.warn("{}: {}", address, warning);
                }
            });
        }

        @Override
        public void onDown() {}
    }
}
