package dev.ringback.loadtest.submit;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class SubmitReportTest {
    @Test
    void ratesAndTimesAreOfTheAcknowledgedJobs() {
        Histogram nanos = new Histogram(3);
        for (int micros = 1; micros <= 100; micros++) {
            nanos.recordValue(micros * 1_000L);
        }

        SubmitReport report = SubmitReport.of(4, 0.5, nanos);

        assertThat(report.jobs()).isEqualTo(100);
        assertThat(report.perSecond()).isEqualTo(200);
        assertThat(report.p50Micros()).isBetween(49.0, 51.0);
        assertThat(report.p99Micros()).isBetween(98.0, 100.0);
        assertThat(report.text()).startsWith("100 jobs by 4 clients: 200/s, p50 50 µs, p99 99 µs");
    }
}
