package dev.ringback.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ringback.loadtest.result.Latency;
import dev.ringback.loadtest.result.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportsTest {
    @TempDir
    private Path directory;

    @Test
    void resultIsReadBackAsItWasWritten() throws IOException {
        Path nested = directory.resolve("a/b");
        Reports.write(Results.full(), nested);

        assertThat(Reports.read(nested)).isEqualTo(Results.full());
        assertThat(Reports.read(nested.resolve("result.json"))).isEqualTo(Results.full());
        assertThat(nested.toFile().list())
                .containsExactlyInAnyOrder("result.json", "report.html", "sse.hlog", "websocket.hlog");
    }

    @Test
    void logOfEachTransportIsReadBackByHdrHistogram() throws IOException {
        Reports.write(Results.full(), directory);

        HistogramLogReader log =
                new HistogramLogReader(directory.resolve("sse.hlog").toFile());
        Histogram read = (Histogram) log.nextIntervalHistogram();
        assertThat(read).isEqualTo(Results.histogram(1, 30_000));
        assertThat(read.getTag()).isEqualTo("sse");
        long start = Instant.parse(Results.STARTED).toEpochMilli();
        assertThat(log.getStartTimeSec()).isCloseTo(start / 1000.0, within(1e-3));
        assertThat(read.getStartTimeStamp()).isEqualTo(start);
        assertThat(read.getEndTimeStamp()).isEqualTo(start + 30_000);
        assertThat(log.hasNext()).isFalse();
    }

    @Test
    void greatestLatencyInALogIsInMilliseconds() throws IOException {
        Histogram nanos = new Histogram(3);
        nanos.recordValue(5_000_000);
        Histogram micros = new Histogram(3);
        micros.recordValue(5_000);
        Latency ofMicros = new Latency(
                1, 5_000, 5_000, 5_000, 5_000, 5_000, Results.latency(micros).hlog());
        Map<String, Latency> latency = Map.of("nanos", Results.latency(nanos), "micros", ofMicros);
        Reports.write(Results.result("s", Map.of(), Results.CLEAN, latency, List.of()), directory);

        for (String unit : List.of("nanos", "micros")) {
            String[] interval = Files.readAllLines(directory.resolve(unit + ".hlog")).stream()
                    .filter(line -> line.startsWith("Tag="))
                    .findFirst()
                    .orElseThrow()
                    .split(",", -1);
            assertThat(Double.parseDouble(interval[3])).as(unit).isCloseTo(5, within(0.01));
            Recording recording = Recording.of(unit, latency.get(unit));
            assertThat(recording.percentiles())
                    .as(unit)
                    .allSatisfy(point -> assertThat(point.y()).isCloseTo(5_000, within(10.0)));
        }
    }

    @Test
    void transportsNameGoesIntoNoOtherDirectory() throws IOException {
        Map<String, Latency> latency = Map.of("../up, and away", Results.latency(Results.histogram(1, 10)));
        Reports.write(Results.result("s", Map.of(), Results.CLEAN, latency, List.of()), directory.resolve("inner"));

        Path log = directory.resolve("inner/___up__and_away.hlog");
        HistogramLogReader reader = new HistogramLogReader(log.toFile());
        assertThat(((Histogram) reader.nextIntervalHistogram()).getTotalCount()).isEqualTo(10);
    }

    @Test
    void whatIsNoResultIsRefusedWithItsName() throws IOException {
        Path json = directory.resolve("x.json");
        for (String text : List.of("not json", "[]", "{\"scenario\":\"s\"}", "null")) {
            Files.writeString(json, text);
            assertThatThrownBy(() -> Reports.read(json))
                    .as(text)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("x.json is no result");
        }
        assertThatThrownBy(() -> Reports.read(directory.resolve("none")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no result");
    }

    @Test
    void brokenHistogramNamesItsTransport() {
        Map<String, Latency> latency = Map.of("sse", new Latency(1, 1, 1, 1, 1, 1, "AAAA"));
        LoadResult broken = Results.result("s", Map.of(), Results.CLEAN, latency, List.of());

        assertThatThrownBy(() -> Reports.write(broken, directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("sse");
    }

    @Test
    void resultWithFieldsOfALaterVersionIsRead() throws IOException {
        Reports.write(Results.full(), directory);
        Path json = directory.resolve("result.json");
        Files.writeString(json, Files.readString(json).replaceFirst("\\{", "{\"later\":{\"field\":1},"));

        assertThat(Reports.read(json)).isEqualTo(Results.full());
    }
}
