package dev.ringback.gateway.simulation;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.http.Authenticator;
import dev.ringback.gateway.http.Router;
import dev.ringback.gateway.http.Services;
import dev.ringback.gateway.hub.Hints;
import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.hub.HubCounters;
import dev.ringback.gateway.hub.Shard;
import dev.ringback.gateway.hub.Shards;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.relay.JobRelay;
import dev.ringback.gateway.relay.RelayCanary;
import dev.ringback.gateway.relay.RelayCounters;
import dev.ringback.gateway.results.MemoryResultStore;
import dev.ringback.gateway.results.Results;
import dev.ringback.gateway.simulation.SeededScheduler.SimulatedLoop;
import dev.ringback.gateway.stream.StreamContext;
import dev.ringback.gateway.stream.StreamCounters;
import dev.ringback.protocol.JobId;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One life of one gateway, from its start to its kill: everything between its sockets is real. */
final class SimulatedGateway {
    /** Makes ids of jobs, which nobody here asks for. */
    private static final SecureRandom UNUSED = new SecureRandom();

    private static final long SLOWEST_NEWS_NANOS = 50_000_000;

    final HubCounters hubCounters = new HubCounters();
    final RelayCounters relayCounters = new RelayCounters();
    final StreamCounters streamCounters = new StreamCounters();
    final TrackedBuffers buffers = new TrackedBuffers();
    final SimulatedStore store;
    final List<SimulatedLoop> loops = new ArrayList<>();
    final List<SimulatedCommands> commands = new ArrayList<>();
    final List<SimulatedRelay> relays = new ArrayList<>();
    final List<Shard> shards = new ArrayList<>();
    private final SeededScheduler scheduler;
    private final Set<SimulatedConnection> connections = new LinkedHashSet<>();
    private final Router router;
    private boolean up = true;

    SimulatedGateway(SeededScheduler scheduler, SimulatedServer server, Plan plan, ReadFaults readFaults) {
        this.scheduler = scheduler;
        GatewayConfig config = plan.config(scheduler.random());
        int loopCount = 1 + scheduler.random().nextInt(2);
        for (int i = 0; i < loopCount; i++) {
            loops.add(scheduler.loop(i));
        }
        this.store = new SimulatedStore(server, commands, readFaults);
        Shard.Parts parts = new Shard.Parts(
                store,
                config.hub(),
                hubCounters,
                buffers,
                new Hints(() -> Instant.ofEpochMilli(0)),
                scheduler.random());
        int shardCount = 1 + scheduler.random().nextInt(2);
        for (int i = 0; i < shardCount; i++) {
            SimulatedLoop loop = loops.get(i % loopCount);
            SimulatedCommands shardCommands = new SimulatedCommands(scheduler, server, loop, config);
            SimulatedRelay relay = new SimulatedRelay(scheduler, server, loop, shardCommands);
            commands.add(shardCommands);
            relays.add(relay);
            JobRelay heard = plan.canary() ? canary(relay, loop, i, config) : relay;
            shards.add(Shards.without(plan.without(), loop, heard, parts));
            loop.execute(shardCommands::dial);
        }
        Hub hub = new Hub(shards);
        StreamContext streams = new StreamContext(hub, config, streamCounters, Overload.none(), scheduler.random());
        Results results = new Results(
                new MemoryResultStore(
                        loops,
                        id -> 0,
                        new MemoryResultStore.Bounds(0, Duration.ofMinutes(1)),
                        () -> Instant.ofEpochMilli(0)),
                config.results());
        Services services =
                new Services(store, results, streams, Services.Submitted.ANY, () -> Instant.ofEpochMilli(0), UNUSED);
        this.router = new Router(new Authenticator(config.auth()), services);
        hub.start();
    }

    private JobRelay canary(SimulatedRelay relay, SimulatedLoop loop, int shard, GatewayConfig config) {
        long interval = config.readiness().canaryInterval().toNanos();
        return new RelayCanary(relay, loop, shard, interval, relayCounters);
    }

    boolean isUp() {
        return up;
    }

    Router router() {
        return router;
    }

    SimulatedConnection accept(SimulatedConnection.ClientEnd client) {
        SimulatedLoop loop = loops.get(scheduler.random().nextInt(loops.size()));
        SimulatedConnection connection = new SimulatedConnection(scheduler, loop, buffers, client);
        connections.removeIf(SimulatedConnection::isOver);
        connections.add(connection);
        return connection;
    }

    List<SimulatedConnection> connections() {
        return connections.stream().filter(connection -> !connection.isOver()).toList();
    }

    /** Nothing of it runs any more; its peers hear of it by and by. */
    void kill() {
        up = false;
        loops.forEach(loop -> loop.lane().end());
        commands.forEach(ServerLink::end);
        relays.forEach(ServerLink::end);
        for (SimulatedConnection connection : connections) {
            long nanos = (long) (SLOWEST_NEWS_NANOS * scheduler.random().nextDouble());
            scheduler.after(nanos, connection::vanish);
        }
    }

    String stateOf(JobId id) {
        return Shards.stateOf(shards.get(Hub.shardOf(id, shards.size())), id);
    }

    /** What should not be there any more once all clients are gone; null where nothing is. */
    String leftovers() {
        int topics = shards.stream().mapToInt(Shard::topics).sum();
        int reads = shards.stream().mapToInt(Shard::readsWaiting).sum();
        long waits = streamCounters.longPolls.sum() + streamCounters.sseStreams.sum();
        int held = buffers.unreleased();
        boolean none = topics == 0 && reads == 0 && waits == 0 && held == 0;
        return none ? null : topics + " topics, " + reads + " reads, " + waits + " waits, " + held + " buffers";
    }

    void countInto(Figures figures) {
        figures.add("hub: reads", hubCounters.reads.sum());
        figures.add("hub: reads that failed", hubCounters.readFailures.sum());
        figures.add("hub: recovered by reads", hubCounters.recovered.sum());
        figures.add("hub: resets", hubCounters.resets.sum());
        figures.add("hub: stale events", hubCounters.stale.sum());
        figures.add("relay: canaries missed", relayCounters.canariesMissed.sum());
        figures.add("relay: silences", relayCounters.silences.sum());
        figures.add("relay: reconnects by the canary", relayCounters.reconnects.sum());
        figures.add("streams: coalesced", streamCounters.coalesced.sum());
        figures.add(
                "streams: slow consumers",
                streamCounters.slowConsumersByTime.sum() + streamCounters.slowConsumersByBytes.sum());
    }
}
