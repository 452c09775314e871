package dev.ringback.loadtest.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.report.Line.Point;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class FiguresPageTest {
    @TempDir
    private Path directory;

    @Test
    void pageHasVerdictsPlotsAndTablesAndTheFiguresLieBesideIt() throws Exception {
        FiguresPage page = new FiguresPage("soak <&>", "a server")
                .verdict(true, "all well")
                .verdict(false, "but \"this\" <script>")
                .plot("heap", "Heap", "What it is.", Unit.BYTES, List.of(line("one", 1), line("two", 2)))
                .table("Rows", List.of("", "n"), List.of(List.of("a", "1")));
        Path written = page.write(directory.resolve("new"), Map.of("answer", 42));
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(Files.readString(written).getBytes(UTF_8)));
        assertThat(document.getElementsByTagName("li").item(0).getTextContent()).isEqualTo("✓ all well");
        assertThat(document.getElementsByTagName("li").item(1).getTextContent()).isEqualTo("✗ but \"this\" <script>");
        assertThat(document.getElementsByTagName("figure").getLength()).isEqualTo(1);
        assertThat(document.getElementsByTagName("table").getLength()).isEqualTo(2);
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
        assertThat(Files.readString(written.resolveSibling("result.json"))).contains("\"answer\" : 42");
    }

    private static Line line(String name, double from) {
        return new Line(name, List.of(new Point(0, from), new Point(10, from * 2)));
    }
}
