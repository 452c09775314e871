package dev.ringback.gateway.queue;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.config.QueuesConfig;
import dev.ringback.gateway.queue.MortalGateway.Fate;
import dev.ringback.gateway.simulation.SeededScheduler;
import dev.ringback.gateway.simulation.SeededScheduler.SimulatedLoop;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.gateway.store.MemoryJobStore;
import dev.ringback.gateway.store.MemoryStores;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Stores that live, and gateways that die, in virtual time: what happens is decided by a seed. The stores are those in memory, on a
 * loop of their own, to which all gateways have wires.
 */
final class QueueWorld {
    /** What becomes of the calls of a gateway, which are counted from 1. */
    interface Fates {
        Fate of(int number);
    }

    static final String FREE = "free";
    /** Of these, one is leased at most. */
    static final String ONE_AT_ONCE = "one-at-once";

    static final List<String> TYPES = List.of(FREE, ONE_AT_ONCE);
    static final long LEASE_MILLIS = 10_000;

    /** As with Redis: how long one gateway keeps the queues without saying so again. */
    private static final long KEEPER_MILLIS = 5_000;

    private static final long EPOCH_MILLIS = 1_800_000_000_000L;
    private static final long PULSE_MILLIS = 5;
    private static final long LOOK_MILLIS = 500;
    private static final long ANSWER_MILLIS = 5_000;

    private static final GatewayConfig CONFIG = GatewayConfig.of("queues.retry-delay=1s", "queues.retry-max-delay=5s");

    private final SeededScheduler scheduler = new SeededScheduler(0);
    private final SimulatedLoop storeLoop;
    private final MemoryJobStore jobs;
    private final MemoryQueueStore queue;
    private final MemoryDependencyStore dependencies;
    private final QueueLedger ledger = new QueueLedger();
    private final Map<MortalGateway, Consumer<String>> listeners = new LinkedHashMap<>();
    private final List<MortalGateway> gateways = new ArrayList<>();
    private final List<QueueWorker> workers = new ArrayList<>();
    /** Dead letters that somebody wished to replay, and the jobs that take their place. */
    private final Map<JobId, JobId> replays = new LinkedHashMap<>();

    private final List<Supplier<String>> trace = new ArrayList<>();
    private int names;
    private int wakesLostPerMille;
    private MortalGateway keeper;
    private long keeperUntilMillis;

    QueueWorld(long seed) {
        scheduler.reset(seed);
        storeLoop = scheduler.loop(0);
        jobs = MemoryStores.on(
                storeLoop,
                new MemoryJobStore.Parts(CONFIG, clock(), () -> "life" + names++, (shard, event) -> hear(event)),
                true);
        queue = new MemoryQueueStore(
                new MemoryQueueStore.Parts(CONFIG, storeLoop, clock(), QueueWorld::limits, () -> "lease-" + names++));
        queue.onWork(this::wake);
        dependencies = new MemoryDependencyStore(CONFIG, storeLoop, clock());
        pulse();
    }

    /** Time passes in small steps, so that what is ready goes on within a few milliseconds. */
    private void pulse() {
        after(PULSE_MILLIS, this::pulse);
    }

    private static QueueLimits limits(String type) {
        return type.equals(ONE_AT_ONCE) ? new QueueLimits(1, 0, 0) : QueueLimits.NONE;
    }

    SeededScheduler scheduler() {
        return scheduler;
    }

    SimulatedLoop storeLoop() {
        return storeLoop;
    }

    JobStore jobs() {
        return jobs;
    }

    QueueStore queue() {
        return queue;
    }

    DependencyStore dependencies() {
        return dependencies;
    }

    QueuesConfig config() {
        return CONFIG.queues();
    }

    QueueLedger ledger() {
        return ledger;
    }

    InstantSource clock() {
        return () -> Instant.ofEpochMilli(nowMillis());
    }

    long nowMillis() {
        return EPOCH_MILLIS + TimeUnit.NANOSECONDS.toMillis(scheduler.now());
    }

    int random(int bound) {
        return scheduler.random().nextInt(bound);
    }

    boolean chance(int perMille) {
        return random(1_000) < perMille;
    }

    void note(Supplier<String> line) {
        long millis = nowMillis() - EPOCH_MILLIS;
        trace.add(() -> millis + " ms: " + line.get());
    }

    /** What has happened, in its order. */
    List<String> trace() {
        return trace.stream().map(Supplier::get).toList();
    }

    private void hear(JobEvent event) {
        note(() -> "    " + event.jobId() + " is " + event.state() + ", version " + event.version());
        NewJob submitted = now(jobs.submitted(event.jobId()));
        List<JobId> upstream = submitted == null ? List.of() : submitted.plan().after();
        ledger.hear(event, upstream, nowMillis());
    }

    // ── gateways ───────────────────────────────────────────────────────────────────────────────────────────────

    MortalGateway open() {
        MortalGateway gateway = new MortalGateway(this, "gateway" + names++);
        gateways.add(gateway);
        return gateway;
    }

    List<MortalGateway> living() {
        return gateways.stream().filter(MortalGateway::isUp).toList();
    }

    MortalGateway someGateway() {
        List<MortalGateway> living = living();
        return living.isEmpty() ? null : living.get(random(living.size()));
    }

    void onDeath(MortalGateway gateway) {
        note(() -> gateway + " dies");
        listeners.remove(gateway);
        workers.forEach(worker -> worker.onDeath(gateway));
    }

    void onWork(MortalGateway gateway, Consumer<String> listener) {
        listeners.put(gateway, listener);
    }

    /** How often a gateway does not hear that there is work. */
    void loseWakes(int perMille) {
        wakesLostPerMille = perMille;
    }

    private void wake(String type) {
        listeners.forEach((gateway, listener) -> {
            if (!chance(wakesLostPerMille)) {
                gateway.tell(() -> listener.accept(type));
            }
        });
    }

    CompletionStage<Boolean> keeps(MortalGateway gateway) {
        boolean keeps = keeper == null || keeper == gateway || nowMillis() >= keeperUntilMillis;
        if (keeps) {
            keeper = gateway;
            keeperUntilMillis = nowMillis() + KEEPER_MILLIS;
        }
        return CompletableFuture.completedFuture(keeps);
    }

    QueueWorker employ(String type, QueueWorker.Habits habits) {
        QueueWorker worker = new QueueWorker(this, "worker" + names++, type, habits);
        workers.add(worker);
        worker.begin();
        return worker;
    }

    /** Somebody wishes to replay a dead letter: it leaves its list once the other job is there, if ever. */
    void replays(JobId dead, JobId again) {
        replays.put(dead, again);
    }

    // ── time ───────────────────────────────────────────────────────────────────────────────────────────────────

    void after(long millis, Runnable task) {
        scheduler.after(TimeUnit.MILLISECONDS.toNanos(millis), task);
    }

    void pass(long millis) {
        run(millis, () -> false);
    }

    /** Lets things happen until something is so, at most for so long: whether it is. */
    boolean run(long millis, BooleanSupplier until) {
        long horizon = scheduler.now() + TimeUnit.MILLISECONDS.toNanos(millis);
        boolean[] passed = new boolean[1];
        scheduler.after(TimeUnit.MILLISECONDS.toNanos(millis), () -> passed[0] = true);
        while (!until.getAsBoolean()) {
            if (passed[0] || !scheduler.step(horizon)) {
                return until.getAsBoolean();
            }
        }
        return true;
    }

    /** Waits for an answer that must come. */
    <T> T get(CompletableFuture<T> answer) {
        if (!run(ANSWER_MILLIS, answer::isDone)) {
            throw new AssertionError("there is no answer: " + trace());
        }
        return answer.join();
    }

    /** How a job stands; null for none. */
    JobWork work(JobId id) {
        CompletableFuture<JobWork> work = new CompletableFuture<>();
        storeLoop.execute(() -> work.complete(now(jobs.work(id))));
        return get(work);
    }

    // ── the end ────────────────────────────────────────────────────────────────────────────────────────────────

    /** Lets time pass until all is as it has to be, at most for so long: what is not so even then. */
    List<String> settle(long millis) {
        List<String> wrongs = judge();
        for (long passed = 0; passed < millis && !wrongs.isEmpty(); passed += LOOK_MILLIS) {
            pass(LOOK_MILLIS);
            wrongs = judge();
        }
        return wrongs;
    }

    private List<String> judge() {
        CompletableFuture<List<String>> judged = new CompletableFuture<>();
        storeLoop.execute(() -> judged.complete(judgeStores()));
        return get(judged);
    }

    /** All steps of the stores are done at once on their loop. */
    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private List<String> judgeStores() {
        Map<JobId, JobWork> works = new HashMap<>();
        Set<String> dead = new TreeSet<>();
        for (JobId id : ledger.jobs()) {
            JobWork work = now(jobs.work(id));
            works.put(id, work);
            if (work != null && work.dead()) {
                dead.add(id.toString());
            }
        }
        List<String> wrongs = new ArrayList<>(ledger.judge(works));
        Set<String> listed = new TreeSet<>();
        long lost = 0;
        for (String type : TYPES) {
            QueueFigures figures = now(queue.figures(type));
            lost += figures.counts().lost();
            if (figures.waiting() + figures.delayed() + figures.leased() > 0) {
                wrongs.add("the queue of " + type + " is not empty: " + figures);
            }
            now(queue.dead(type, Integer.MAX_VALUE, null))
                    .forEach(letter -> listed.add(letter.id().toString()));
        }
        if (!dead.containsAll(listed)) {
            wrongs.add("listed are " + listed + ", but dead are " + dead);
        }
        dead.removeAll(listed);
        replays.forEach((letter, again) -> {
            if (dead.remove(letter.toString()) && ledger.state(again) == null) {
                wrongs.add("dead letter " + letter + " is gone, but there is no " + again);
            }
        });
        if (!dead.isEmpty()) {
            wrongs.add("dead letters are not listed: " + dead);
        }
        if (ledger.losses() > lost) {
            wrongs.add(ledger.losses() + " attempts were lost, but " + lost + " leases");
        }
        long waiting = now(dependencies.count());
        if (waiting != 0) {
            wrongs.add(waiting + " wait for others");
        }
        return wrongs;
    }
}
