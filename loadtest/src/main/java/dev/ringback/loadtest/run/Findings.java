package dev.ringback.loadtest.run;

import dev.ringback.loadtest.crowd.CrowdFigures.Counter;
import dev.ringback.loadtest.crowd.Crowds;
import dev.ringback.loadtest.crowd.Histograms;
import dev.ringback.loadtest.publish.Publisher;
import dev.ringback.loadtest.result.Costs;
import dev.ringback.loadtest.result.Counts;
import dev.ringback.loadtest.result.Generator;
import dev.ringback.loadtest.result.Latency;
import dev.ringback.loadtest.result.LoadResult;
import dev.ringback.loadtest.result.Machine;
import dev.ringback.loadtest.result.Sample;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.ProcessFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Puts together what a run found. */
final class Findings {
    private static final double MICRO_NANOS = 1000;
    private static final double SECOND_MICROS = 1e6;
    private static final double ABLE_FACTOR = 1.5;
    private static final double MOST_LATE_MICROS = 5_000;
    private static final int PERCENT = 100;

    private final Scenario scenario;
    private final LoadedServer server;
    private final Calibration.Result calibration;
    private final String startedAt;
    private double cpuBeforeComing = -1;
    private Costs.Connecting connecting = Costs.UNKNOWN.connecting();
    private Reading begin = new Reading(0, 0, 0, 0, -1);
    private Reading end = begin;
    private Histogram lateness = new Histogram(3);
    private long neverHeard;
    /** Later on the server closes all streams, as their jobs end. */
    private long closedSlow;

    private record Reading(long nanos, long published, long delivered, double ownCpu, double serverCpu) {}

    Findings(Scenario scenario, LoadedServer server, Calibration.Result calibration, String startedAt) {
        this.scenario = scenario;
        this.server = server;
        this.calibration = calibration;
        this.startedAt = startedAt;
    }

    /** The first connection is about to be opened. */
    void comingBegins() {
        cpuBeforeComing = server.cpuSeconds();
    }

    void allCame(Crowds crowds) {
        double cpuSeconds = since(cpuBeforeComing, server.cpuSeconds());
        long connections = crowds.count(Counter.PARKED);
        double seconds = crowds.comingSeconds();
        connecting = new Costs.Connecting(
                connections,
                seconds,
                seconds > 0 ? connections / seconds : Sample.UNKNOWN,
                micros(cpuSeconds, connections));
    }

    /** The measured time begins. */
    void begin(Publisher publisher, Crowds crowds) {
        lateness = publisher.lateness();
        begin = reading(publisher, crowds);
    }

    void end(Publisher publisher, Crowds crowds) {
        end = reading(publisher, crowds);
        closedSlow = crowds.count(Counter.CLOSED_SLOW);
        lateness = publisher.lateness();
    }

    private Reading reading(Publisher publisher, Crowds crowds) {
        return new Reading(
                System.nanoTime(),
                publisher.published(),
                crowds.count(Counter.DELIVERED),
                crowds.cpuSeconds(),
                server.cpuSeconds());
    }

    private Costs costs() {
        double cpuSeconds = since(begin.serverCpu, end.serverCpu);
        return new Costs(
                micros(cpuSeconds, end.delivered - begin.delivered),
                micros(cpuSeconds, end.published - begin.published),
                connecting);
    }

    private static double since(double before, double now) {
        return before < 0 || now < 0 ? Sample.UNKNOWN : now - before;
    }

    private static double micros(double cpuSeconds, long things) {
        return cpuSeconds < 0 || things <= 0 ? Sample.UNKNOWN : cpuSeconds * SECOND_MICROS / things;
    }

    void neverHeard(long versions) {
        neverHeard = versions;
    }

    LoadResult result(Publisher publisher, Crowds crowds, Sampler sampler) {
        Counts counts = counts(publisher, crowds);
        Map<String, Latency> latencies = new TreeMap<>();
        crowds.latencies().forEach((name, histogram) -> latencies.put(name, latency(histogram)));
        Generator generator = generator();
        return new LoadResult(
                scenario.name(),
                scenario.shown(),
                scenario.target().name().toLowerCase(Locale.ROOT),
                server.target().toString(),
                startedAt,
                sampler.seconds(),
                machine(),
                counts,
                costs(),
                latencies,
                sampler.samples(),
                generator,
                verdicts(counts, publisher, crowds));
    }

    private Counts counts(Publisher publisher, Crowds crowds) {
        long lost = crowds.count(Counter.LOST) + neverHeard;
        long delivered = crowds.count(Counter.DELIVERED);
        return new Counts(
                crowds.count(Counter.PARKED),
                crowds.count(Counter.FAILED_CONNECTS),
                publisher.published(),
                delivered + lost,
                delivered,
                crowds.count(Counter.REPLACED),
                lost,
                crowds.count(Counter.DUPLICATED),
                crowds.count(Counter.OUT_OF_ORDER),
                crowds.count(Counter.AFTER_TERMINAL),
                crowds.count(Counter.RECONNECTS),
                closedSlow);
    }

    static Latency latency(Histogram nanos) {
        return new Latency(
                nanos.getTotalCount(),
                nanos.getValueAtPercentile(50) / MICRO_NANOS,
                nanos.getValueAtPercentile(90) / MICRO_NANOS,
                nanos.getValueAtPercentile(99) / MICRO_NANOS,
                nanos.getValueAtPercentile(99.9) / MICRO_NANOS,
                nanos.getMaxValue() / MICRO_NANOS,
                Histograms.encode(nanos));
    }

    private Generator generator() {
        double seconds = Math.max(1e-3, (end.nanos - begin.nanos) / 1e9);
        double rate = (end.delivered - begin.delivered) / seconds;
        double cpu = PERCENT * (end.ownCpu - begin.ownCpu) / seconds;
        double late = lateness.getValueAtPercentile(99) / MICRO_NANOS;
        double able = calibration.ratePerSecond();
        List<String> limits = new ArrayList<>();
        if (able >= 0 && able < ABLE_FACTOR * rate) {
            limits.add(words(
                    "it was shown to take %,.0f deliveries/s, less than 1.5 times the %,.0f/s of this run",
                    able, rate));
        }
        if (late > MOST_LATE_MICROS) {
            limits.add(
                    words("it sent events %,.0f µs late at p99: it, or a server that takes no more, was behind", late));
        }
        String able15 = able < 0
                ? "the generator was not calibrated"
                : words(
                        "the generator took %,.0f deliveries/s from the floor, %.1f times this run's",
                        able, able / Math.max(1, rate));
        String words = limits.isEmpty() ? able15 : String.join("; ", limits);
        return new Generator(rate, able, cpu, late, !limits.isEmpty(), words);
    }

    private static String words(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private Machine machine() {
        return new Machine(
                ProcessFigures.cpuName(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.version"),
                server.description());
    }

    private List<String> verdicts(Counts counts, Publisher publisher, Crowds crowds) {
        List<String> verdicts = new ArrayList<>();
        bad(verdicts, counts.lost(), "versions were lost");
        bad(verdicts, counts.duplicated(), "deliveries were duplicates");
        bad(verdicts, counts.outOfOrder(), "deliveries were out of order");
        bad(verdicts, counts.afterTerminal(), "deliveries came after their job's end");
        bad(verdicts, counts.failedConnects(), "connections failed");
        bad(verdicts, publisher.notSent(), "events were not sent because the one before had no answer");
        publisher.refusals().forEach((reason, n) -> bad(verdicts, n, "events were refused: " + reason));
        crowds.complaints().forEach((what, n) -> bad(verdicts, n, "times " + what));
        return verdicts;
    }

    private static void bad(List<String> verdicts, long count, String what) {
        if (count > 0) {
            verdicts.add(words("%,d %s", count, what));
        }
    }
}
