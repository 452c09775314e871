package dev.ringback.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.loadtest.check.Bounds;
import dev.ringback.loadtest.check.Checker;
import dev.ringback.loadtest.check.Fault;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.loadtest.check.History;
import dev.ringback.loadtest.check.Report;
import dev.ringback.loadtest.check.Truth;
import dev.ringback.loadtest.check.Write;
import dev.ringback.loadtest.check.Write.Outcome;
import dev.ringback.loadtest.client.Followers;
import dev.ringback.loadtest.client.Ledger;
import dev.ringback.loadtest.client.LedgerWorker;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.client.Transport;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One run against gateways in processes of their own: jobs, a client for each that follows it to its end, workers, and faults; all
 * is recorded, and judged by the checker that judges the simulation too. For one thread; the workers have threads of their own.
 */
final class Trial implements AutoCloseable {
    /** How long a worker repeats an end, and the longest that anything is awaited. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Longer than a run: a stream that resumes is told nothing while nothing is new. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(4);

    /** How long the last ends may take to be heard, before what is missing is a violation. */
    private static final Duration LAST_WORD = Duration.ofSeconds(40);

    private static final int MOST_TOLD = 2;
    private static final int POLL_SECONDS = 20;
    private static final int CLIENT_LOOPS = 2;
    private static final int MAKERS = 16;

    /** What a worker does about one job. */
    @FunctionalInterface
    interface Work {
        void perform(LedgerWorker worker, JobId job) throws InterruptedException;
    }

    private final List<Target> targets;
    private final SplittableRandom random;
    private final Followers followers;
    private final Ledger ledger = new Ledger();
    private final List<JobId> jobs = new ArrayList<>();
    private final List<Write> writesPastGateways = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /**
     * @param clients at most so many
     * @param gatewayPorts where clients and workers go, each time to any of them
     */
    Trial(long seed, int clients, int... gatewayPorts) throws IOException {
        this(
                seed,
                clients,
                IntStream.of(gatewayPorts)
                        .mapToObj(port -> new Target("127.0.0.1", port))
                        .toList());
    }

    /** As the other, with gateways anywhere. */
    Trial(long seed, int clients, List<Target> gateways) throws IOException {
        random = new SplittableRandom(seed);
        targets = gateways;
        followers = new Followers(new Followers.Plan(targets, CLIENT_LOOPS, clients, POLL_SECONDS, seed));
    }

    // ── jobs, clients and workers ──────────────────────────────────────────────────────────────────────────────

    /** Makes jobs through the gateways, and a client for each, in all ways to wait in turn; returns when all wait. */
    List<JobId> makeAndFollow(int count, GatewayProcess... gateways) {
        int first = jobs.size();
        List<JobId> made = IntStream.range(first, first + count)
                .mapToObj(i -> JobId.of("job-" + i))
                .toList();
        each(MAKERS, made, Trial::create).join();
        jobs.addAll(made);
        Transport[] transports = Transport.values();
        for (int i = 0; i < count; i++) {
            followers.follow(made.get(i), transports[i % transports.length]);
        }
        awaitThat("all wait", () -> waiting(gateways) >= followers.size());
        awaitThat("all topics are read", () -> sum("ringback_topic_reads_waiting", gateways) == 0);
        return made;
    }

    /** A repeated PUT is the same job. */
    private static void create(LedgerWorker worker, JobId job) {
        Outcome outcome = worker.create(job);
        for (int i = 0; outcome == Outcome.UNKNOWN && i < 10; i++) {
            outcome = worker.create(job);
        }
        assertThat(outcome).isEqualTo(Outcome.OK);
    }

    private static double waiting(GatewayProcess... gateways) {
        return Stream.of(Transport.values())
                .mapToDouble(transport -> sum(transport.waitingGauge(), gateways))
                .sum();
    }

    /** So many workers share these jobs among them. */
    CompletableFuture<Void> each(int workers, List<JobId> theirs, Work work) {
        AtomicInteger next = new AtomicInteger();
        return CompletableFuture.allOf(IntStream.range(0, workers)
                .mapToObj(i -> worker())
                .map(worker -> CompletableFuture.runAsync(() -> perform(worker, next, theirs, work), threads))
                .toArray(CompletableFuture<?>[]::new));
    }

    private LedgerWorker worker() {
        return new LedgerWorker(targets, ledger, random.split());
    }

    private static void perform(LedgerWorker worker, AtomicInteger next, List<JobId> theirs, Work work) {
        try (worker) {
            for (int i = next.getAndIncrement(); i < theirs.size(); i = next.getAndIncrement()) {
                work.perform(worker, theirs.get(i));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Workers complete these jobs, and repeat each end until it is acknowledged. */
    CompletableFuture<Void> complete(int workers, List<JobId> theirs) {
        return each(workers, theirs, (worker, job) -> end(worker, job, JobState.COMPLETED));
    }

    /** As the other, one end after a pause each. */
    CompletableFuture<Void> complete(int workers, List<JobId> theirs, Duration pause) {
        return each(workers, theirs, (worker, job) -> {
            awaitPassed(System.nanoTime(), pause);
            end(worker, job, JobState.COMPLETED);
        });
    }

    private static void end(LedgerWorker worker, JobId job, JobState state) throws InterruptedException {
        assertThat(worker.end(job, state, PATIENCE)).isEqualTo(Outcome.OK);
    }

    /** Fails whatever the store does not know as ended, as an operator would who knows that its workers are done; returns how many. */
    int failLeftovers(RedisProcess redis) {
        List<JobId> leftovers = truths(redis).stream()
                .filter(truth -> truth.state() != null && !truth.state().isTerminal())
                .map(Truth::job)
                .toList();
        each(MAKERS, leftovers, (worker, job) -> end(worker, job, JobState.FAILED))
                .join();
        return leftovers.size();
    }

    /** Workers that tell of progress, one job after the other, until they are closed. */
    final class Movers implements AutoCloseable {
        private final ScheduledExecutorService pace;
        private final List<LedgerWorker> workers = new ArrayList<>();

        private Movers(int count, Duration pause, List<JobId> theirs) {
            pace = Executors.newScheduledThreadPool(count);
            for (int i = 0; i < count; i++) {
                LedgerWorker worker = worker();
                SplittableRandom choice = random.split();
                workers.add(worker);
                var unused = pace.scheduleWithFixedDelay(
                        () -> worker.progress(theirs.get(choice.nextInt(theirs.size())), 1, 2),
                        0,
                        pause.toNanos(),
                        TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void close() throws Exception {
            pace.shutdown();
            assertThat(pace.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            for (LedgerWorker worker : workers) {
                worker.close();
            }
        }
    }

    Movers move(int workers, Duration pause, List<JobId> theirs) {
        return new Movers(workers, pause, theirs);
    }

    // ── what happened ──────────────────────────────────────────────────────────────────────────────────────────

    /** Notes a change that a worker made in Redis, past the gateways. */
    void note(Write write) {
        writesPastGateways.add(write);
    }

    void note(Fault fault) {
        faults.add(fault);
    }

    /** When all was whole again after the last fault. */
    long lastHealNanos() {
        return faults.stream().mapToLong(Fault::healedNanos).max().orElseThrow();
    }

    List<Write> writes() {
        return Stream.concat(ledger.writes().stream(), writesPastGateways.stream())
                .toList();
    }

    /** How many ends workers were told are done. */
    long acknowledgedEnds() {
        return ledger.writes().stream().filter(Trial::isAcknowledgedEnd).count();
    }

    static boolean isAcknowledgedEnd(Write write) {
        return write.outcome() == Outcome.OK && write.state().isTerminal();
    }

    long unknownWrites() {
        return ledger.writes().stream()
                .filter(write -> write.outcome() == Outcome.UNKNOWN)
                .count();
    }

    List<Heard> heard() throws InterruptedException {
        return followers.heard();
    }

    long heard(Heard.Kind kind) throws InterruptedException {
        return heard().stream().filter(line -> line.kind() == kind).count();
    }

    List<Truth> truths(RedisProcess redis) {
        return jobs.stream().map(job -> truth(redis, job)).toList();
    }

    private static Truth truth(RedisProcess redis, JobId job) {
        Object answer = redis.cli("HMGET", "job:" + job, "incarnation", "version", "status");
        List<?> fields = (List<?>) Objects.requireNonNull(answer);
        if (fields.get(0) == null) {
            return Truth.absent(job);
        }
        return new Truth(
                job,
                String.valueOf(fields.get(0)),
                Long.parseLong(String.valueOf(fields.get(1))),
                JobState.parse(String.valueOf(fields.get(2))));
    }

    // ── the end ────────────────────────────────────────────────────────────────────────────────────────────────

    /** Waits until no client waits any more; on whoever still does after a while the checker has a word. */
    void awaitAllEnded() throws IOException, InterruptedException {
        var unused = Poll.until(LAST_WORD, this::haveAllEnded);
    }

    private boolean haveAllEnded() {
        try {
            return followers.ended() == followers.size();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * Has the checker judge what happened, and asserts that nothing was violated. The checker excuses a client that was told
     * {@code gone} from hearing the end; where nothing may be lost, nobody is told so.
     *
     * @param within how long after its acknowledgement, and the last heal, everyone must know of an end
     */
    Report judge(RedisProcess redis, Duration within, boolean survivesFaults) throws InterruptedException {
        History history = new History(writes(), heard(), faults, truths(redis), System.nanoTime());
        Report report = Checker.check(history, new Bounds(within.toNanos(), LONGEST_WAIT.toNanos(), survivesFaults));
        assertThat(report.violations()).as(() -> tell(report, history)).isEmpty();
        assertThat(haveAllEnded()).as(report.stats().toString()).isTrue();
        assertThat(followers.wrongs()).isEmpty();
        assertThat(report.stats().clients()).isEqualTo(followers.size());
        assertThat(report.stats().faults()).isEqualTo(faults.size());
        if (survivesFaults) {
            assertThat(heard(Heard.Kind.GONE)).isZero();
            assertThat(report.stats().terminalsHeard()).isGreaterThanOrEqualTo(followers.size());
        }
        return report;
    }

    /** The whole story of the first violations. */
    private static String tell(Report report, History history) {
        String violations = String.join(" ", report.violations());
        Set<JobId> told = history.truths().stream()
                .map(Truth::job)
                .filter(job -> violations.contains("job " + job + ":"))
                .limit(MOST_TOLD)
                .collect(Collectors.toSet());
        Stream<?> lines = Stream.of(
                        history.heard().stream().filter(line -> told.contains(line.job())),
                        history.writes().stream().filter(write -> told.contains(write.job())),
                        history.truths().stream().filter(truth -> told.contains(truth.job())),
                        history.faults().stream())
                .flatMap(part -> part);
        return report.stats() + lines.map(line -> "\n" + line).collect(Collectors.joining()) + "\n";
    }

    // ── for all ────────────────────────────────────────────────────────────────────────────────────────────────

    /** Waits in the calling thread, and looks often. */
    static void awaitThat(String what, Callable<Boolean> condition) {
        await(what)
                .pollInSameThread()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    /** Lets a fault last. */
    static void awaitPassed(long sinceNanos, Duration span) {
        awaitThat("time passes", () -> System.nanoTime() - sinceNanos >= span.toNanos());
    }

    static boolean areReady(GatewayProcess... gateways) {
        return Stream.of(gateways).allMatch(Trial::isReady);
    }

    private static boolean isReady(GatewayProcess gateway) {
        try {
            return gateway.readiness().statusCode() == 200;
        } catch (UncheckedIOException noAnswer) {
            return false;
        }
    }

    static double sum(String metric, GatewayProcess... gateways) {
        return Stream.of(gateways)
                .mapToDouble(gateway -> gateway.metric(metric))
                .sum();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        followers.close();
    }
}
