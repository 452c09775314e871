package dev.ringback.gateway.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.bench.HandHub;
import dev.ringback.protocol.JobId;
import io.lettuce.core.codec.StringCodec;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Decoding channel and bytes of one published event: our codec, and beside it Lettuce's of strings. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JobChannelCodecBenchmark {
    private static final JobId ID = JobId.of("01M80D607QTB15T83VVZNKKMRMFTP2DKP60");

    private final JobChannelCodec codec = new JobChannelCodec("canary:0".getBytes(UTF_8));
    private final ByteBuffer channel = direct(ID.channel());
    private final ByteBuffer event = direct(HandHub.document(ID, 7, 250));

    /** As Lettuce hands them over: views of Netty's direct buffers. */
    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    @Benchmark
    public void decode(Blackhole hole) {
        hole.consume(codec.decodeKey(channel.rewind()));
        hole.consume(codec.decodeValue(event.rewind()));
    }

    @Benchmark
    public void decodeStringsBaseline(Blackhole hole) {
        hole.consume(StringCodec.UTF8.decodeKey(channel.rewind()));
        hole.consume(StringCodec.UTF8.decodeValue(event.rewind()));
    }
}
