package dev.ringback.gateway.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.protocol.JobId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobChannelCodecTest {
    private final JobChannelCodec codec = new JobChannelCodec("ringback:canary:g:0".getBytes(UTF_8));

    @Test
    void channelIsReadAsItsJob() {
        assertThat(codec.decodeKey(bytes("job:123"))).isEqualTo(JobId.of("123"));
        assertThat(codec.decodeKey(bytes("job:not-a-job")))
                .isEqualTo(JobChannelCodec.NOT_A_JOB)
                .isNotSameAs(JobChannelCodec.NOT_A_JOB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "job:", "jobs:1", "job:a b", "job:ä", "__keyspace@0__:x"})
    void otherChannelsAreNoJobs(String channel) {
        assertThat(codec.decodeKey(bytes(channel))).isSameAs(JobChannelCodec.NOT_A_JOB);
    }

    @Test
    void canaryHasItsOwnChannelAndAJobOfItsNameHasAnother() {
        assertThat(codec.decodeKey(bytes("ringback:canary:g:0"))).isSameAs(JobChannelCodec.CANARY);
        assertThat(codec.decodeKey(bytes("ringback:canary:g:1"))).isSameAs(JobChannelCodec.NOT_A_JOB);
        assertThat(codec.encodeKey(JobChannelCodec.CANARY)).isEqualTo(bytes("ringback:canary:g:0"));

        JobId namesake = codec.decodeKey(bytes("job:" + JobChannelCodec.CANARY));
        assertThat(namesake).isEqualTo(JobChannelCodec.CANARY).isNotSameAs(JobChannelCodec.CANARY);
        assertThat(codec.encodeKey(namesake)).isEqualTo(bytes("job:" + JobChannelCodec.CANARY));
    }

    @Test
    void queuesHaveTheirOwnChannelAndAJobOfItsNameHasAnother() {
        assertThat(codec.decodeKey(bytes("ringback:work"))).isSameAs(JobChannelCodec.WORK);
        assertThat(codec.encodeKey(JobChannelCodec.WORK)).isEqualTo(bytes("ringback:work"));

        JobId namesake = codec.decodeKey(bytes("job:" + JobChannelCodec.WORK));
        assertThat(namesake).isEqualTo(JobChannelCodec.WORK).isNotSameAs(JobChannelCodec.WORK);
        assertThat(codec.encodeKey(namesake)).isEqualTo(bytes("job:" + JobChannelCodec.WORK));
    }

    @Test
    void jobIsWrittenAsItsChannel() {
        JobId id = JobId.of("x".repeat(JobId.MAX_LENGTH));
        ByteBuf target = Unpooled.buffer();
        codec.encodeKey(id, target);

        assertThat(target.toString(UTF_8)).isEqualTo("job:" + id);
        assertThat(codec.encodeKey(id)).isEqualTo(bytes("job:" + id));
        assertThat(codec.estimateSize(id)).isGreaterThanOrEqualTo(target.readableBytes());
    }

    @Test
    void publishedBytesAreCopied() {
        byte[] buffer = "xx{}xx".getBytes(UTF_8);
        byte[] value = codec.decodeValue(ByteBuffer.wrap(buffer, 2, 2));
        buffer[2] = '?';

        assertThat(new String(value, UTF_8)).isEqualTo("{}");
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
