package dev.ringback.gateway.webhook;

import dev.ringback.gateway.store.OutboxEvent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Turning one job's end of 1 KiB into deliveries: one to the job's own URL, and one to each endpoint. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DeliveryMakerBenchmark {
    @Param({"0", "100"})
    public int endpoints;

    private final OutboxEvent end = SampleEvents.end();
    private List<WebhookEndpoint> known = List.of();

    @Setup
    public void prepare() {
        known = SampleEvents.endpoints(endpoints);
    }

    @Benchmark
    public List<Delivery> make() {
        return DeliveryMaker.of(end, known, SampleEvents.NOW_MILLIS);
    }
}
