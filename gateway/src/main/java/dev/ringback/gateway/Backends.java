package dev.ringback.gateway;

import dev.ringback.gateway.Backend.Counter;
import dev.ringback.gateway.Backend.Gauge;
import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.listen.NativeTransport;
import dev.ringback.gateway.loop.NettyLoop;
import dev.ringback.gateway.queue.MemoryWaits;
import dev.ringback.gateway.redis.LettuceTransport;
import dev.ringback.gateway.redis.RedisCounters;
import dev.ringback.gateway.relay.MemoryRelay;
import dev.ringback.gateway.relay.RedisBackend;
import dev.ringback.gateway.relay.RelayCanary;
import dev.ringback.gateway.relay.RelayCounters;
import dev.ringback.gateway.results.ResultStore;
import dev.ringback.gateway.store.FileCounters;
import dev.ringback.gateway.store.FileJobStore;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.MemoryJobStore;
import dev.ringback.gateway.store.Outbox;
import dev.ringback.gateway.store.UnusableFileException;
import dev.ringback.gateway.store.WebhookJournal;
import dev.ringback.gateway.webhook.MemoryOutbox;
import dev.ringback.gateway.webhook.MemoryWebhookStore;
import dev.ringback.gateway.webhook.WebhookStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens the backend that {@code store.kind} names. */
final class Backends {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Backends() {}

    /**
     * Opens it, and does not wait until it is connected.
     *
     * @throws StartException where the configuration names none that can be opened
     */
    static Backend open(GatewayConfig config, Backend.Site site) throws StartException {
        return switch (config.store().kind()) {
            case MEMORY -> memory(config, site);
            case REDIS -> redis(config, site);
            case FILE -> file(config, site);
        };
    }

    private static Backend memory(GatewayConfig config, Backend.Site site) throws StartException {
        List<NettyLoop> shardLoops = site.shardLoops();
        List<MemoryRelay> relays = shardLoops.stream().map(MemoryRelay::new).toList();
        MemoryOutbox outbox = new MemoryOutbox(config);
        MemoryJobStore store = new MemoryJobStore(
                shardLoops, id -> Hub.shardOf(id, shardLoops.size()), embedded(config, relays, outbox));
        try {
            Stores stores = new Stores(store, webhooks(config, site, outbox, null), waits(config, site));
            return here(stores, ResultStores.open(config, site, List.of()), relays, List.of(), List.of());
        } catch (UnusableFileException e) {
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }

    /** Jobs, and what belongs to them. */
    private record Stores(JobStore jobs, WebhookStore webhooks, MemoryWaits waits) {
        void close() {
            waits.close();
            webhooks.close();
            jobs.close();
        }
    }

    private static MemoryWaits waits(GatewayConfig config, Backend.Site site) {
        return MemoryWaits.open(config, site.shardLoops().get(0), Clock.systemUTC(), RANDOM);
    }

    private static WebhookStore webhooks(
            GatewayConfig config, Backend.Site site, MemoryOutbox outbox, @Nullable WebhookJournal journal)
            throws UnusableFileException {
        return MemoryWebhookStore.open(
                new MemoryWebhookStore.Parts(config, site.shardLoops().get(0), Clock.systemUTC(), outbox, journal));
    }

    private static Backend file(GatewayConfig config, Backend.Site site) throws StartException {
        List<NettyLoop> shardLoops = site.shardLoops();
        List<MemoryRelay> relays = shardLoops.stream().map(MemoryRelay::new).toList();
        MemoryOutbox outbox = new MemoryOutbox(config);
        try {
            FileJobStore store = FileJobStore.open(
                    shardLoops, id -> Hub.shardOf(id, shardLoops.size()), embedded(config, relays, outbox));
            Stores stores = openOrClose(() -> storesOf(store, config, site, outbox), store::close);
            List<Gauge> gauges = List.of(
                    new Gauge("ringback_file_calls_waiting", "Calls that wait for the file.", store::waiting),
                    new Gauge("ringback_file_bytes", "Bytes of disk that the file takes.", store::fileBytes));
            ResultStore results = openOrClose(() -> ResultStores.open(config, site, List.of()), stores::close);
            store.start();
            return here(stores, results, relays, counters(store.counters()).toList(), gauges);
        } catch (UnusableFileException e) {
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }

    private static Stores storesOf(FileJobStore store, GatewayConfig config, Backend.Site site, MemoryOutbox outbox)
            throws UnusableFileException {
        MemoryWaits waits = waits(config, site);
        store.queued(waits::load);
        return new Stores(store, webhooks(config, site, outbox, store.journal()), waits);
    }

    /** What a store in this process is made with: it publishes straight to the relays. */
    private static MemoryJobStore.Parts embedded(GatewayConfig config, List<MemoryRelay> relays, Outbox outbox) {
        return new MemoryJobStore.Parts(
                config,
                Clock.systemUTC(),
                Backends::incarnation,
                (shard, event) -> relays.get(shard).publish(event),
                outbox);
    }

    /** Opens a part of the backend. */
    private interface Opening<T> {
        T open() throws StartException, UnusableFileException;
    }

    /** Opens something beside what is open already, and is closed where this can't be. */
    private static <T> T openOrClose(Opening<T> opening, Runnable closer) throws StartException {
        try {
            return opening.open();
        } catch (StartException e) {
            closer.run();
            throw e;
        } catch (UnusableFileException e) {
            closer.run();
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }

    private static Backend here(
            Stores stores, ResultStore results, List<MemoryRelay> relays, List<Counter> counters, List<Gauge> gauges) {
        return new Backend(
                stores.jobs(),
                stores.webhooks(),
                stores.waits().queue(),
                stores.waits().dependencies(),
                jobs -> {},
                results,
                relays,
                List.of(),
                CompletableFuture.completedFuture(null),
                List::of,
                counters,
                gauges,
                stores::close);
    }

    private static Stream<Counter> counters(FileCounters c) {
        return Stream.of(
                new Counter("ringback_file_commits", "Commits of the file, each of a batch of calls.", c.commits),
                new Counter(
                        "ringback_file_commit_microseconds",
                        "Microseconds that commits took, waiting for the disk included.",
                        c.commitMicros),
                new Counter("ringback_file_calls", "Calls that the file's thread served.", c.calls),
                new Counter("ringback_file_failures", "Batches that the file could not take.", c.failures),
                new Counter("ringback_file_timeouts", "Calls without an answer in time.", c.timeouts),
                new Counter("ringback_file_rejected", "Calls refused because too many waited.", c.rejected));
    }

    private static Backend redis(GatewayConfig config, Backend.Site site) throws StartException {
        List<NettyLoop> loops = site.shardLoops();
        RedisCounters counters = new RedisCounters();
        RedisBackend redis = start(config, site, counters);
        ResultStore results = openOrClose(() -> ResultStores.open(config, site, redis.clients()), redis::close);
        RelayCounters canaryCounters = new RelayCounters();
        long interval = config.readiness().canaryInterval().toNanos();
        List<RelayCanary> relays = IntStream.range(0, loops.size())
                .mapToObj(i -> new RelayCanary(redis.relay(i), loops.get(i), i, interval, canaryCounters))
                .toList();
        List<Counter> all =
                Stream.concat(counters(counters), counters(canaryCounters)).toList();
        return new Backend(
                redis.store(),
                redis.webhooks(),
                redis.queue(),
                redis.dependencies(),
                redis::applyBy,
                results,
                relays,
                relays,
                redis.connected(),
                redis::risks,
                all,
                List.of(),
                redis::close);
    }

    private static RedisBackend start(GatewayConfig config, Backend.Site site, RedisCounters counters)
            throws StartException {
        List<NettyLoop> loops = site.shardLoops();
        try {
            LettuceTransport.select(
                    site.transport() == NativeTransport.EPOLL, site.transport() == NativeTransport.IO_URING);
            return RedisBackend.start(config, loops, id -> Hub.shardOf(id, loops.size()), site.gatewayId(), counters);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }

    private static Stream<Counter> counters(RelayCounters c) {
        return Stream.of(
                new Counter("ringback_canaries_sent", "Canaries sent through Redis.", c.canariesSent),
                new Counter("ringback_canaries_heard", "Canaries that came back.", c.canariesHeard),
                new Counter("ringback_canaries_missed", "Canaries not back within an interval.", c.canariesMissed),
                new Counter("ringback_relay_silences", "Times that a shard's relay fell silent.", c.silences),
                new Counter(
                        "ringback_relay_reconnects",
                        "Pub/sub connections replaced because canaries were not heard.",
                        c.reconnects));
    }

    private static Stream<Counter> counters(RedisCounters c) {
        return Stream.of(
                new Counter("ringback_relay_events", "Stored events that the relay carried.", c.relayEvents),
                new Counter("ringback_relay_unreadable", "Events that could not be read.", c.relayUnreadable),
                new Counter("ringback_plain_applied", "Plain events that moved a job.", c.plainApplied),
                new Counter("ringback_plain_refused", "Plain events that the store refused.", c.plainRefused),
                new Counter("ringback_plain_invalid", "Plain messages that say nothing of a job.", c.plainInvalid),
                new Counter("ringback_plain_lost", "Plain events given up unapplied.", c.plainLost),
                new Counter("ringback_redis_reconnects", "Connections made in place of lost ones.", c.reconnects),
                new Counter("ringback_redis_timeouts", "Store calls without an answer in time.", c.commandTimeouts),
                new Counter("ringback_redis_rejected", "Commands not sent, the queue being full.", c.commandsRejected),
                new Counter("ringback_redis_subscribes_refused", "SUBSCRIBEs that Redis refused.", c.subscribesRefused),
                new Counter("ringback_redis_waits", "WAITs for replicas.", c.replicaWaits),
                new Counter("ringback_redis_waits_short", "WAITs that too few replicas met.", c.replicaWaitsShort),
                new Counter("ringback_redis_publishes_failed", "Replicated changes not published.", c.publishesFailed),
                new Counter("ringback_documents_replaced", "Unreadable documents replaced.", c.documentsReplaced),
                new Counter("ringback_index_writes_failed", "Index writes that failed.", c.indexWritesFailed),
                new Counter("ringback_index_repaired", "Index entries put right.", c.indexEntriesRepaired),
                new Counter("ringback_index_dropped", "Index entries without a job removed.", c.indexEntriesDropped),
                new Counter("ringback_index_passes", "Passes of the index's repair.", c.indexPasses),
                new Counter("ringback_jobs_expired", "Jobs failed at jobs.max-age.", c.jobsExpired));
    }

    /** Eight random digits of base 36: another life of the same id has the same name once in a trillion times. */
    private static String incarnation() {
        long space = 36L * 36 * 36 * 36 * 36 * 36 * 36 * 36;
        String digits = Long.toString(RANDOM.nextLong(space), 36);
        return "0".repeat(8 - digits.length()) + digits;
    }
}
