package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringback.bench.HandHub;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One event into a direct buffer that is there already: our encoders, and beside them the obvious ways with strings and trees. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncoderBenchmark {
    private static final JobId ID = JobId.of("01M80D607QTB15T83VVZNKKMRMFTP2DKP60");

    @Param({"250", "1024"})
    public int bytes;

    private final ObjectMapper mapper = new ObjectMapper();
    private final ByteBuf out = Unpooled.directBuffer(4096);
    private JobEvent event = HandHub.progress(ID, 7, 0);

    @Setup
    public void makeEvent() {
        event = HandHub.progress(ID, 7, bytes);
    }

    @TearDown
    public void release() {
        out.release();
    }

    @Benchmark
    public ByteBuf sse() {
        SseEncoder.event(event, out.clear());
        return out;
    }

    @Benchmark
    public ByteBuf sseByFormatBaseline() {
        String text = String.format(
                Locale.ROOT,
                "event: %s%nid: %s%ndata: %s%n%n",
                event.name().wireName(),
                event.cursor(),
                new String(event.json(), UTF_8));
        return out.clear().writeBytes(text.getBytes(UTF_8));
    }

    @Benchmark
    public ByteBuf webSocket() {
        WebSocketEncoder.event(event, out.clear());
        return out;
    }

    /** Two bytes of length always, which is enough here. */
    @Benchmark
    public ByteBuf webSocketByTreeBaseline() throws IOException {
        ObjectNode tree = mapper.createObjectNode().put("event", event.name().wireName());
        tree.setAll((ObjectNode) mapper.readTree(event.json()));
        byte[] json = mapper.writeValueAsBytes(tree);
        return out.clear()
                .writeByte(0x81)
                .writeByte(126)
                .writeShort(json.length)
                .writeBytes(json);
    }
}
