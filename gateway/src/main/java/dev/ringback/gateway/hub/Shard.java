package dev.ringback.gateway.hub;

import dev.ringback.gateway.config.HubConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.relay.JobRelay;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The topics of the jobs that fall to one event loop. Confined to that loop: no lock, no concurrent map.
 *
 * <p>What happens in one go of the loop is a burst: events are gathered per topic and answers per connection loop, and both are
 * handed over by one task at the burst's end.
 */
public final class Shard implements JobRelay.Listener {
    static final long RESUBSCRIBE_NANOS = TimeUnit.SECONDS.toNanos(5);
    static final long READ_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * What a shard needs from outside.
     *
     * @param random jitter; a seed makes it repeatable
     */
    public record Parts(
            JobStore store,
            HubConfig config,
            HubCounters counters,
            ByteBufAllocator allocator,
            Hints hints,
            RandomGenerator random) {}

    private final Loop loop;
    private final JobRelay relay;
    private final Parts parts;
    private final Map<JobId, Topic> topics = new HashMap<>();
    private final Outboxes outboxes = new Outboxes();
    private List<Telling> bursts = new ArrayList<>();
    private boolean burstEndDue;
    /** Written on the loop, read by probes. */
    private volatile boolean connected;

    private final DocumentCache cache;
    private final ReadQueue reads;
    private final Set<Safeguard> safeguards;

    public Shard(Loop loop, JobRelay relay, Parts parts) {
        this(loop, relay, parts, EnumSet.allOf(Safeguard.class));
    }

    /** With some safeguards turned off, for tests that show what they are for. */
    Shard(Loop loop, JobRelay relay, Parts parts, Set<Safeguard> safeguards) {
        this.loop = loop;
        this.relay = relay;
        this.parts = parts;
        this.cache = new DocumentCache(parts.config().cacheBytes(), parts.counters());
        this.reads = new ReadQueue(this, parts.store());
        this.safeguards = safeguards;
    }

    Loop loop() {
        return loop;
    }

    /** Begins to listen to the relay. */
    void start() {
        assert loop.inLoop();
        relay.start(this);
    }

    void subscribe(JobId id, Subscriber subscriber, @Nullable Cursor seen) {
        assert loop.inLoop();
        Topic topic = topics.get(id);
        if (topic == null) {
            if (topics.size() >= parts.config().topicsPerShard()) {
                parts.counters().refused.increment();
                tell(subscriber, s -> s.onUnavailable(id));
                return;
            }
            topic = new Topic(this, id);
            topics.put(id, topic);
        }
        parts.counters().subscribed.increment();
        topic.add(subscriber, seen);
    }

    void unsubscribe(JobId id, Subscriber subscriber) {
        assert loop.inLoop();
        Topic topic = topics.get(id);
        if (topic != null && topic.remove(subscriber) && released(topic)) {
            topics.remove(id, topic);
        }
    }

    /** Reads the store for someone who does not subscribe; the topic, if there is one, learns from it too. */
    CompletionStage<StoreRead> read(JobId id) {
        assert loop.inLoop();
        Topic topic = topics.get(id);
        if (topic == null) {
            return parts.store().read(id);
        }
        JobEvent knownWhenSent = topic.present();
        CompletableFuture<StoreRead> answer = new CompletableFuture<>();
        parts.store().read(id).whenComplete((read, failure) -> {
            assert loop.inLoop();
            if (read != null && topics.get(id) == topic) {
                topic.onReadByOther(knownWhenSent, read);
            }
            complete(answer, read, failure);
        });
        return answer;
    }

    private static <T> void complete(CompletableFuture<T> answer, @Nullable T value, @Nullable Throwable failure) {
        if (failure != null) {
            answer.completeExceptionally(failure);
        } else if (value != null) {
            answer.complete(value);
        }
    }

    /** How many topics there are, whatever their state. */
    public int topics() {
        return topics.size();
    }

    /** Reads of the store that wait their turn. */
    public int readsWaiting() {
        return reads.size();
    }

    /** The state of a job's topic, for tests of the life cycle; null where there is none. */
    @Nullable TopicState stateOf(JobId id) {
        Topic topic = topics.get(id);
        return topic == null ? null : topic.state();
    }

    /** Whether the relay carries events now. Any thread. */
    public boolean isConnected() {
        return connected;
    }

    // ── the relay ──────────────────────────────────────────────────────────────────────────────────────────────

    @Override
    public void onConnected() {
        assert loop.inLoop();
        connected = true;
        topics.values().forEach(Topic::onConnected);
        reads.resume();
    }

    @Override
    public void onDisconnected() {
        assert loop.inLoop();
        connected = false;
        topics.values().removeIf(topic -> topic.onDisconnected() && released(topic));
    }

    @Override
    public void onSubscribed(JobId id) {
        assert loop.inLoop();
        Topic topic = topics.get(id);
        if (topic != null) {
            topic.onSubscribed();
        }
    }

    @Override
    public void onUnsubscribed(JobId id) {
        assert loop.inLoop();
        Topic topic = topics.get(id);
        if (topic != null && topic.onUnsubscribed() && released(topic)) {
            topics.remove(id, topic);
        }
    }

    @Override
    public void onEvent(JobEvent event) {
        assert loop.inLoop();
        Topic topic = topics.get(event.jobId());
        if (topic == null) {
            parts.counters().unwanted.increment();
        } else {
            topic.onEvent(event);
        }
    }

    /** Canaries are the relay's own business. */
    @Override
    public void onCanary(long number) {}

    @Override
    public void onDoubt() {
        assert loop.inLoop();
        topics.values().forEach(Topic::onDoubt);
    }

    @Override
    public void onUnreadable(JobId id) {
        assert loop.inLoop();
        Topic topic = topics.get(id);
        if (topic != null) {
            topic.onUnreadable();
        }
    }

    /** Lets a topic go at once. */
    void forget(Topic topic) {
        if (topics.remove(topic.id(), topic)) {
            topic.release();
        }
    }

    private static boolean released(Topic topic) {
        topic.release();
        return true;
    }

    // ── what topics use ────────────────────────────────────────────────────────────────────────────────────────

    JobRelay relay() {
        return relay;
    }

    HubCounters counters() {
        return parts.counters();
    }

    ByteBufAllocator allocator() {
        return parts.allocator();
    }

    Hints hints() {
        return parts.hints();
    }

    long lingerNanos() {
        return parts.config().linger().toNanos();
    }

    long sweepNanos() {
        return parts.config().sweepInterval().toNanos();
    }

    /** Between half and one and a half of the time. */
    long jittered(long nanos) {
        return (long) (nanos * (0.5 + parts.random().nextDouble()));
    }

    void setDeadline(Topic topic, long delayNanos) {
        loop.ticker().set(topic, loop.nanoTime(), delayNanos);
    }

    void clearDeadline(Topic topic) {
        loop.ticker().clear(topic);
    }

    ReadQueue reads() {
        return reads;
    }

    boolean holds(Topic topic) {
        return topics.get(topic.id()) == topic;
    }

    boolean has(Safeguard safeguard) {
        return safeguards.contains(safeguard);
    }

    /** Bytes of job documents that topics keep. */
    public long cachedBytes() {
        return cache.bytes();
    }

    DocumentCache cache() {
        return cache;
    }

    Outboxes outboxes() {
        endBurstLater();
        return outboxes;
    }

    void tell(Subscriber subscriber, SubscriberGroup.Call call) {
        outboxes().add(subscriber.loop(), () -> Outboxes.deliver(call, subscriber));
    }

    void burstBegins(Telling telling) {
        bursts.add(telling);
        endBurstLater();
    }

    private void endBurstLater() {
        if (!burstEndDue) {
            burstEndDue = true;
            loop.execute(this::endBurst);
        }
    }

    private void endBurst() {
        burstEndDue = false;
        List<Telling> ending = bursts;
        bursts = new ArrayList<>();
        ending.forEach(Telling::handOverBurst);
        outboxes.flush();
    }
}
