package dev.ringback.loadtest.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.result.Counts;
import dev.ringback.loadtest.result.Generator;
import dev.ringback.loadtest.result.Latency;
import dev.ringback.loadtest.result.LoadResult;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ReportPageTest {
    private static final String[] PLOTS = {
        "connections", "memory", "percentiles", "rates", "latency", "cpu", "gc",
    };

    private static final String HOSTILE = "</style><script>alert('x')</script>&amp;\"\u0000\u0007\ud800 ü€😀";

    private static Document parse(String html) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://javax.xml.XMLConstants/feature/secure-processing", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(html.getBytes(UTF_8)));
    }

    private static Document page(LoadResult result) throws Exception {
        return parse(new ReportPage(result, Reports.recordings(result)).html());
    }

    private static List<Element> all(Element within, String name) {
        NodeList nodes = within.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static List<Element> all(Document page, String name) {
        return all(page.getDocumentElement(), name);
    }

    private static List<Element> pictures(Element figure) {
        return all(figure, "svg").stream()
                .filter(svg -> svg.getAttribute("role").equals("img"))
                .toList();
    }

    @Test
    void fullResultHasAPictureATitleAndATableForEachPlot() throws Exception {
        Document page = page(Results.full());

        List<Element> figures = all(page, "figure");
        assertThat(figures).extracting(figure -> figure.getAttribute("id")).containsExactly(PLOTS);
        assertThat(figures).allSatisfy(figure -> {
            assertThat(pictures(figure)).hasSize(1);
            Element picture = pictures(figure).get(0);
            assertThat(all(picture, "title").get(0).getTextContent()).isNotBlank();
            assertThat(all(picture, "desc").get(0).getTextContent()).isNotBlank();
            assertThat(all(figure, "table")).hasSize(1);
            assertThat(all(figure, "tbody").get(0).getTextContent()).containsPattern("\\d");
            assertThat(all(picture, "path"))
                    .filteredOn(path -> path.getAttribute("class").startsWith("line"))
                    .isNotEmpty()
                    .allSatisfy(path -> assertThat(path.getAttribute("d")).matches("M[0-9MLh. ]+"));
        });
    }

    @Test
    void emptyResultHasEachPlotWithWordsInPlaceOfThePicture() throws Exception {
        Document page = page(Results.empty());

        List<Element> figures = all(page, "figure");
        assertThat(figures).extracting(figure -> figure.getAttribute("id")).containsExactly(PLOTS);
        assertThat(figures).allSatisfy(figure -> {
            assertThat(pictures(figure)).isEmpty();
            assertThat(figure.getTextContent()).contains("Nothing was measured here.");
        });
        assertThat(all(page, "header").get(0).getTextContent()).contains("No delivery was expected");
    }

    @Test
    void textOfTheResultIsEscapedWhereverItStands() throws Exception {
        Latency latency = Results.latency(Results.histogram(1, 100));
        LoadResult hostile = new LoadResult(
                HOSTILE,
                Map.of(HOSTILE, HOSTILE),
                HOSTILE,
                HOSTILE,
                HOSTILE,
                1,
                new dev.ringback.loadtest.result.Machine(HOSTILE, 1, HOSTILE, HOSTILE, HOSTILE),
                Results.CLEAN,
                Results.COSTS,
                Map.of(HOSTILE, latency),
                Results.samples(10),
                new Generator(1, 1, 1, 1, true, HOSTILE),
                List.of(HOSTILE));
        Document page = page(hostile);

        assertThat(all(page, "script")).isEmpty();
        assertThat(all(page, "style")).hasSize(1);
        String shown = "</style><script>alert('x')</script>&amp;\"\ufffd\ufffd\ufffd ü€😀";
        assertThat(all(page, "title").get(0).getTextContent()).endsWith(shown);
        assertThat(all(page, "td")).extracting(Element::getTextContent).contains(shown);
        assertThat(all(page, "li"))
                .extracting(item -> item.getTextContent().strip())
                .contains(shown, "✗ " + shown);
    }

    @Test
    void pageLoadsNothingFromElsewhere() throws Exception {
        String html = new ReportPage(Results.full(), Reports.recordings(Results.full())).html();
        Document page = parse(html);

        assertThat(all(page, "link")).isEmpty();
        assertThat(all(page, "img")).isEmpty();
        assertThat(all(page, "*")).noneMatch(e -> e.hasAttribute("src") || e.hasAttribute("href"));
        assertThat(all(page, "style").get(0).getTextContent()).doesNotContain("url(", "@import");
        assertThat(html).contains("default-src &#39;none&#39;");
    }

    @Test
    void headerSaysWhatWasLostAndThatTheGeneratorWasTheLimit() throws Exception {
        Counts counts = new Counts(1, 0, 9, 9, 5, 0, 1_234, 0, 2, 0, 0, 0);
        Generator slow = new Generator(100, 110, 99, 9_000, true, "it can take only 1.1 times as much");
        Document page = page(Results.with(Results.full(), counts, slow, List.of("the server went away")));

        assertThat(all(all(page, "header").get(0), "li"))
                .extracting(Element::getTextContent)
                .containsExactly(
                        "✗ Not clean: 1,234 lost, 2 out of order",
                        "✗ The generator may have been the limit, not the server: it can take only 1.1 times as much",
                        "✗ the server went away");
    }

    @Test
    void figuresThatAreNotKnownAreGapsAndDashes() throws Exception {
        Document page = page(Results.full());
        Element latency = all(page, "figure").stream()
                .filter(figure -> figure.getAttribute("id").equals("latency"))
                .findFirst()
                .orElseThrow();

        // The first five seconds have no deliveries: the line begins after them, and nothing stands for -1.
        List<Element> dots = all(pictures(latency).get(0), "circle");
        assertThat(dots).hasSize(50);
        assertThat(latency.getTextContent()).doesNotContain("-1").contains("p99 at 5.50 s: ");
    }
}
