package dev.ringback.gateway.simulation;

import dev.ringback.gateway.simulation.SeededScheduler.Lane;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.loadtest.check.Bounds;
import dev.ringback.loadtest.check.Checker;
import dev.ringback.loadtest.check.History;
import dev.ringback.loadtest.check.Report;
import dev.ringback.loadtest.check.Stats;
import dev.ringback.loadtest.check.Truth;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** One server, its gateways, workers and clients, and what befalls them, all in the order that one seed decides. */
final class World {
    /** When the last of the faults begins, and the last of the clients and workers. */
    private static final long BEGINNINGS_NANOS = millis(2_500);
    /** How near to one another what is to meet begins. */
    private static final long MEETING_NANOS = millis(40);

    private static final long TROUBLE_NANOS = millis(600);

    /** Workers and faults are through with all they have to do long before. */
    private static final long LONGEST_LIFE_NANOS = millis(30_000);

    /** How much longer than a stream's life a client may be told nothing, because of stalls on the way. */
    private static final long STALLS_NANOS = 3 * Faults.LONGEST_NANOS;

    /**
     * How long after the last heal everyone must know: everything that may have to follow one another, each at its longest.
     *
     * <ul>
     *   <li>a dead command connection: canary-interval 200, three times store.timeout 300, a redial 420
     *   <li>a dead pub/sub connection: eight canary-intervals 1,600, as a second silence is given twice the time of the first; a
     *       redial 420
     *   <li>failing reads: the longest pause or retry 1,500, store.timeout 300
     *   <li>an event that was late: 300; one that was lost: one and a half times hub.sweep-interval, 1,500
     *   <li>the client: coming back 300, hub.first-answer-timeout 800, coming back 300, a long poll 1,000 and its read 300
     * </ul>
     */
    private static final long WITHIN_NANOS = millis(11_000);

    /**
     * How long a topic may stay when nobody waits for it: at most the time after which a SUBSCRIBE that was not acknowledged is
     * taken back, one and a half times five seconds, then a connection that turns out to be dead.
     */
    private static final long TIDYING_NANOS = millis(12_000);

    final SeededScheduler scheduler = new SeededScheduler(0);
    final Chronicle chronicle;
    final SimulatedServer server;
    final ReadFaults readFaults;
    final Figures figures;
    /** Carries what workers send to the server themselves, and the answers to all workers. */
    final Lane wire;

    private final Plan plan;
    private final Faults faults = new Faults(this);
    private final List<SimulatedGateway> gateways = new ArrayList<>();
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final List<JobId> jobs = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private boolean mayLoseData;
    private boolean lostData;
    private long steps;

    private World(long seed, Plan plan, Figures figures, List<String> timeline) {
        scheduler.reset(seed);
        this.plan = plan;
        this.figures = figures;
        this.chronicle = new Chronicle(scheduler, timeline);
        this.wire = scheduler.lane();
        this.readFaults = new ReadFaults(scheduler, figures);
        RelayFaults relayFaults = new RelayFaults(scheduler, figures);
        this.server = new SimulatedServer(scheduler, plan.endsOnce(), relayFaults, this::onEnd);
    }

    /** Runs one world; empty where all went well, else one sentence for each thing that did not. */
    static List<String> run(long seed, Plan plan, Figures figures) {
        return new World(seed, plan, figures, null).live();
    }

    /** Runs one world, and tells all that happens. */
    static List<String> trace(long seed, Plan plan) {
        List<String> timeline = new ArrayList<>();
        List<String> wrong = new World(seed, plan, new Figures(), timeline).live();
        timeline.addAll(0, wrong);
        return timeline;
    }

    private List<String> live() {
        script();
        after(2 * BEGINNINGS_NANOS, () -> {});
        long latest = scheduler.now() + LONGEST_LIFE_NANOS;
        while (!isQuiet() && scheduler.step(latest)) {
            steps++;
        }
        if (!isQuiet()) {
            violations.add("the world does not come to rest");
        }
        long end = scheduler.now() + WITHIN_NANOS + millis(1_000);
        while (!clients.stream().allMatch(SimulatedClient::isDone) && scheduler.step(end)) {
            steps++;
        }
        judge(end);
        tidyUp();
        return violations;
    }

    // ── what happens ───────────────────────────────────────────────────────────────────────────────────────────

    private void script() {
        int gatewayCount = 1 + random().nextInt(2);
        for (int i = 0; i < gatewayCount; i++) {
            gateways.add(new SimulatedGateway(scheduler, server, plan, readFaults));
        }
        List<FaultKind> kinds = someFaults();
        mayLoseData = kinds.stream().anyMatch(FaultKind::losesData);
        long[] meetings = new long[1 + random().nextInt(3)];
        for (int i = 0; i < meetings.length; i++) {
            meetings[i] = between(0, BEGINNINGS_NANOS);
            follow(JobId.of("job" + i), meetings[i]);
        }
        for (FaultKind kind : kinds) {
            long meeting = meetings[random().nextInt(meetings.length)];
            faults.schedule(kind, moment(meeting, TROUBLE_NANOS));
        }
    }

    private List<FaultKind> someFaults() {
        int count = isFaulty() ? random().nextInt(7) : 0;
        List<FaultKind> kinds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            kinds.add(FaultKind.of(random().nextInt(plan.faults().size()), plan.faults()));
        }
        return kinds;
    }

    /** One job, those who move it, and those who wait for it. */
    private void follow(JobId job, long meeting) {
        jobs.add(job);
        int workerCount = random().nextInt(5) == 0 ? 2 : 1;
        for (int i = 0; i < workerCount; i++) {
            work(job, moment(meeting, MEETING_NANOS), random().nextInt(10) == 0);
        }
        int clientCount = 1 + random().nextInt(3);
        for (int i = 0; i < clientCount; i++) {
            wait(job, moment(meeting, MEETING_NANOS));
        }
    }

    /** Any moment, or, so that things meet, one soon after another. */
    private long moment(long meeting, long soonNanos) {
        return random().nextInt(3) == 0 ? between(0, BEGINNINGS_NANOS) : meeting + between(0, soonNanos);
    }

    private void work(JobId job, long beginNanos, boolean endless) {
        JobState[] ends = {JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED};
        JobState end = endless ? null : ends[random().nextInt(ends.length)];
        SimulatedWorker worker = new SimulatedWorker(this, job, workers.size(), random().nextInt(7), end);
        workers.add(worker);
        after(beginNanos, worker::begin);
    }

    private void wait(JobId job, long beginNanos) {
        int number = clients.size();
        boolean again = !mayLoseData && random().nextInt(4) == 0;
        SimulatedClient client = !plan.patient() && random().nextBoolean()
                ? new PollingClient(this, number, job)
                : new StreamingClient(this, number, job, again);
        clients.add(client);
        after(beginNanos, client::begin);
        if (random().nextInt(6) == 0) {
            after(BEGINNINGS_NANOS + between(0, BEGINNINGS_NANOS), client::leave);
        }
    }

    /** A gateway starts again in the place of one that was killed. */
    void replace(SimulatedGateway killed) {
        killed.countInto(figures);
        gateways.set(gateways.indexOf(killed), new SimulatedGateway(scheduler, server, plan, readFaults));
    }

    /** The jobs move on from where they are now. */
    void dataWasLost() {
        lostData = true;
        jobs.forEach(job -> work(job, 0, false));
    }

    /** A client was told that its job is no more. */
    void gone(SimulatedClient client) {
        if (!lostData) {
            violations.add("client " + client.number + " was told that " + client.job + " is gone, and it is not");
        }
    }

    private void onEnd(JobEvent end) {
        for (SimulatedGateway gateway : gateways) {
            if (gateway.isUp()) {
                figures.count("ends: " + gateway.stateOf(end.jobId()));
            }
        }
    }

    private boolean isQuiet() {
        return scheduler.now() >= 2 * BEGINNINGS_NANOS
                && faults.areHealed()
                && workers.stream().allMatch(SimulatedWorker::isDone);
    }

    // ── what came of it ────────────────────────────────────────────────────────────────────────────────────────

    private void judge(long end) {
        List<Truth> truths = jobs.stream().map(this::truth).toList();
        List<Integer> misled = misled(truths);
        figures.add("clients: misled by a cursor that names two states", misled.size());
        chronicle.heard.removeIf(line -> misled.contains(line.client()));
        History history = new History(chronicle.writes, chronicle.heard, chronicle.faults, truths, end);
        Report report = Checker.check(history, bounds());
        violations.addAll(report.violations());
        Stats stats = report.stats();
        figures.count("worlds");
        figures.add("clients: ends heard", stats.terminalsHeard());
        figures.most("clients: ms to the latest end", TimeUnit.NANOSECONDS.toMillis(stats.worstDelayNanos()));
        figures.add("clients: resets heard", stats.resetsHeard());
        figures.add("clients: reconnects", stats.reconnects());
        figures.add("clients: states told twice", stats.duplicates());
        figures.add("workers: ends acknowledged", stats.acknowledgedEnds());
        figures.add("workers: ends undone", stats.undoneEnds());
    }

    /**
     * Where the server went back and came to the same version by another way, a client that was not connected meanwhile comes back
     * with a cursor that names the new state too, and is told that it has it already. The script does not let that happen in Redis
     * (decisions/009, FailoverIT); the memory store, which stands in for it here, never loses anything and has no such rule.
     */
    private List<Integer> misled(List<Truth> truths) {
        if (!lostData) {
            return List.of();
        }
        return clients.stream()
                .filter(client -> truths.stream().anyMatch(client::isMisledAbout))
                .map(client -> client.number)
                .toList();
    }

    private Bounds bounds() {
        return new Bounds(WITHIN_NANOS, plan.longestSilence().toNanos() + STALLS_NANOS, !mayLoseData);
    }

    private Truth truth(JobId job) {
        StoreRead read = server.read(job);
        if (read.snapshot() == null) {
            return Truth.absent(job);
        }
        JobEvent present = read.snapshot().present();
        return new Truth(job, present.incarnation(), present.version(), present.state());
    }

    /** Once all clients are gone, nothing that was there for them may stay. */
    private void tidyUp() {
        clients.forEach(SimulatedClient::leave);
        for (long waited = 0; waited < TIDYING_NANOS && !isTidy(); waited += millis(1_000)) {
            long until = scheduler.now() + millis(1_000);
            scheduler.after(millis(1_000), () -> {});
            while (scheduler.now() < until && scheduler.step(until)) {
                steps++;
            }
        }
        figures.add("steps", steps);
        for (SimulatedGateway gateway : gateways) {
            gateway.countInto(figures);
            String left = gateway.leftovers();
            if (plan.canary() && left != null) {
                violations.add("a gateway keeps " + left);
            }
        }
    }

    private boolean isTidy() {
        return gateways.stream().allMatch(gateway -> gateway.leftovers() == null);
    }

    // ── what the others use ────────────────────────────────────────────────────────────────────────────────────

    boolean isFaulty() {
        return !plan.faults().isEmpty();
    }

    Random random() {
        return scheduler.random();
    }

    SimulatedGateway someGateway() {
        return gateways.get(random().nextInt(gateways.size()));
    }

    void after(long nanos, Runnable task) {
        scheduler.after(nanos, task);
    }

    long between(long least, long most) {
        return least + (long) ((most - least) * random().nextDouble());
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
