package dev.ringback.loadtest.run;

import dev.ringback.loadtest.crowd.CrowdFigures.Counter;
import dev.ringback.loadtest.crowd.Crowds;
import dev.ringback.loadtest.publish.Publisher;
import dev.ringback.loadtest.result.Sample;
import dev.ringback.loadtest.server.LoadedServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Takes one sample after the other, of both sides. For one thread. */
final class Sampler {
    private static final double MICRO_NANOS = 1000;
    private static final double SECOND_NANOS = 1e9;
    private static final int PERCENT = 100;
    private static final String HEAP = "ringback_heap_used_bytes";
    private static final String GC_SECONDS = "ringback_gc_seconds_total";
    /** A run of a day has so many. */
    private static final int MOST_SAMPLES = 86_400;

    private final LoadedServer server;
    private final Crowds crowds;
    private final Publisher publisher;
    private final long startNanos = System.nanoTime();
    private final List<Sample> samples = new ArrayList<>();
    private Reading before;

    private record Reading(
            long nanos, long published, long delivered, double serverCpu, double gcSeconds, double ownCpu) {}

    Sampler(LoadedServer server, Crowds crowds, Publisher publisher) throws IOException {
        this.server = server;
        this.crowds = crowds;
        this.publisher = publisher;
        crowds.read();
        before = reading();
    }

    private Reading reading() {
        return new Reading(
                System.nanoTime(),
                publisher.published(),
                crowds.count(Counter.DELIVERED),
                server.cpuSeconds(),
                server.metric(GC_SECONDS),
                crowds.cpuSeconds());
    }

    Sample take() throws IOException {
        Histogram latency = crowds.read();
        Reading now = reading();
        double seconds = (now.nanos - before.nanos) / SECOND_NANOS;
        boolean heard = latency.getTotalCount() > 0;
        Sample sample = new Sample(
                (now.nanos - startNanos) / SECOND_NANOS,
                crowds.count(Counter.OPEN),
                Math.round((now.published - before.published) / seconds),
                Math.round((now.delivered - before.delivered) / seconds),
                heard ? latency.getValueAtPercentile(50) / MICRO_NANOS : Sample.UNKNOWN,
                heard ? latency.getValueAtPercentile(99) / MICRO_NANOS : Sample.UNKNOWN,
                now.serverCpu < 0 ? Sample.UNKNOWN : PERCENT * (now.serverCpu - before.serverCpu) / seconds,
                server.residentBytes(),
                (long) server.metric(HEAP),
                now.gcSeconds < 0 ? Sample.UNKNOWN : (now.gcSeconds - before.gcSeconds) * 1000,
                PERCENT * (now.ownCpu - before.ownCpu) / seconds);
        before = now;
        if (samples.size() < MOST_SAMPLES) {
            samples.add(sample);
        }
        return sample;
    }

    double seconds() {
        return (System.nanoTime() - startNanos) / SECOND_NANOS;
    }

    List<Sample> samples() {
        return List.copyOf(samples);
    }
}
