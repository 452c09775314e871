package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The Redis keys of one job, and those of all jobs together. The braces make a cluster hash them by {@code job:<id>} alone (Redis Cluster specification, hash
 * tags), so that all of a job's keys and its channel fall into one slot.
 */
public final class RedisKeys {
    private static final byte[] LOG_SUFFIX = "}:log".getBytes(ISO_8859_1);
    private static final byte[] RESULT_SUFFIX = "}:result".getBytes(ISO_8859_1);
    private static final byte[] ALL_JOBS = "ringback:jobs".getBytes(ISO_8859_1);
    private static final byte[] OWNED_JOBS = "ringback:jobs:".getBytes(ISO_8859_1);

    private static final String QUEUE_HEAD = "{ringback:queue:";
    private static final String BYTES_SUFFIX = "}:blob:";
    private static final String ABOUT_SUFFIX = "}:about:";

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

    /** {@code {job:<id>}:blob:<upload>}: the bytes that a worker uploaded. */
    public static byte[] uploadBytes(JobId id, String upload) {
        return tagged(id, (BYTES_SUFFIX + upload).getBytes(ISO_8859_1));
    }

    /** {@code {job:<id>}:about:<upload>}: what these bytes are, once they are whole. */
    public static byte[] uploadAbout(JobId id, String upload) {
        return tagged(id, (ABOUT_SUFFIX + upload).getBytes(ISO_8859_1));
    }

    /** {@code ringback:jobs}: a sorted set with the id of every job, by the milliseconds of its making. */
    public static byte[] allJobs() {
        return ALL_JOBS.clone();
    }

    /** {@code ringback:jobs:<owner>}: the same of one owner's jobs. */
    public static byte[] jobsOf(String owner) {
        return joined(OWNED_JOBS, owner.getBytes(UTF_8));
    }

    /** Whose jobs an index key of {@link #jobsOf} has; null where the key is none. */
    public static @Nullable String ownerOf(byte[] key) {
        int from = OWNED_JOBS.length;
        return Arrays.mismatch(OWNED_JOBS, key) == from && key.length > from
                ? new String(key, from, key.length - from, UTF_8)
                : null;
    }

    /** {@code ringback:keeper}: names the gateway that repairs the indexes and ends jobs that are too old. */
    public static byte[] keeper() {
        return "ringback:keeper".getBytes(ISO_8859_1);
    }

    /** {@code ringback:kept}: the newest of the jobs that were looked at for being too old. */
    public static byte[] kept() {
        return "ringback:kept".getBytes(ISO_8859_1);
    }

    /** {@code ringback:secret}: what the gateways of a fleet know and nobody else. */
    public static byte[] secret() {
        return "ringback:secret".getBytes(ISO_8859_1);
    }

    /** <code>{ringback:webhooks}</code>: how the keys of webhooks begin, which are all in one slot. */
    public static byte[] webhooks() {
        return "{ringback:webhooks}".getBytes(ISO_8859_1);
    }

    /** <code>{ringback:queue:&lt;type&gt;}</code>: how the keys of one type's queue begin, which are all in one slot. */
    public static byte[] queue(String type) {
        String escaped = type.replace("%", "%25").replace("}", "%7D");
        return (QUEUE_HEAD + escaped + "}").getBytes(UTF_8);
    }

    /** The type whose queue a key of {@link #queue} has; null where the key is none. */
    public static @Nullable String queueType(byte[] key) {
        String text = new String(key, UTF_8);
        boolean isQueue = text.startsWith(QUEUE_HEAD) && text.endsWith("}");
        return isQueue
                ? text.substring(QUEUE_HEAD.length(), text.length() - 1)
                        .replace("%7D", "}")
                        .replace("%25", "%")
                : null;
    }

    /** {@code ringback:queues}: a sorted set with the type of every queue. */
    public static byte[] queues() {
        return "ringback:queues".getBytes(ISO_8859_1);
    }

    /** {@code ringback:queues:keeper}: names the gateway that looks after lost leases. */
    public static byte[] queueKeeper() {
        return "ringback:queues:keeper".getBytes(ISO_8859_1);
    }

    /** {@code ringback:work}: the channel on which gateways hear of queues that have work. */
    public static byte[] workChannel() {
        return "ringback:work".getBytes(ISO_8859_1);
    }

    /** <code>{ringback:dependencies}</code>: how the keys of jobs begin that wait for others, which are all in one slot. */
    public static byte[] dependencies() {
        return "{ringback:dependencies}".getBytes(ISO_8859_1);
    }

    private static byte[] joined(byte[] head, byte[] tail) {
        byte[] joined = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, joined, head.length, tail.length);
        return joined;
    }

    private static byte[] tagged(JobId id, byte[] suffix) {
        byte[] record = id.channel();
        byte[] key = Arrays.copyOf(new byte[] {'{'}, 1 + record.length + suffix.length);
        System.arraycopy(record, 0, key, 1, record.length);
        System.arraycopy(suffix, 0, key, 1 + record.length, suffix.length);
        return key;
    }
}
