package dev.ringback.loadtest.report;

import dev.ringback.loadtest.report.Plot.Subject;
import dev.ringback.loadtest.result.LoadResult;
import dev.ringback.loadtest.result.Machine;
import dev.ringback.loadtest.result.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The page of one result: verdicts, figures, plots, and what was run where. One file that needs nothing else. */
final class ReportPage {
    private static final List<String> OVER_TIME_HEAD = List.of("", "least", "mean", "greatest", "last");

    private final LoadResult result;
    private final Map<String, Recording> recordings;

    ReportPage(LoadResult result, Map<String, Recording> recordings) {
        this.result = result;
        this.recordings = recordings;
    }

    String html() throws IOException {
        Page page = new Page("Ringback load: " + result.scenario());
        Markup body = page.body();
        header(body);
        body.open("main").open("section").element("h2", "Plots").open("div", "class", "plots");
        plots(body);
        body.close("div").close("section");
        figures(body);
        conditions(body);
        body.close("main");
        return page.html();
    }

    private void header(Markup body) {
        body.open("header").element("h1", "Load: " + result.scenario());
        body.element(
                "p",
                result.target() + " at " + result.url() + ", begun " + result.startedAt() + ", "
                        + Unit.SECONDS.text(result.seconds()));
        body.open("ul", "class", "verdicts");
        for (Verdict verdict : Verdict.of(result)) {
            body.element("li", verdict.mark() + " " + verdict.words(), "class", verdict.good() ? "good" : "bad");
        }
        body.close("ul").close("header");
    }

    // ── the plots ──────────────────────────────────────────────────────────────────────────────────────────────

    private void plots(Markup body) {
        overTime(
                body,
                new Subject("connections", "Connections", "Connections open.", Unit.COUNT, Unit.SECONDS),
                series("connections", Sample::connections));
        overTime(
                body,
                new Subject(
                        "memory",
                        "Server memory",
                        "Resident memory of the server's process, and its heap in use.",
                        Unit.BYTES,
                        Unit.SECONDS),
                series("resident", Sample::serverRssBytes),
                series("heap", Sample::serverHeapBytes));
        percentiles(body);
        overTime(
                body,
                new Subject(
                        "rates",
                        "Published and delivered",
                        "Events that the server accepted, and deliveries that came, each second.",
                        Unit.PER_SECOND,
                        Unit.SECONDS),
                series("delivered", Sample::deliveredPerSecond),
                series("published", Sample::publishedPerSecond));
        overTime(
                body,
                new Subject(
                        "latency",
                        "Latency over time",
                        "From due to received, of the deliveries of each second, all transports together.",
                        Unit.MICROSECONDS,
                        Unit.SECONDS),
                series("p50", Sample::p50Micros),
                series("p99", Sample::p99Micros));
        overTime(
                body,
                new Subject(
                        "cpu",
                        "CPU of server and generator",
                        "CPU time of the server's process and of the load generator's, 100 % being one core.",
                        Unit.PERCENT,
                        Unit.SECONDS),
                series("server", Sample::serverCpuPercent),
                series("generator", Sample::generatorCpuPercent));
        overTime(
                body,
                new Subject(
                        "gc",
                        "Server GC",
                        "How long the server's garbage collector paused it, each second.",
                        Unit.MILLISECONDS,
                        Unit.SECONDS),
                series("pauses", Sample::serverGcMillis));
    }

    private Line series(String name, ToDoubleFunction<Sample> figure) {
        return Line.overTime(name, result.samples(), figure);
    }

    private void overTime(Markup body, Subject subject, Line... lines) {
        double end =
                result.samples().stream().mapToDouble(Sample::atSeconds).max().orElse(result.seconds());
        Scale x = Scale.linear("time since the start", Unit.SECONDS, end);
        List<List<String>> rows = new ArrayList<>();
        for (Line line : lines) {
            Unit unit = subject.unit();
            rows.add(List.of(
                    line.name(),
                    unit.text(line.least()),
                    unit.text(line.mean()),
                    unit.text(line.greatest()),
                    unit.text(line.last())));
        }
        Plot.over(subject, x, List.of(lines)).draw(body, OVER_TIME_HEAD, rows);
    }

    private void percentiles(Markup body) {
        List<Line> lines = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        long most = 0;
        for (Map.Entry<String, Recording> entry : recordings.entrySet()) {
            String transport = entry.getKey();
            lines.add(new Line(transport, entry.getValue().percentiles()));
            rows.add(ResultTable.row(transport, entry.getValue().latency()));
            most = Math.max(most, entry.getValue().count());
        }
        Plot.ofPercentiles("percentiles", "Latency percentiles", lines, most)
                .draw(body, List.of("", "count", "p50", "p90", "p99", "p99.9", "max"), rows);
    }

    // ── what was run ───────────────────────────────────────────────────────────────────────────────────────────

    private void figures(Markup body) {
        List<List<String>> rows = Metrics.of(result).entrySet().stream()
                .map(figure -> List.of(figure.getKey(), figure.getValue().text()))
                .toList();
        body.open("section").element("h2", "Figures");
        body.table("All figures of the run", List.of("", "figure"), rows);
        body.close("section");
    }

    private void conditions(Markup body) {
        List<List<String>> settings = result.settings().entrySet().stream()
                .map(setting -> List.of(setting.getKey(), setting.getValue()))
                .toList();
        Machine machine = result.machine();
        body.open("section").element("h2", "Settings and machine").open("div", "class", "plots");
        body.table("Settings", List.of("setting", "value"), settings);
        body.table("Machine", List.of("", ""), machineRows(machine));
        body.close("div").close("section");
    }

    static List<List<String>> machineRows(Machine machine) {
        return List.of(
                List.of("CPU", machine.cpu()),
                List.of("cores", String.valueOf(machine.cores())),
                List.of("system", machine.os()),
                List.of("generator's JDK", machine.generatorJdk()),
                List.of("server", machine.server().isEmpty() ? "not known" : machine.server()));
    }
}
