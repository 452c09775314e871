package dev.ringback.gateway.simulation;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.relay.JobRelay;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.MemoryJobStore;
import dev.ringback.gateway.store.MemoryStores;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The one Redis of a world. Its truth is a real memory store, so that the state machine is the real one; a log of all accepted
 * changes, as an append-only file is, lets it come back with all, some or none of them.
 */
final class SimulatedServer {
    private static final long EPOCH_MILLIS = 1_800_000_000_000L;

    /** One accepted change, and what is needed to do it again with the same outcome. */
    private record Entry(long millis, String incarnation, JobId id, JobChange change, Origin origin) {}

    /** One pub/sub connection as the server knows it. */
    static final class Session {
        private final SimulatedLink link;
        private final JobRelay.Listener listener;
        private final LongConsumer onCanary;
        private final Set<JobId> channels = new HashSet<>();

        Session(SimulatedLink link, JobRelay.Listener listener, LongConsumer onCanary) {
            this.link = link;
            this.listener = listener;
            this.onCanary = onCanary;
        }

        void subscribe(JobId id) {
            channels.add(id);
            link.answer(() -> listener.onSubscribed(id));
        }

        void unsubscribe(JobId id) {
            channels.remove(id);
            link.answer(() -> listener.onUnsubscribed(id));
        }
    }

    private final SeededScheduler scheduler;
    private final boolean endsOnce;
    private final Consumer<JobEvent> onEnd;
    private final Loop loop = new OwnLoop();
    private final List<Entry> log = new ArrayList<>();
    private final Set<SimulatedLink> links = new LinkedHashSet<>();
    private final Set<Session> sessions = new LinkedHashSet<>();
    final RelayFaults relayFaults;
    private MemoryJobStore store;
    /** While the log is done again: the change that is. */
    private Entry again;

    private int lives;
    private boolean up = true;
    private int refusals;

    /**
     * @param onEnd hears of each accepted end, before it is published
     */
    SimulatedServer(SeededScheduler scheduler, boolean endsOnce, RelayFaults relayFaults, Consumer<JobEvent> onEnd) {
        this.scheduler = scheduler;
        this.endsOnce = endsOnce;
        this.relayFaults = relayFaults;
        this.onEnd = onEnd;
        this.store = emptyStore();
    }

    private MemoryJobStore emptyStore() {
        var parts = new MemoryJobStore.Parts(
                GatewayConfigs.SERVER,
                () -> Instant.ofEpochMilli(millis()),
                () -> again == null ? "life" + ++lives : again.incarnation(),
                (shard, event) -> publish(event));
        return MemoryStores.on(loop, parts, endsOnce);
    }

    private long millis() {
        return again == null ? EPOCH_MILLIS + TimeUnit.NANOSECONDS.toMillis(scheduler.now()) : again.millis();
    }

    // ── commands ───────────────────────────────────────────────────────────────────────────────────────────────

    StoreRead read(JobId id) {
        return store.read(id).toCompletableFuture().join();
    }

    StoreWrite apply(JobId id, JobChange change, Origin origin) {
        StoreWrite write = store.apply(id, change, origin).toCompletableFuture().join();
        if (write.outcome() == StoreWrite.Outcome.APPLIED) {
            log.add(new Entry(millis(), write.job().incarnation(), id, change, origin));
        }
        return write;
    }

    private void publish(JobEvent event) {
        if (again != null) {
            return;
        }
        if (event.state().isTerminal()) {
            onEnd.accept(event);
        }
        for (Session session : sessions) {
            if (session.channels.contains(event.jobId())) {
                relayFaults.carry(session.link, () -> session.listener.onEvent(event));
            }
        }
    }

    /** Publishes a canary to the connections of the shard whose listener it is. */
    void publishCanary(JobRelay.Listener listener, long number) {
        for (Session session : sessions) {
            if (session.listener == listener) {
                session.link.answer(() -> session.onCanary.accept(number));
            }
        }
    }

    // ── connections ────────────────────────────────────────────────────────────────────────────────────────────

    boolean accepts() {
        return up && refusals == 0;
    }

    boolean isUp() {
        return up;
    }

    void opened(SimulatedLink link) {
        links.add(link);
        link.onServerEnd(() -> {
            links.remove(link);
            sessions.removeIf(session -> session.link == link);
        });
    }

    void opened(Session session) {
        sessions.add(session);
    }

    // ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────

    void refuseConnections(long nanos) {
        refusals++;
        scheduler.after(nanos, () -> refusals--);
    }

    void kill() {
        up = false;
        List<SimulatedLink> all = List.copyOf(links);
        links.clear();
        sessions.clear();
        all.forEach(SimulatedLink::endAtServer);
    }

    /** Comes back with so many of the changes that it had accepted. */
    void restart(int kept) {
        log.subList(kept, log.size()).clear();
        store = emptyStore();
        for (Entry entry : log) {
            again = entry;
            var unused = store.apply(entry.id(), entry.change(), entry.origin());
        }
        again = null;
        up = true;
    }

    int changes() {
        return log.size();
    }

    /** Where all that the server does is done at once. Nothing expires in the time that a world has: its ticker never ticks. */
    private final class OwnLoop implements Loop {
        private final LoopTicker ticker = new LoopTicker(0, nanos -> {});

        @Override
        public int index() {
            return 0;
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public long nanoTime() {
            return scheduler.now();
        }

        @Override
        public LoopTicker ticker() {
            return ticker;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }
}
