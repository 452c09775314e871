package dev.ringback.loadtest.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.ringback.loadtest.report.Line.Point;
import dev.ringback.loadtest.report.Plot.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The page of a measurement that is no single run: verdicts first, then plots over time, then tables, in the order in which they were added. */
public final class FiguresPage {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final String title;
    private final String subtitle;
    private final List<Verdict> verdicts = new ArrayList<>();
    private final Markup plots = new Markup();
    private final Markup tables = new Markup();

    public FiguresPage(String title, String subtitle) {
        this.title = title;
        this.subtitle = subtitle;
    }

    public FiguresPage verdict(boolean good, String words) {
        verdicts.add(new Verdict(good, words));
        return this;
    }

    /**
     * Adds a plot over seconds.
     *
     * @param says what one sees in it, in a sentence
     */
    public FiguresPage plot(String id, String title, String says, Unit unit, List<Line> lines) {
        double last = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::x)
                .max()
                .orElse(1);
        Subject subject = new Subject(id, title, says, unit, Unit.SECONDS);
        Plot plot = Plot.over(subject, Scale.linear("seconds", Unit.SECONDS, last), lines);
        plot.draw(plots, List.of("", "least", "mean", "greatest", "last"), rows(lines, unit));
        return this;
    }

    private static List<List<String>> rows(List<Line> lines, Unit unit) {
        return lines.stream()
                .map(line -> List.of(
                        line.name(),
                        unit.text(line.least()),
                        unit.text(line.mean()),
                        unit.text(line.greatest()),
                        unit.text(line.last())))
                .toList();
    }

    public FiguresPage table(String caption, List<String> head, List<List<String>> rows) {
        tables.table(caption, head, rows);
        return this;
    }

    String html() throws IOException {
        Page page = new Page("Ringback load: " + title);
        Markup body = page.body();
        body.open("header").element("h1", "Load: " + title).element("p", subtitle);
        body.open("ul", "class", "verdicts");
        for (Verdict verdict : verdicts) {
            body.element("li", verdict.mark() + " " + verdict.words(), "class", verdict.good() ? "good" : "bad");
        }
        body.close("ul").close("header").open("main");
        section(body, "Plots", plots.toString(), "plots");
        section(body, "Figures", tables.toString(), "tables");
        body.close("main");
        return page.html();
    }

    private static void section(Markup body, String name, String content, String style) {
        if (!content.isEmpty()) {
            body.open("section").element("h2", name).open("div", "class", style);
            body.ready(content).close("div").close("section");
        }
    }

    /**
     * Writes {@code report.html}, and the figures themselves, a record, as {@code result.json}.
     *
     * @return the page's path
     */
    public Path write(Path directory, Object figures) throws IOException {
        Files.createDirectories(directory);
        MAPPER.writeValue(directory.resolve("result.json").toFile(), figures);
        return Files.writeString(directory.resolve("report.html"), html());
    }
}
