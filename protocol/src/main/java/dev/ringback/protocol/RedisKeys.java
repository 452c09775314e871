package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/**
 * The Redis keys of one job. The braces make a cluster hash them by {@code job:<id>} alone (Redis Cluster specification, hash
 * tags), so that all of them and the channel fall into one slot.
 */
public final class RedisKeys {
    private static final byte[] LOG_SUFFIX = "}:log".getBytes(ISO_8859_1);
    private static final byte[] RESULT_SUFFIX = "}:result".getBytes(ISO_8859_1);

    private RedisKeys() {}

    /** {@code job:<id>}: the hash that is the job's record, and the channel of its events. */
    public static byte[] record(JobId id) {
        return id.channel();
    }

    /** {@code {job:<id>}:log}: the list of its last events, without results. */
    public static byte[] log(JobId id) {
        return tagged(id, LOG_SUFFIX);
    }

    /** {@code {job:<id>}:result}: a result too large for the record. */
    public static byte[] result(JobId id) {
        return tagged(id, RESULT_SUFFIX);
    }

    /** {@code ringback:canary:<gateway>:<shard>}: the channel by which a gateway hears itself. */
    public static byte[] canaryChannel(String gatewayId, int shard) {
        return ("ringback:canary:" + gatewayId + ":" + shard).getBytes(ISO_8859_1);
    }

    private static byte[] tagged(JobId id, byte[] suffix) {
        byte[] record = id.channel();
        byte[] key = Arrays.copyOf(new byte[] {'{'}, 1 + record.length + suffix.length);
        System.arraycopy(record, 0, key, 1, record.length);
        System.arraycopy(suffix, 0, key, 1 + record.length, suffix.length);
        return key;
    }
}
