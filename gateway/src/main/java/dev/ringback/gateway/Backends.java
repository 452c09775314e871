package dev.ringback.gateway;

import dev.ringback.gateway.Backend.Counter;
import dev.ringback.gateway.Backend.Gauge;
import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.listen.NativeTransport;
import dev.ringback.gateway.loop.NettyLoop;
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
import dev.ringback.gateway.store.UnusableFileException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
        MemoryJobStore store =
                new MemoryJobStore(shardLoops, id -> Hub.shardOf(id, shardLoops.size()), embedded(config, relays));
        return here(store, ResultStores.open(config, site, List.of()), relays, List.of(), List.of());
    }

    private static Backend file(GatewayConfig config, Backend.Site site) throws StartException {
        List<NettyLoop> shardLoops = site.shardLoops();
        List<MemoryRelay> relays = shardLoops.stream().map(MemoryRelay::new).toList();
        try {
            FileJobStore store =
                    FileJobStore.open(shardLoops, id -> Hub.shardOf(id, shardLoops.size()), embedded(config, relays));
            List<Gauge> gauges = List.of(
                    new Gauge("ringback_file_calls_waiting", "Calls that wait for the file.", store::waiting),
                    new Gauge("ringback_file_bytes", "Bytes of disk that the file takes.", store::fileBytes));
            ResultStore results = openOrClose(() -> ResultStores.open(config, site, List.of()), store::close);
            return here(store, results, relays, counters(store.counters()).toList(), gauges);
        } catch (UnusableFileException e) {
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }

    /** What a store in this process is made with: it publishes straight to the relays. */
    private static MemoryJobStore.Parts embedded(GatewayConfig config, List<MemoryRelay> relays) {
        return new MemoryJobStore.Parts(
                config,
                Clock.systemUTC(),
                Backends::incarnation,
                (shard, event) -> relays.get(shard).publish(event));
    }

    /** Opens a store of results. */
    private interface Opening {
        ResultStore open() throws StartException;
    }

    /** Opens the results beside something that is open already, and is closed where they can't be. */
    private static ResultStore openOrClose(Opening opening, Runnable closer) throws StartException {
        try {
            return opening.open();
        } catch (StartException e) {
            closer.run();
            throw e;
        }
    }

    private static Backend here(
            JobStore store, ResultStore results, List<MemoryRelay> relays, List<Counter> counters, List<Gauge> gauges) {
        return new Backend(
                store,
                results,
                relays,
                List.of(),
                CompletableFuture.completedFuture(null),
                List::of,
                counters,
                gauges,
                store::close);
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
                redis.store(), results, relays, relays, redis.connected(), redis::risks, all, List.of(), redis::close);
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
