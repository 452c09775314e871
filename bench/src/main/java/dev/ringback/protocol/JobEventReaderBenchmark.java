package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.bench.HandHub;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reading a stored event as the relay carries it, checks included: our reader, and beside it a tree of Jackson's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JobEventReaderBenchmark {
    private static final JobId ID = JobId.of("01M80D607QTB15T83VVZNKKMRMFTP2DKP60");

    @Param({"250", "1024"})
    public int bytes;

    private final ObjectMapper mapper = new ObjectMapper();
    private byte[] message = {};

    @Setup
    public void encode() {
        String document = new String(HandHub.document(ID, 7, bytes), ISO_8859_1);
        message = ("{\"rb\":1," + document.substring(1)).getBytes(ISO_8859_1);
    }

    @Benchmark
    public JobEvent read() throws InvalidDocumentException {
        return Objects.requireNonNull(JobEventReader.read(ID, message));
    }

    @Benchmark
    public JobEvent treeBaseline() throws IOException {
        JsonNode tree = mapper.readTree(message);
        return new JobEvent(
                JobId.of(tree.get("jobId").asText()),
                tree.get("incarnation").asText(),
                tree.get("version").asLong(),
                Objects.requireNonNull(JobState.parse(tree.get("status").asText())),
                tree.has("progress"),
                message);
    }
}
