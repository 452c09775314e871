package dev.ringback.gateway.redis;

import dev.ringback.protocol.JobId;
import dev.ringback.protocol.RedisKeys;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.ToByteBufEncoder;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** Reads the job's id out of a channel's bytes, and copies what was published once. Beside jobs' channels it knows the canary's and that of queues. */
final class JobChannelCodec implements RedisCodec<JobId, byte[]>, ToByteBufEncoder<JobId, byte[]> {
    /** Stands for the canary's channel, by identity: no job's channel is ever this object. */
    static final JobId CANARY = JobId.of("canary");

    /** Stands for the channel of queues that have work, by identity. */
    static final JobId WORK = JobId.of("work");

    /** Stands for a channel that is no job's, by identity: Lettuce would take a null for a name still to come. */
    static final JobId NOT_A_JOB = JobId.of("not-a-job");

    private static final int LONGEST_KEY = JobId.MAX_LENGTH + 4;

    private static final byte[] WORK_CHANNEL = RedisKeys.workChannel();

    private final byte[] canaryChannel;
    private final ByteBuffer canaryName;

    JobChannelCodec(byte[] canaryChannel) {
        this.canaryChannel = canaryChannel;
        this.canaryName = ByteBuffer.wrap(canaryChannel).asReadOnlyBuffer();
    }

    @Override
    public JobId decodeKey(ByteBuffer channel) {
        JobId id = JobId.fromChannel(channel);
        if (id != null) {
            return id;
        }
        if (channel.equals(canaryName)) {
            return CANARY;
        }
        return channel.equals(ByteBuffer.wrap(WORK_CHANNEL)) ? WORK : NOT_A_JOB;
    }

    @Override
    public byte[] decodeValue(ByteBuffer published) {
        byte[] bytes = new byte[published.remaining()];
        published.get(bytes);
        return bytes;
    }

    @Override
    public ByteBuffer encodeKey(JobId id) {
        return ByteBuffer.wrap(name(id));
    }

    @Override
    public ByteBuffer encodeValue(byte[] value) {
        return ByteBuffer.wrap(value);
    }

    @Override
    public void encodeKey(JobId id, ByteBuf target) {
        target.writeBytes(name(id));
    }

    @SuppressWarnings("ReferenceEquality")
    private byte[] name(JobId id) {
        if (id == CANARY) {
            return canaryChannel;
        }
        return id == WORK ? WORK_CHANNEL : RedisKeys.record(id);
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
