package dev.ringback.loadtest.report;

import dev.ringback.loadtest.result.Costs;
import dev.ringback.loadtest.result.Counts;
import dev.ringback.loadtest.result.Generator;
import dev.ringback.loadtest.result.Latency;
import dev.ringback.loadtest.result.LoadResult;
import dev.ringback.loadtest.result.Sample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures that sum up a run, each under the one name that the tables and the comparison have for it. */
final class Metrics {
    private static final double PERCENT_MICROS = 10_000;

    /** A figure with its unit; NaN or negative where it is not known. */
    record Figure(double value, Unit unit) {
        String text() {
            return unit.text(value);
        }
    }

    private Metrics() {}

    /** All of them, in the order in which they are read. */
    static Map<String, Figure> of(LoadResult result) {
        Map<String, Figure> figures = new LinkedHashMap<>();
        counts(result, figures);
        result.latencyByTransport().forEach((transport, latency) -> latency(transport, latency, figures));
        costs(result.costs(), figures);
        server(result.samples(), figures);
        generator(result.generator(), figures);
        return figures;
    }

    private static void counts(LoadResult result, Map<String, Figure> figures) {
        Counts counts = result.counts();
        double seconds = result.seconds() > 0 ? result.seconds() : Double.NaN;
        put(figures, "connected", (double) counts.connected(), Unit.COUNT);
        put(figures, "failed connects", (double) counts.failedConnects(), Unit.COUNT);
        put(figures, "reconnects", (double) counts.reconnects(), Unit.COUNT);
        put(figures, "closed as slow", (double) counts.closedSlow(), Unit.COUNT);
        put(figures, "published", (double) counts.published(), Unit.COUNT);
        put(figures, "published, mean", counts.published() / seconds, Unit.PER_SECOND);
        put(figures, "delivered", (double) counts.delivered(), Unit.COUNT);
        put(figures, "delivered, mean", counts.delivered() / seconds, Unit.PER_SECOND);
        put(figures, "replaced", (double) counts.replaced(), Unit.COUNT);
        put(figures, "lost", (double) counts.lost(), Unit.COUNT);
        put(figures, "duplicated", (double) counts.duplicated(), Unit.COUNT);
        put(figures, "out of order", (double) counts.outOfOrder(), Unit.COUNT);
        put(figures, "after the end", (double) counts.afterTerminal(), Unit.COUNT);
    }

    private static void latency(String transport, Latency latency, Map<String, Figure> figures) {
        boolean any = latency.count() > 0;
        put(figures, transport + " p50", any ? latency.p50() : Double.NaN, Unit.MICROSECONDS);
        put(figures, transport + " p90", any ? latency.p90() : Double.NaN, Unit.MICROSECONDS);
        put(figures, transport + " p99", any ? latency.p99() : Double.NaN, Unit.MICROSECONDS);
        put(figures, transport + " p99.9", any ? latency.p999() : Double.NaN, Unit.MICROSECONDS);
        put(figures, transport + " max", any ? latency.max() : Double.NaN, Unit.MICROSECONDS);
    }

    private static void costs(Costs costs, Map<String, Figure> figures) {
        Costs.Connecting connecting = costs.connecting();
        put(figures, "came to wait", (double) connecting.connections(), Unit.COUNT);
        put(figures, "came to wait, time", connecting.seconds(), Unit.SECONDS);
        put(figures, "connects, mean", connecting.perSecond(), Unit.PER_SECOND);
        put(figures, "server CPU per connect", connecting.microsPerConnect(), Unit.MICROSECONDS);
        put(figures, "server CPU per delivery", costs.microsPerDelivery(), Unit.MICROSECONDS);
        put(figures, "server CPU per event", costs.microsPerEvent(), Unit.MICROSECONDS);
    }

    private static void server(List<Sample> samples, Map<String, Figure> figures) {
        Line cpu = line(samples, Sample::serverCpuPercent);
        Line gc = line(samples, Sample::serverGcMillis);
        double pauses = gc.known().isEmpty()
                ? Double.NaN
                : gc.known().stream().mapToDouble(Line.Point::y).sum();
        put(figures, "server CPU, mean", cpu.mean(), Unit.PERCENT);
        put(figures, "server CPU per delivery, whole run", cpuPerDelivery(samples), Unit.MICROSECONDS);
        put(
                figures,
                "server memory, most",
                line(samples, Sample::serverRssBytes).greatest(),
                Unit.BYTES);
        put(figures, "server heap, most", line(samples, Sample::serverHeapBytes).greatest(), Unit.BYTES);
        put(figures, "server GC pauses", pauses, Unit.MILLISECONDS);
    }

    /** Over the samples that know the server's CPU; connecting and idling are in it too. */
    private static double cpuPerDelivery(List<Sample> samples) {
        List<Sample> known =
                samples.stream().filter(s -> Unit.isKnown(s.serverCpuPercent())).toList();
        double delivered = line(known, Sample::deliveredPerSecond).mean();
        double percent = line(known, Sample::serverCpuPercent).mean();
        return delivered > 0 ? percent * PERCENT_MICROS / delivered : Double.NaN;
    }

    private static void generator(Generator generator, Map<String, Figure> figures) {
        put(figures, "generator CPU", generator.cpuPercent(), Unit.PERCENT);
        put(figures, "generator took", generator.ratePerSecond(), Unit.PER_SECOND);
        put(figures, "generator can take", generator.ableRatePerSecond(), Unit.PER_SECOND);
        put(figures, "generator late, p99", generator.lateP99Micros(), Unit.MICROSECONDS);
    }

    private static void put(Map<String, Figure> figures, String name, double value, Unit unit) {
        figures.put(name, new Figure(value, unit));
    }

    private static Line line(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        return Line.overTime("", samples, figure);
    }
}
