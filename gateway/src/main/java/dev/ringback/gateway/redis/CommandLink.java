package dev.ringback.gateway.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.config.RedisConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.redis.RedisFailure.Kind;
import dev.ringback.protocol.ApplyScript;
import dev.ringback.protocol.RedisScript;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One connection for commands, bounded in number and bytes. A command is never sent twice, and those that are under way fail when
 * the connection is lost. Confined to the loop, but for {@link #outage}.
 */
final class CommandLink {
    /** Bytes of commands that may wait for Redis: many small ones, or a few with large results. */
    private static final long MAX_IN_FLIGHT_BYTES = 64L << 20;

    /** Commands that a Redis refuses which has no memory left, or may not write. */
    private static final Set<ProtocolKeyword> WRITES =
            Set.of(CommandType.EVALSHA, CommandType.EVAL, CommandType.SET, CommandType.ZADD);

    /** What a replica answers. */
    private static final Set<String> OF_A_REPLICA = Set.of("READONLY", "MASTERDOWN");

    /** What an answer shows of Redis's health. */
    private enum Shows {
        /** Whether Redis does what jobs need. */
        ALL,
        /** That Redis answers: whatever it refuses, jobs can do without. */
        LIFE
    }

    /** Hears the connection, on the loop. */
    interface Listener {
        Listener NOBODY = new Listener() {
            @Override
            public void onUp() {}

            @Override
            public void onDown() {}
        };

        void onUp();

        void onDown();
    }

    private final RedisLink.Parts parts;
    private final RedisConfig config;
    private final Duration callTimeout;
    private final Health health;
    private final RedisLink<StatefulRedisConnection<byte[], byte[]>> link;
    private final Runnable onReplica;
    private int inFlight;
    private long inFlightBytes;

    /**
     * @param onReplica hears, on the loop, when a replica answers where the primary should
     */
    CommandLink(
            RedisLink.Parts parts,
            RedisConfig config,
            Duration callTimeout,
            RedisLink.Dialer<StatefulRedisConnection<byte[], byte[]>> dialer,
            Listener listener,
            Runnable onReplica) {
        this.parts = parts;
        this.config = config;
        this.callTimeout = callTimeout;
        this.health = new Health(parts.address(), callTimeout);
        this.onReplica = onReplica;
        this.link = new RedisLink<>(parts, dialer, new LinkListener(listener));
    }

    /** Begins to dial, for ever; the stage says how the first attempt went. */
    CompletionStage<Void> start() {
        return link.start();
    }

    CompletionStage<Void> close() {
        return link.close();
    }

    /** Gives up the present connection for another. */
    void drop() {
        link.drop();
    }

    /** Gives up the present connection where it leads elsewhere. */
    void dropUnlessAt(RedisPlace wanted) {
        link.dropUnlessAt(wanted);
    }

    /** Why commands can't be served, in words; null while they can. Any thread. */
    @Nullable String outage() {
        String down = link.outage();
        return down == null ? health.trouble(loop().nanoTime()) : down;
    }

    /**
     * A call has got no answer. Where none is answered for twice a call's time, the connection may be dead without having
     * ended: another may fare better.
     */
    void onSilence(long sinceNanos) {
        if (inFlight == 0) {
            return;
        }
        long now = loop().nanoTime();
        health.onSilence(now, sinceNanos);
        if (health.silentNanos(now) >= 2 * callTimeout.toNanos()) {
            link.drop();
        }
    }

    /** Runs the apply script. */
    CompletableFuture<byte[] @Nullable []> script(List<byte[]> keys, List<byte[]> arguments) {
        return run(ApplyScript.SCRIPT, keys, arguments, Shows.ALL).thenApply(CommandLink::values);
    }

    /** Runs a script that jobs can do without: what Redis refuses of it is no outage. */
    CompletableFuture<List<Object>> scriptAside(RedisScript script, List<byte[]> keys, List<byte[]> arguments) {
        return run(script, keys, arguments, Shows.LIFE);
    }

    /** Where Redis does not know the script, for it was restarted or its scripts flushed, sends its text. */
    private CompletableFuture<List<Object>> run(
            RedisScript script, List<byte[]> keys, List<byte[]> arguments, Shows shows) {
        byte[] sha1 = script.sha1().getBytes(ISO_8859_1);
        return send(CommandType.EVALSHA, evaluation(sha1, keys, arguments), shows)
                .exceptionallyCompose(failure -> {
                    boolean unknown = RedisFailure.ofCommand(failure).code().equals("NOSCRIPT");
                    return unknown
                            ? send(CommandType.EVAL, evaluation(script.source(), keys, arguments), shows)
                            : CompletableFuture.failedFuture(failure);
                });
    }

    /** Sends one command; the future fails with a {@link RedisFailure}. */
    CompletableFuture<List<Object>> send(CommandType type, List<byte[]> arguments) {
        return send(type, arguments, Shows.ALL);
    }

    private CompletableFuture<List<Object>> send(CommandType type, List<byte[]> arguments, Shows shows) {
        long bytes = bytes(arguments);
        boolean tooMany = inFlight >= config.requestQueueSize();
        if (tooMany || inFlight > 0 && inFlightBytes + bytes > MAX_IN_FLIGHT_BYTES) {
            parts.counters().commandsRejected.increment();
            return failed(Kind.OVERLOADED, inFlight + " commands wait for " + parts.address());
        }
        return dispatch(type, arguments, shows);
    }

    private static long bytes(List<byte[]> arguments) {
        long bytes = 0;
        for (byte[] argument : arguments) {
            bytes += argument.length;
        }
        return bytes;
    }

    /** As {@link #send}, for a command that comes once for many others, and that they can't do without. */
    CompletableFuture<List<Object>> sendUnbounded(CommandType type, List<byte[]> arguments) {
        return dispatch(type, arguments, Shows.ALL);
    }

    private CompletableFuture<List<Object>> dispatch(CommandType type, List<byte[]> arguments, Shows shows) {
        assert loop().inLoop();
        StatefulRedisConnection<byte[], byte[]> connection = link.connection();
        if (connection == null) {
            return failed(Kind.NOT_CONNECTED, String.valueOf(link.outage()));
        }
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        arguments.forEach(args::add);
        return dispatch(
                connection,
                new Command<>(type, new NestedMultiOutput<>(ByteArrayCodec.INSTANCE), args),
                bytes(arguments),
                shows);
    }

    private CompletableFuture<List<Object>> dispatch(
            StatefulRedisConnection<byte[], byte[]> connection,
            Command<byte[], byte[], List<Object>> command,
            long bytes,
            Shows shows) {
        AsyncCommand<byte[], byte[], List<Object>> sent = new AsyncCommand<>(command);
        connection.dispatch(sent);
        if (sent.isDone()) {
            return failed(Kind.NOT_CONNECTED, "the connection to " + parts.address() + " is lost");
        }
        inFlight++;
        inFlightBytes += bytes;
        CompletableFuture<List<Object>> reply = new CompletableFuture<>();
        boolean writes = shows == Shows.ALL && WRITES.contains(command.getType());
        var unused = sent.whenComplete((values, failure) -> {
            assert loop().inLoop();
            inFlight--;
            inFlightBytes -= bytes;
            if (failure == null) {
                health.onReply(loop().nanoTime(), writes);
                reply.complete(values);
            } else {
                RedisFailure known = RedisFailure.ofCommand(failure);
                // An access list may keep the gateway from asking for the role, which is no outage.
                if (shows == Shows.ALL && command.getType() != CommandType.ROLE) {
                    health.onFailure(loop().nanoTime(), known, writes);
                }
                reply.completeExceptionally(known);
                tellIfReplica(connection, known);
            }
        });
        return reply;
    }

    @SuppressWarnings("ReferenceEquality")
    private void tellIfReplica(StatefulRedisConnection<byte[], byte[]> asked, RedisFailure failure) {
        if (OF_A_REPLICA.contains(failure.code()) && link.connection() == asked) {
            onReplica.run();
        }
    }

    /** The answer's elements, each a string or null. */
    static byte[] @Nullable [] values(List<Object> reply) {
        return reply.stream().map(byte[].class::cast).toArray(byte[][]::new);
    }

    private static List<byte[]> evaluation(byte[] script, List<byte[]> keys, List<byte[]> arguments) {
        List<byte[]> all = new ArrayList<>(2 + keys.size() + arguments.size());
        all.add(script);
        all.add(Integer.toString(keys.size()).getBytes(ISO_8859_1));
        all.addAll(keys);
        all.addAll(arguments);
        return all;
    }

    private static <T> CompletableFuture<T> failed(Kind kind, String message) {
        return CompletableFuture.failedFuture(RedisFailure.of(kind, message));
    }

    private Loop loop() {
        return parts.loop();
    }

    private final class LinkListener implements RedisLink.Listener<StatefulRedisConnection<byte[], byte[]>> {
        private final Listener listener;

        private LinkListener(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void onUp(StatefulRedisConnection<byte[], byte[]> connection) {
            health.onConnected();
            listener.onUp();
        }

        @Override
        public void onDown() {
            listener.onDown();
        }
    }
}
