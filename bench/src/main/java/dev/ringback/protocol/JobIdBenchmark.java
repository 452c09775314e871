package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.hub.Hub;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From a channel's bytes to what a map holds for the job: our id, and beside it the JDK's string. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JobIdBenchmark {
    private static final int JOBS = 1 << 16;
    private static final int SHARDS = 6;

    private final ByteBuffer[] channels = new ByteBuffer[JOBS];
    private final Map<JobId, Integer> byId = new HashMap<>();
    private final Map<String, Integer> byString = new HashMap<>();
    private int next;

    public JobIdBenchmark() {
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < JOBS; i++) {
            JobId id = JobId.random(i, random);
            channels[i] = ByteBuffer.wrap(id.channel());
            byId.put(id, i);
            byString.put(id.toString(), i);
        }
    }

    private ByteBuffer channel() {
        next = (next + 1) & (JOBS - 1);
        return channels[next];
    }

    @Benchmark
    public int shardOfFreshId() {
        JobId id = JobId.fromChannel(channel());
        return id == null ? -1 : Hub.shardOf(id, SHARDS);
    }

    /** The JDK's hash with its high bits mixed in. */
    @Benchmark
    public int shardOfFreshStringBaseline() {
        int hash = idOf(channel()).hashCode();
        return Math.floorMod(hash ^ (hash >>> 16), SHARDS);
    }

    @Benchmark
    public @Nullable Integer lookup() {
        return byId.get(JobId.fromChannel(channel()));
    }

    @Benchmark
    public @Nullable Integer lookupByStringBaseline() {
        return byString.get(idOf(channel()));
    }

    private static String idOf(ByteBuffer channel) {
        int prefix = JobId.PREFIX.length();
        byte[] ascii = new byte[channel.limit() - prefix];
        channel.get(prefix, ascii);
        return new String(ascii, ISO_8859_1);
    }
}
