package dev.ringback.loadtest.report;

import dev.ringback.loadtest.result.Costs;
import dev.ringback.loadtest.result.Counts;
import dev.ringback.loadtest.result.Generator;
import dev.ringback.loadtest.result.Latency;
import dev.ringback.loadtest.result.LoadResult;
import dev.ringback.loadtest.result.Machine;
import dev.ringback.loadtest.result.Sample;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.HdrHistogram.Histogram;

/** Results as runs may leave them. */
final class Results {
    static final String STARTED = "2026-05-04T03:02:01.500Z";
    static final Machine MACHINE = new Machine("A processor", 2, "Linux 6.18", "25.0.1", "pid 4711, JDK 25.0.1");
    static final Counts CLEAN = new Counts(1_000, 2, 30_000, 60_000, 60_000, 70, 0, 0, 0, 0, 5, 1);
    static final Costs COSTS = new Costs(11.5, 23, new Costs.Connecting(1_000, 0.25, 4_000, 63.5));
    private static final Generator ABLE = new Generator(2_000, 9_000, 41.5, 130, false, "it took 4.5 times as much");

    private Results() {}

    /** Everything that can be measured, for two transports over half a minute. */
    static LoadResult full() {
        Map<String, Latency> latency = new LinkedHashMap<>();
        latency.put("sse", latency(histogram(1, 30_000)));
        latency.put("websocket", latency(histogram(2, 30_000)));
        return result("one-to-one", Map.of("rate", "2000"), CLEAN, latency, samples(30));
    }

    /** A run in which nothing came about. */
    static LoadResult empty() {
        return new LoadResult(
                "idle",
                Map.of(),
                "ringback",
                "http://127.0.0.1:8080",
                STARTED,
                0,
                new Machine("", 0, "", "", ""),
                new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                Costs.UNKNOWN,
                Map.of(),
                List.of(),
                new Generator(0, -1, 0, 0, false, ""),
                List.of());
    }

    /** The full one with another name, settings and counts. */
    static LoadResult result(
            String scenario,
            Map<String, String> settings,
            Counts counts,
            Map<String, Latency> latency,
            List<Sample> samples) {
        return new LoadResult(
                scenario,
                settings,
                "ringback",
                "http://127.0.0.1:8080",
                STARTED,
                30,
                MACHINE,
                counts,
                COSTS,
                latency,
                samples,
                ABLE,
                List.of());
    }

    static LoadResult with(LoadResult of, Counts counts, Generator generator, List<String> verdicts) {
        return new LoadResult(
                of.scenario(),
                of.settings(),
                of.target(),
                of.url(),
                of.startedAt(),
                of.seconds(),
                of.machine(),
                counts,
                of.costs(),
                of.latencyByTransport(),
                of.samples(),
                generator,
                verdicts);
    }

    /** Nanoseconds around 200 µs with a tail. */
    static Histogram histogram(long seed, int count) {
        Random random = new Random(seed);
        Histogram histogram = new Histogram(3);
        for (int i = 0; i < count; i++) {
            double tail = random.nextInt(100) == 0 ? 20 : 1;
            histogram.recordValue((long) (Math.exp(random.nextGaussian() / 3) * 200_000 * tail));
        }
        return histogram;
    }

    static Latency latency(Histogram nanos) {
        ByteBuffer bytes = ByteBuffer.allocate(nanos.getNeededByteBufferCapacity());
        int length = nanos.encodeIntoCompressedByteBuffer(bytes);
        byte[] used = new byte[length];
        bytes.rewind();
        bytes.get(used);
        return new Latency(
                nanos.getTotalCount(),
                nanos.getValueAtPercentile(50) / 1e3,
                nanos.getValueAtPercentile(90) / 1e3,
                nanos.getValueAtPercentile(99) / 1e3,
                nanos.getValueAtPercentile(99.9) / 1e3,
                nanos.getMaxValue() / 1e3,
                Base64.getEncoder().encodeToString(used));
    }

    static List<Sample> samples(int seconds) {
        List<Sample> samples = new ArrayList<>();
        Random random = new Random(3);
        for (int at = 0; at < seconds; at++) {
            long connections = Math.min(1_000, at * 200L);
            boolean under = connections == 1_000;
            samples.add(new Sample(
                    at + 0.5,
                    connections,
                    under ? 1_000 + random.nextInt(50) : 0,
                    under ? 2_000 + random.nextInt(100) : 0,
                    under ? 190 + random.nextInt(30) : -1,
                    under ? 2_500 + random.nextInt(900) : -1,
                    under ? 48 + random.nextInt(6) : 12,
                    (180L + at) << 20,
                    (40L + at % 7 * 6) << 20,
                    at % 7 == 6 ? 3.4 : 0,
                    35 + random.nextInt(9)));
        }
        return samples;
    }
}
