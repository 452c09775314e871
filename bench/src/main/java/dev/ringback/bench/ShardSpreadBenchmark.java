package dev.ringback.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to pick a shard from a job id by {@link String#hashCode()} with its high bits mixed in. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ShardSpreadBenchmark {
    private static final int SHARDS = 6;

    private final byte[] id = new byte[22];

    @Setup
    public void fillId() {
        for (int i = 0; i < id.length; i++) {
            id[i] = (byte) ('a' + i);
        }
    }

    /** Builds a new string each time, since a string remembers its hash once it is computed. */
    @Benchmark
    @SuppressWarnings("deprecation") // the one-byte constructor is the cheapest for ASCII
    public int shardOfFreshId() {
        id[0]++;
        int hash = new String(id, 0).hashCode();
        return Math.floorMod(hash ^ (hash >>> 16), SHARDS);
    }
}
