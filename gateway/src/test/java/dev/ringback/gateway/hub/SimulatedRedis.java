package dev.ringback.gateway.hub;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.relay.JobRelay;
import dev.ringback.gateway.simulation.SeededScheduler;
import dev.ringback.gateway.store.JobPage;
import dev.ringback.gateway.store.JobQuery;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A Redis of one shard as the hub meets it: a connection for commands and one for pub/sub, each of which keeps the order of what
 * it carries and takes any time for it. Faults, where a run has them: reads that fail, and a pub/sub connection that breaks.
 */
final class SimulatedRedis implements JobStore, JobRelay {
    private static final int FAILING_READS_PERCENT = 20;

    private final SeededScheduler scheduler;
    private final SeededScheduler.SimulatedLoop loop;
    private final boolean faulty;
    private final Map<JobId, JobEvent> records = new HashMap<>();
    private final Map<JobId, List<JobEvent>> histories = new HashMap<>();
    private int readsUnderWay;
    private int mostReadsUnderWay;
    private final SeededScheduler.Lane requests;
    private final SeededScheduler.Lane replies;
    private SeededScheduler.Lane pubSubIn;
    private SeededScheduler.Lane pubSubOut;
    private Set<JobId> channels = new HashSet<>();
    private Listener listener;
    private boolean connected;

    SimulatedRedis(SeededScheduler scheduler, SeededScheduler.SimulatedLoop loop, boolean faulty) {
        this.scheduler = scheduler;
        this.loop = loop;
        this.faulty = faulty;
        this.requests = scheduler.lane();
        this.replies = scheduler.lane();
        this.pubSubIn = scheduler.lane();
        this.pubSubOut = scheduler.lane();
    }

    // ── the server's side ──────────────────────────────────────────────────────────────────────────────────────

    /** Moves a job by one version and publishes, in one step, as the script does. */
    void move(JobId id, JobState state) {
        JobEvent before = records.get(id);
        long version = before == null ? 1 : before.version() + 1;
        byte[] json = ("{\"jobId\":\"" + id + "\",\"version\":" + version + "}").getBytes(ISO_8859_1);
        JobEvent event = new JobEvent(id, "inc", version, state, false, json);
        records.put(id, event);
        histories.computeIfAbsent(id, job -> new ArrayList<>()).add(event);
        if (channels.contains(id)) {
            send(() -> listener.onEvent(event));
        }
    }

    private void send(Runnable arrival) {
        pubSubOut.add(() -> loop.execute(arrival));
    }

    /** Holds back, for a while, all that goes to the server, or all that comes from it, on the pub/sub connection. */
    void stallPubSub(long nanos) {
        scheduler.stall(scheduler.random().nextBoolean() ? pubSubIn : pubSubOut, nanos);
    }

    /** Holds everything on the pub/sub connection back for a while, in both directions. */
    void stallAll(long nanos) {
        scheduler.stall(pubSubIn, nanos);
        scheduler.stall(pubSubOut, nanos);
    }

    /** Forgets a job's last move, as a restart from an older file does. */
    void undo(JobId id) {
        records.put(id, histories.get(id).get((int) records.get(id).version() - 2));
    }

    /** Reads that were asked for and are not answered yet, the most there ever were. */
    int mostReadsUnderWay() {
        return mostReadsUnderWay;
    }

    /** Moves a job without an event, as if it had been published while nobody was subscribed. */
    void moveUnheard(JobId id, JobState state) {
        Set<JobId> subscribed = channels;
        channels = new HashSet<>();
        move(id, state);
        channels = subscribed;
    }

    /** Breaks the pub/sub connection; what was under way is gone, and a new connection comes after a while. */
    void breakPubSub() {
        if (!connected) {
            return;
        }
        connected = false;
        channels = new HashSet<>();
        pubSubIn.clear();
        pubSubOut.clear();
        // Late arrivals of the old connection must not be mixed with the new one's: they have their own lanes.
        pubSubIn = scheduler.lane();
        pubSubOut = scheduler.lane();
        loop.execute(() -> listener.onDisconnected());
        scheduler.after(TimeUnit.MILLISECONDS.toNanos(70), this::connect);
    }

    private void connect() {
        connected = true;
        loop.execute(() -> listener.onConnected());
    }

    // ── JobRelay ───────────────────────────────────────────────────────────────────────────────────────────────

    @Override
    public void start(Listener newListener) {
        listener = newListener;
        connected = true;
        newListener.onConnected();
    }

    @Override
    public void subscribe(JobId id) {
        pubSubIn.add(() -> {
            channels.add(id);
            send(() -> listener.onSubscribed(id));
        });
    }

    @Override
    public void unsubscribe(JobId id) {
        pubSubIn.add(() -> {
            channels.remove(id);
            send(() -> listener.onUnsubscribed(id));
        });
    }

    @Override
    public CompletionStage<Void> sendCanary(long number) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void reconnect() {
        throw new UnsupportedOperationException();
    }

    // ── JobStore ───────────────────────────────────────────────────────────────────────────────────────────────

    @Override
    public CompletionStage<StoreRead> read(JobId id) {
        CompletableFuture<StoreRead> answer = new CompletableFuture<>();
        boolean fails = faulty && scheduler.random().nextInt(100) < FAILING_READS_PERCENT;
        mostReadsUnderWay = Math.max(mostReadsUnderWay, ++readsUnderWay);
        requests.add(() -> {
            JobEvent found = records.get(id);
            StoreRead read = found == null ? StoreRead.ABSENT : StoreRead.found(new JobSnapshot(found, null));
            replies.add(() -> loop.execute(() -> {
                readsUnderWay--;
                if (fails) {
                    answer.completeExceptionally(new StoreException(StoreException.Kind.TIMEOUT, "simulated"));
                } else {
                    answer.complete(read);
                }
            }));
        });
        return answer;
    }

    @Override
    public CompletionStage<byte[]> result(JobId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<StoreWrite> create(JobId id, NewJob job, Submission submission) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<StoreWrite> apply(JobId id, JobChange change, Origin origin) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<JobWork> work(JobId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<NewJob> submitted(JobId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<JobPage> list(JobQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<byte[]> secret() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String outage() {
        return null;
    }

    @Override
    public void close() {}
}
