package dev.ringback.gateway.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.protocol.JobId;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.pubsub.api.async.RedisPubSubAsyncCommands;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pub/sub connection of one shard. Requests are gathered and sent once per burst of the loop, many channels a command; each
 * request is acknowledged once, and those of one job in their order. Confined to the loop.
 */
public final class RedisSubscriptions {
    private static final Logger LOG = LoggerFactory.getLogger(RedisSubscriptions.class);

    private static final long LOG_SECONDS = 10;

    /** Hears the connection, on the loop. */
    public interface Listener {
        /** A new connection, on which nothing is subscribed yet. */
        void onConnected();

        void onDisconnected();

        /** Redis's own acknowledgement for this channel on the present connection, not the end of a command. */
        void onSubscribed(JobId id);

        void onUnsubscribed(JobId id);

        void onPublished(JobId id, byte[] published);

        /** A canary came back: the connection carries what is published, and takes requests. */
        void onCanary(long number);
    }

    /** Hears, on the loop, of queues that have work. */
    public interface WorkListener {
        /** Hears from now on, on a connection that is new: what was published in between is lost. */
        void onConnected();

        /**
         * @param queue as {@link dev.ringback.protocol.RedisKeys#queue} names it, if it is one
         */
        void onWork(byte[] queue);
    }

    private final Loop loop;
    private final int batch;
    private final RedisCounters counters;
    private final Listener listener;
    private final @Nullable WorkListener work;
    private final RedisLink<StatefulRedisPubSubConnection<JobId, byte[]>> link;

    /** Asked for in this burst. A job is in one of the two at most, or the order of its requests would be lost. */
    private Requests subscribes = new Requests();

    private Requests unsubscribes = new Requests();
    private boolean sendDue;
    /** Of the present connection. */
    private @Nullable CanaryEar canaryEar;

    private final LogLimit refusedLog;

    /**
     * @param batch channels that one command names at most
     * @param work null where nobody wants to hear of queues on this connection
     */
    RedisSubscriptions(
            RedisLink.Parts parts,
            int batch,
            RedisLink.Dialer<StatefulRedisPubSubConnection<JobId, byte[]>> dialer,
            Listener listener,
            @Nullable WorkListener work) {
        this.loop = parts.loop();
        this.batch = batch;
        this.counters = parts.counters();
        this.listener = listener;
        this.work = work;
        this.refusedLog = new LogLimit(parts.loop().nanoTime(), LOG_SECONDS);
        this.link = new RedisLink<>(parts, dialer, new LinkListener());
    }

    /** Begins to connect. */
    public void start() {
        assert loop.inLoop();
        var unused = link.start();
    }

    /** Asks for a job's events; nothing happens while not connected. */
    public void subscribe(JobId id) {
        assert loop.inLoop();
        if (unsubscribes.jobs.contains(id)) {
            send();
        }
        request(subscribes, id);
    }

    /** Gives up a job's events; nothing happens while not connected. */
    public void unsubscribe(JobId id) {
        assert loop.inLoop();
        if (subscribes.jobs.contains(id)) {
            send();
        }
        request(unsubscribes, id);
    }

    /** Gives up the present connection for a new one. */
    public void reconnect() {
        assert loop.inLoop();
        link.drop();
    }

    /** Gives up the present connection where it leads elsewhere. */
    void dropUnlessAt(RedisPlace wanted) {
        link.dropUnlessAt(wanted);
    }

    /** Makes ready to hear the next canary; why Redis does not let it be heard, null where it does. */
    public @Nullable RedisFailure askForCanary(long number) {
        assert loop.inLoop();
        if (canaryEar != null && canaryEar.isMute()) {
            link.drop();
        }
        return canaryEar == null ? null : canaryEar.ask(number);
    }

    /** Ends the connection; the listener hears nothing more. */
    public CompletionStage<Void> close() {
        assert loop.inLoop();
        forgetRequests();
        return link.close();
    }

    /** Why there is no connection; null while there is one. Any thread. */
    public @Nullable String outage() {
        return link.outage();
    }

    private void request(Requests requests, JobId id) {
        if (link.connection() == null) {
            return;
        }
        requests.add(id);
        if (!sendDue) {
            sendDue = true;
            loop.execute(this::endBurst);
        }
    }

    private void endBurst() {
        sendDue = false;
        send();
    }

    private void send() {
        var connection = link.connection();
        Requests toSubscribe = subscribes;
        Requests toUnsubscribe = unsubscribes;
        forgetRequests();
        if (connection == null) {
            return;
        }
        RedisPubSubAsyncCommands<JobId, byte[]> commands = connection.async();
        sendInBatches(toSubscribe, commands::subscribe);
        sendInBatches(toUnsubscribe, commands::unsubscribe);
    }

    private void sendInBatches(Requests requests, Function<JobId[], CompletionStage<Void>> command) {
        List<JobId> ordered = requests.ordered;
        for (int from = 0; from < ordered.size(); from += batch) {
            List<JobId> part = ordered.subList(from, Math.min(ordered.size(), from + batch));
            var connection = link.connection();
            command.apply(part.toArray(JobId[]::new)).whenComplete((done, failure) -> {
                if (failure != null) {
                    loop.run(() -> onRefused(connection, failure));
                }
            });
        }
    }

    /** Redis's own refusal concerns these channels; anything else means that the connection can't be trusted any more. */
    private void onRefused(@Nullable Object connection, Throwable failure) {
        if (connection == null || link.connection() != connection) {
            return;
        }
        if (failure instanceof RedisCommandExecutionException) {
            counters.subscribesRefused.increment();
            if (refusedLog.permits(loop.nanoTime())) {
                LOG.warn("Redis refuses a subscription: {}", failure.getMessage());
            }
        } else {
            link.drop();
        }
    }

    private void askForWork(StatefulRedisPubSubConnection<JobId, byte[]> connection) {
        if (work != null) {
            connection.async().subscribe(JobChannelCodec.WORK).whenComplete((done, failure) -> {
                if (failure != null) {
                    loop.run(() -> onRefused(connection, failure));
                }
            });
        }
    }

    private void forgetRequests() {
        subscribes = new Requests();
        unsubscribes = new Requests();
    }

    /** Requests of one kind, in their order. */
    private static final class Requests {
        private final List<JobId> ordered = new ArrayList<>();
        private final Set<JobId> jobs = new HashSet<>();

        private void add(JobId id) {
            ordered.add(id);
            jobs.add(id);
        }
    }

    private final class LinkListener implements RedisLink.Listener<StatefulRedisPubSubConnection<JobId, byte[]>> {
        @Override
        public void onUp(StatefulRedisPubSubConnection<JobId, byte[]> connection) {
            CanaryEar ear = new CanaryEar(connection, loop, listener::onCanary);
            connection.addListener(new Generation(connection, ear));
            canaryEar = ear;
            var unused = ear.ask();
            askForWork(connection);
            listener.onConnected();
        }

        @Override
        public void onDown() {
            forgetRequests();
            canaryEar = null;
            listener.onDisconnected();
        }
    }

    /** Hears one connection; what an earlier one still has to say is not for the present. */
    private final class Generation extends RedisPubSubAdapter<JobId, byte[]> {
        private final StatefulRedisPubSubConnection<JobId, byte[]> own;
        private final CanaryEar ear;

        private Generation(StatefulRedisPubSubConnection<JobId, byte[]> own, CanaryEar ear) {
            this.own = own;
            this.ear = ear;
        }

        @SuppressWarnings("ReferenceEquality")
        private boolean isCanary(JobId id) {
            return id == JobChannelCodec.CANARY && link.connection() == own;
        }

        @SuppressWarnings("ReferenceEquality")
        private @Nullable WorkListener workListener(JobId id) {
            return id == JobChannelCodec.WORK && link.connection() == own ? work : null;
        }

        @SuppressWarnings("ReferenceEquality")
        private boolean concerns(JobId id) {
            assert loop.inLoop();
            boolean isJob =
                    id != JobChannelCodec.NOT_A_JOB && id != JobChannelCodec.CANARY && id != JobChannelCodec.WORK;
            return isJob && link.connection() == own;
        }

        @Override
        public void message(JobId id, byte[] published) {
            if (concerns(id)) {
                listener.onPublished(id, published);
            } else if (isCanary(id)) {
                hearCanary(published);
            } else {
                WorkListener hears = workListener(id);
                if (hears != null) {
                    hears.onWork(published);
                }
            }
        }

        private void hearCanary(byte[] published) {
            try {
                ear.onCanary(Long.parseLong(new String(published, ISO_8859_1)));
            } catch (NumberFormatException e) {
                LOG.debug("something else was published on the canary's channel");
            }
        }

        @Override
        public void subscribed(JobId id, long count) {
            if (concerns(id)) {
                ear.onOtherAcknowledged();
                listener.onSubscribed(id);
            } else if (isCanary(id)) {
                ear.onAcknowledged();
            } else {
                WorkListener hears = workListener(id);
                if (hears != null) {
                    ear.onOtherAcknowledged();
                    hears.onConnected();
                }
            }
        }

        @Override
        public void unsubscribed(JobId id, long count) {
            if (concerns(id)) {
                ear.onOtherAcknowledged();
                listener.onUnsubscribed(id);
            }
        }
    }
}
