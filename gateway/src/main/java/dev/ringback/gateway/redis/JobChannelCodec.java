package dev.ringback.gateway.redis;

import dev.ringback.protocol.JobId;
import dev.ringback.protocol.RedisKeys;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.ToByteBufEncoder;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** Reads the job's id out of a channel's bytes, and copies what was published once. */
final class JobChannelCodec implements RedisCodec<JobId, byte[]>, ToByteBufEncoder<JobId, byte[]> {
    static final JobChannelCodec INSTANCE = new JobChannelCodec();

    /** Stands for a channel that is no job's, by identity: Lettuce would take a null for a name still to come. */
    static final JobId NOT_A_JOB = JobId.of("not-a-job");

    private static final int LONGEST_KEY = JobId.MAX_LENGTH + 4;

    private JobChannelCodec() {}

    @Override
    public JobId decodeKey(ByteBuffer channel) {
        JobId id = JobId.fromChannel(channel);
        return id == null ? NOT_A_JOB : id;
    }

    @Override
    public byte[] decodeValue(ByteBuffer published) {
        byte[] bytes = new byte[published.remaining()];
        published.get(bytes);
        return bytes;
    }

    @Override
    public ByteBuffer encodeKey(JobId id) {
        return ByteBuffer.wrap(RedisKeys.record(id));
    }

    @Override
    public ByteBuffer encodeValue(byte[] value) {
        return ByteBuffer.wrap(value);
    }

    @Override
    public void encodeKey(JobId id, ByteBuf target) {
        target.writeBytes(RedisKeys.record(id));
    }

    @Override
    public void encodeValue(byte[] value, ByteBuf target) {
        target.writeBytes(value);
    }

    @Override
    public int estimateSize(Object keyOrValue) {
        return keyOrValue instanceof byte[] value ? value.length : LONGEST_KEY;
    }
}
