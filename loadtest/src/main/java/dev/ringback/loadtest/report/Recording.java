package dev.ringback.loadtest.report;

import dev.ringback.loadtest.report.Line.Point;
import dev.ringback.loadtest.result.Latency;
import dev.ringback.loadtest.result.LoadResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.HdrHistogram.HistogramLogWriter;

/** The histogram of one transport's latencies, taken out of a result. */
final class Recording {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double MICROS_PER_MILLI = 1e3;
    /** Halfway, on a logarithmic scale, between a histogram of microseconds and one of nanoseconds. */
    private static final double NANOS_FROM = 30;

    private static final int STEPS_PER_HALVING = 5;

    private final Latency latency;
    private final Histogram histogram;

    private Recording(Latency latency, Histogram histogram) {
        this.latency = latency;
        this.histogram = histogram;
    }

    /**
     * Decodes it; a result without one has an empty histogram.
     *
     * @throws IOException where the bytes are no histogram
     */
    static Recording of(String transport, Latency latency) throws IOException {
        String encoded = latency.hlog();
        if (encoded == null || encoded.isEmpty()) {
            return new Recording(latency, new Histogram(3));
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(encoded));
            return new Recording(latency, Histogram.decodeFromCompressedByteBuffer(bytes, 0));
        } catch (DataFormatException | RuntimeException e) {
            // The decoder meets damaged bytes with whatever it stumbles over.
            throw new IOException("the histogram of " + transport + " cannot be read: " + e, e);
        }
    }

    Latency latency() {
        return latency;
    }

    long count() {
        return latency.count();
    }

    /** Histograms hold nanoseconds or microseconds; beside the greatest latency, which is in microseconds, it shows which. */
    private boolean holdsNanos() {
        return histogram.getMaxValue() > latency.max() * NANOS_FROM;
    }

    /** Percentile and microseconds, as fine as HdrHistogram plots them, up to the last percentile that has a figure of its own. */
    List<Point> percentiles() {
        if (histogram.getTotalCount() == 0) {
            return quantiles();
        }
        double unit = holdsNanos() ? 1 / MICROS_PER_MILLI : 1;
        List<Point> points = new ArrayList<>();
        for (HistogramIterationValue value : histogram.percentiles(STEPS_PER_HALVING)) {
            if (value.getPercentileLevelIteratedTo() < 100) {
                points.add(new Point(value.getPercentileLevelIteratedTo(), value.getValueIteratedTo() * unit));
            }
        }
        points.add(new Point(100 - 100.0 / histogram.getTotalCount(), histogram.getMaxValue() * unit));
        return points;
    }

    /** What is left of a recording whose histogram was not kept. */
    private List<Point> quantiles() {
        if (latency.count() == 0) {
            return List.of();
        }
        return List.of(
                new Point(50, latency.p50()),
                new Point(90, latency.p90()),
                new Point(99, latency.p99()),
                new Point(99.9, latency.p999()));
    }

    /** Writes HdrHistogram's log of one interval, the whole run, with its maximum in milliseconds as is usual there. */
    void write(LoadResult result, String transport, Path file) throws IOException {
        long start = startMillis(result.startedAt());
        long end = start + Math.round(result.seconds() * 1000);
        histogram.setTag(transport.replaceAll("[,\\s]", "_"));
        histogram.setStartTimeStamp(start);
        histogram.setEndTimeStamp(end);
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, "UTF-8")) {
            HistogramLogWriter log = new HistogramLogWriter(out);
            log.outputComment(String.format(
                    Locale.ROOT,
                    "Ringback: %s by %s in %s, latency from due to received",
                    oneLine(result.scenario()),
                    oneLine(transport),
                    holdsNanos() ? "nanoseconds" : "microseconds"));
            log.outputLogFormatVersion();
            log.outputStartTime(start);
            log.outputLegend();
            double ratio = holdsNanos() ? NANOS_PER_MILLI : MICROS_PER_MILLI;
            log.outputIntervalHistogram(start / 1000.0, end / 1000.0, histogram, ratio);
            if (out.checkError()) {
                throw new IOException("cannot write " + file);
            }
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private static long startMillis(String startedAt) throws IOException {
        try {
            return Instant.parse(startedAt).toEpochMilli();
        } catch (DateTimeException e) {
            throw new IOException("the result began at \"" + startedAt + "\", which is no time", e);
        }
    }
}
