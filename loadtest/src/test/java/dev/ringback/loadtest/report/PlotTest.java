package dev.ringback.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.report.Line.Point;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlotTest {
    @Test
    void thinningKeepsTheExtremesTheOrderAndTheGaps() {
        Map<Integer, Double> odd = Map.of(54_321, 1e9, 54_330, 1.0, 77_777, -1.0);
        List<Point> points = IntStream.range(0, 100_000)
                .mapToObj(i -> new Point(i, odd.getOrDefault(i, 100.0)))
                .toList();
        List<Point> thinned = Plot.thinned(points);

        assertThat(thinned).hasSizeLessThanOrEqualTo(602);
        assertThat(thinned).contains(new Point(54_321, 1e9), new Point(54_330, 1), new Point(77_777, -1));
        assertThat(thinned).isSortedAccordingTo(java.util.Comparator.comparingDouble(Point::x));
    }

    @Test
    void lineIsBrokenWhereAFigureIsNotKnown() {
        Plot.Subject subject = new Plot.Subject("id", "title", "says", Unit.COUNT, Unit.SECONDS);
        List<Point> points = List.of(new Point(0, 1), new Point(1, 2), new Point(2, -1), new Point(3, 3));
        Markup page = new Markup();
        Plot.over(subject, Scale.linear("", Unit.SECONDS, 3), List.of(new Line("line", points)))
                .draw(page, List.of(), List.of());

        assertThat(page.toString()).containsPattern("class=\"line s0\" d=\"M[0-9. ]+h0L[0-9. ]+M[0-9. ]+h0\"");
    }
}
