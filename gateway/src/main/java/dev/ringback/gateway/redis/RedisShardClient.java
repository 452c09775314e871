package dev.ringback.gateway.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.config.RedisConfig;
import dev.ringback.gateway.config.StoreConfig;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.loop.NettyLoop;
import dev.ringback.gateway.redis.RedisFailure.Kind;
import dev.ringback.protocol.ApplyScript;
import dev.ringback.protocol.RedisKeys;
import dev.ringback.protocol.RedisScript;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
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
import java.util.stream.Stream;
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
    private static final long RISKS_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final byte[] SCRIPT = ApplyScript.source();
    private static final byte[] LOAD = "LOAD".getBytes(ISO_8859_1);

    /**
     * What a client needs from outside.
     *
     * @param store the deadline of one call, all its commands together, and what a change has to survive
     * @param gatewayId part of the name under which Redis lists the connections
     */
    public record Parts(
            LettuceResources resources,
            RedisConfig config,
            StoreConfig store,
            String gatewayId,
            RandomGenerator random,
            RedisCounters counters) {}

    private final NettyLoop loop;
    private final int shard;
    private final Parts parts;
    private final RedisURI uri;
    private final RedisAddress address;
    private final PrimaryDialer dialer;
    private final ClientResources resources;
    private final RedisClient client;
    private final CommandLink commands;
    private final IndexCommands index;
    private final BlobCommands blobs;
    /** Null where redis.uri says itself where Redis is. */
    private final @Nullable Sentinels sentinels;

    /** Null where changes need not wait for replicas. */
    private final @Nullable ReplicatedWrites replicated;

    private final byte[] canaryChannel;
    private final List<RedisSubscriptions> subscriptions = new CopyOnWriteArrayList<>();
    private volatile RedisSubscriptions.@Nullable WorkListener workListener;
    private final RiskTimer riskTimer = new RiskTimer();
    private volatile List<String> risks = List.of();

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
        this.resources = parts.resources().on(loop.eventLoop());
        this.client = RedisClient.create(resources, uri);
        client.setOptions(LettuceOptions.client(parts.config()));
        this.sentinels = uri.getSentinels().isEmpty() ? null : sentinels();
        this.dialer = new PrimaryDialer(uri, sentinels);
        this.commands = commandLink("commands", new CommandListener());
        this.index = new IndexCommands(commands);
        this.blobs = new BlobCommands(commands);
        this.replicated = parts.store().durability() == StoreConfig.Durability.REPLICATED
                ? new ReplicatedWrites(
                        listener -> commandLink("changes", listener), commands, loop, parts.store(), parts.counters())
                : null;
    }

    private Sentinels sentinels() {
        List<CommandLink> links = new ArrayList<>();
        for (RedisURI sentinel : LettuceOptions.sentinels(uri)) {
            RedisAddress at = new RedisAddress(sentinel, "Sentinel");
            links.add(new CommandLink(
                    linkParts("sentinel", at),
                    parts.config(),
                    parts.config().connectTimeout(),
                    () -> client.connectAsync(ByteArrayCodec.INSTANCE, sentinel)
                            .thenApply(opened -> new RedisLink.Dialed<>(opened, null)),
                    CommandLink.Listener.NOBODY,
                    () -> {}));
        }
        return new Sentinels(loop, links, uri.getSentinelMasterId(), parts.config(), this::onPrimary);
    }

    private CommandLink commandLink(String what, CommandLink.Listener listener) {
        return new CommandLink(
                linkParts(what, address),
                parts.config(),
                callTimeout(),
                () -> dialer.dial(at -> client.connectAsync(ByteArrayCodec.INSTANCE, at)),
                listener,
                sentinels == null ? () -> {} : this::leaveReplica);
    }

    /** Begins to connect, for ever. The stage, on the loop, says how the first attempt went. Any thread. */
    public CompletionStage<Void> start() {
        CompletableFuture<Void> first = new CompletableFuture<>();
        loop.run(() -> startLinks().whenComplete((done, failure) -> {
            if (failure == null) {
                first.complete(null);
            } else {
                first.completeExceptionally(failure);
            }
        }));
        return first;
    }

    private CompletionStage<Void> startLinks() {
        if (sentinels != null) {
            sentinels.start();
        }
        CompletionStage<Void> started = commands.start();
        return replicated == null
                ? started
                : started.thenCombine(replicated.link().start(), (done, doneToo) -> done);
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
        String outage = commands.outage();
        return outage == null && replicated != null ? replicated.outage() : outage;
    }

    /** What is at risk by the way Redis is set up, a line each; known to the first shard only. Any thread. */
    public List<String> risks() {
        String unnoticed = sentinels == null ? null : sentinels.risk();
        return unnoticed == null
                ? risks
                : Stream.concat(risks.stream(), Stream.of(unnoticed)).toList();
    }

    /** Lets the subscriptions that are opened from now on hear of queues that have work, too. */
    public void hearWork(RedisSubscriptions.WorkListener listener) {
        workListener = listener;
    }

    /** A pub/sub connection on the same loop, not yet begun. */
    public RedisSubscriptions subscriptions(RedisSubscriptions.Listener listener) {
        RedisSubscriptions opened = new RedisSubscriptions(
                linkParts("events", address),
                parts.config().subscribeBatch(),
                () -> dialer.dial(at -> client.connectPubSubAsync(new JobChannelCodec(canaryChannel), at)),
                listener,
                workListener);
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
        return commands.send(CommandType.HMGET, arguments).thenApply(CommandLink::values);
    }

    /** {@code GET}: null where there is nothing. */
    public CompletableFuture<byte @Nullable []> get(byte[] key) {
        return commands.send(CommandType.GET, List.of(key)).thenApply(reply -> (byte[]) reply.get(0));
    }

    /** What the indexes of jobs need beside these. */
    public IndexCommands index() {
        return index;
    }

    /** What results of any media type need beside these. */
    public BlobCommands blobs() {
        return blobs;
    }

    /** {@code TIME}: Redis's clock in milliseconds since the epoch. */
    public CompletableFuture<Long> timeMillis() {
        return commands.send(CommandType.TIME, List.of()).thenApply(reply -> {
            long seconds = Long.parseLong(text(reply.get(0)));
            return TimeUnit.SECONDS.toMillis(seconds) + Long.parseLong(text(reply.get(1))) / 1_000;
        });
    }

    /** Runs the apply script, and answers once what it did is as durable as {@code store.durability} asks. */
    public CompletableFuture<byte[] @Nullable []> script(List<byte[]> keys, List<byte[]> arguments) {
        return replicated == null ? commands.script(keys, arguments) : replicated.script(keys, arguments);
    }

    /** Runs a script that jobs can do without, for what it answers. */
    public CompletableFuture<List<Object>> ask(RedisScript script, List<byte[]> keys, List<byte[]> arguments) {
        return commands.scriptAside(script, keys, arguments);
    }

    /** The same for what it writes: answers once that is as durable as {@code store.durability} asks. */
    public CompletableFuture<List<Object>> write(RedisScript script, List<byte[]> keys, List<byte[]> arguments) {
        return replicated == null
                ? commands.scriptAside(script, keys, arguments)
                : replicated.scriptAside(script, keys, arguments);
    }

    /** Publishes on the channel that this shard's subscriptions hear beside those of jobs. Any thread; completes on the loop. */
    public CompletionStage<Void> publishCanary(long number) {
        byte[] text = Long.toString(number).getBytes(ISO_8859_1);
        if (replicated != null) {
            var unused = call(replicated::ping);
        }
        return call(() ->
                commands.send(CommandType.PUBLISH, List.of(canaryChannel, text)).thenApply(receivers -> null));
    }

    /** Ends the connections, the subscriptions' too; calls that are under way fail. Any thread, and again without harm. */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        try {
            loop.run(() -> {
                loop.ticker().clear(riskTimer);
                if (sentinels != null) {
                    sentinels.close();
                }
                subscriptions.forEach(RedisSubscriptions::close);
                CompletionStage<Void> changes = replicated == null
                        ? CompletableFuture.completedFuture(null)
                        : replicated.link().close();
                commands.close()
                        .thenCombine(changes, (done, doneToo) -> done)
                        .whenComplete((done, failure) -> endClient(closed));
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

    private static String text(Object value) {
        return new String((byte[]) value, ISO_8859_1);
    }

    /**
     * What leads elsewhere is given up: a primary that is cut off, or was demoted and did not say so, answers as ever. One that
     * the Sentinels still name may have become a replica, by somebody's hand.
     */
    private void onPrimary(RedisPlace primary) {
        commands.dropUnlessAt(primary);
        if (replicated != null) {
            replicated.link().dropUnlessAt(primary);
        }
        subscriptions.forEach(subscription -> subscription.dropUnlessAt(primary));
        var unused = call(() -> commands.send(CommandType.ROLE, List.of())).thenAccept(role -> {
            if (!PrimaryDialer.isPrimary(role)) {
                leaveReplica();
            }
        });
    }

    /** What one connection leads to, the others do too: the canary comes back from there, and nothing else will. */
    private void leaveReplica() {
        commands.drop();
        if (replicated != null) {
            replicated.link().drop();
        }
        subscriptions.forEach(RedisSubscriptions::reconnect);
    }

    private RedisLink.Parts linkParts(String what, RedisAddress at) {
        Backoff backoff = new Backoff(parts.random(), REDIAL_FLOOR_MILLIS, REDIAL_CEILING_MILLIS);
        return new RedisLink.Parts(
                loop, at, "shard " + shard + " " + what, backoff, parts.resources(), parts.counters());
    }

    /** A call has got no answer. */
    void onSilence(long sinceNanos) {
        parts.counters().commandTimeouts.increment();
        commands.onSilence(sinceNanos);
        if (replicated != null) {
            replicated.link().onSilence(sinceNanos);
        }
    }

    Duration callTimeout() {
        return parts.store().timeout();
    }

    private final class CommandListener implements CommandLink.Listener {
        @Override
        public void onUp() {
            var unused = commands.send(CommandType.SCRIPT, List.of(LOAD, SCRIPT))
                    .whenComplete((digest, failure) -> {
                        if (failure != null && RedisFailure.ofCommand(failure).kind() == Kind.REFUSED) {
                            LOG.warn("{} does not take the script: {}", address, failure.getMessage());
                        }
                    });
            if (shard == 0) {
                riskTimer.onDeadline();
            }
        }

        @Override
        public void onDown() {}
    }

    /** Looks at how Redis is set up now and then: that may change under a connection that stands. */
    private final class RiskTimer extends LoopTicker.Deadline {
        @Override
        protected void onDeadline() {
            loop.ticker().set(this, loop.nanoTime(), RISKS_EVERY_NANOS);
            var unused = RedisRisks.ask(commands, parts.store()).thenAccept(this::onFound);
        }

        private void onFound(List<String> found) {
            found.stream().filter(risk -> !risks.contains(risk)).forEach(risk -> LOG.warn("{}: {}", address, risk));
            risks = List.copyOf(found);
        }
    }
}
