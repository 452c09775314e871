package dev.ringback.gateway.webhook;

import dev.ringback.gateway.config.WebhookConfig.Headers;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Signing one delivery of 1 KiB: the standard headers, both kinds, and beside them the HMAC alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EnvelopeBenchmark {
    private final Envelope standard = new Envelope(Headers.STANDARD);
    private final Envelope both = new Envelope(Headers.BOTH);
    private final List<SigningSecret> secrets = List.of(SampleEvents.SECRET);
    private final Delivery delivery = DeliveryMaker.of(SampleEvents.end(), List.of(), SampleEvents.NOW_MILLIS)
            .get(0);

    @Benchmark
    public List<String> standard() {
        return standard.headers(delivery, secrets, SampleEvents.NOW_MILLIS);
    }

    @Benchmark
    public List<String> both() {
        return both.headers(delivery, secrets, SampleEvents.NOW_MILLIS);
    }

    @Benchmark
    public byte[] hmacBaseline() {
        return SampleEvents.SECRET.sign(delivery.sent().body());
    }
}
