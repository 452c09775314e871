package dev.ringback.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.result.Generator;
import dev.ringback.loadtest.result.LoadResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    @Test
    void tableHasTheVerdictsAndTheFigures() {
        String table = Reports.table(Results.full());

        assertThat(table)
                .contains("one-to-one on ringback at http://127.0.0.1:8080, 30 s")
                .contains("✓ Clean: all 60,000 deliveries came once and in order, none lost")
                .contains("✓ The generator was not the limit: it took 4.5 times as much")
                .containsPattern("websocket +30,000 +\\d+ µs")
                .containsPattern("delivered, mean +2,000/s")
                .containsPattern("replaced +70")
                .containsPattern("came to wait +1,000")
                .containsPattern("came to wait, time +0.25 s")
                .containsPattern("connects, mean +4,000/s")
                .containsPattern("server CPU per connect +63.5 µs")
                .containsPattern("server CPU per delivery +11.5 µs")
                .containsPattern("server CPU per event +23 µs")
                .containsPattern("server GC pauses +13.6 ms");
    }

    @Test
    void whatTheServerSpentIsADashWhereItIsNotKnown() {
        assertThat(Reports.table(Results.empty()))
                .containsPattern("server CPU per connect +–")
                .containsPattern("connects, mean +–")
                .containsPattern("server CPU per event +–");
    }

    @Test
    void noLineIsWiderThanTheTerminal() {
        String words = "a long story ".repeat(40);
        LoadResult wordy = Results.with(
                Results.full(), Results.CLEAN, new Generator(1e12, 1e12, 1e9, 1e15, true, words), List.of(words));

        assertThat(Reports.table(wordy).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        assertThat(Reports.table(Results.empty()).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void cellThatDoesNotFitIsCutWithAMark() {
        Columns columns = new Columns(List.of("name", "figure"));
        columns.add(List.of("n".repeat(300), "1"));

        assertThat(columns.text().lines().toList().get(1))
                .hasSize(100)
                .contains("n…")
                .endsWith("1");
    }

    @Test
    void cpuPerDeliveryOfTheWholeRunIsTheSharesTimeOverTheRate() {
        LoadResult result = Results.result(
                "s",
                java.util.Map.of(),
                Results.CLEAN,
                java.util.Map.of(),
                List.of(
                        new dev.ringback.loadtest.result.Sample(1, 1, 1, 30_000, 1, 1, 60, -1, -1, -1, 1),
                        new dev.ringback.loadtest.result.Sample(2, 1, 1, 10_000, 1, 1, 20, -1, -1, -1, 1),
                        new dev.ringback.loadtest.result.Sample(3, 1, 1, 99_999, 1, 1, -1, -1, -1, -1, 1)));

        assertThat(Metrics.of(result).get("server CPU per delivery, whole run").text())
                .isEqualTo("20 µs");
        assertThat(Metrics.of(result).get("server heap, most").text()).isEqualTo("–");
        assertThat(Metrics.of(result).get("server GC pauses").text()).isEqualTo("–");
    }
}
