package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedisKeysTest {
    private static final JobId ID = JobId.of("import:2024.01~a_b-c");

    @Test
    void recordIsUnderTheChannelsName() {
        assertThat(text(RedisKeys.record(ID))).isEqualTo("job:import:2024.01~a_b-c");
        assertThat(RedisKeys.record(ID)).isEqualTo(ID.channel());
    }

    @Test
    void otherKeysHashByTheRecordsName() {
        assertThat(text(RedisKeys.log(ID))).isEqualTo("{job:import:2024.01~a_b-c}:log");
        assertThat(text(RedisKeys.result(ID))).isEqualTo("{job:import:2024.01~a_b-c}:result");
    }

    @Test
    void noCharacterOfAnIdEndsTheHashTag() {
        for (char c = 0; c < 128; c++) {
            JobId id = JobId.parse(String.valueOf(c));
            if (id != null) {
                assertThat(text(RedisKeys.log(id))).isEqualTo("{job:" + c + "}:log");
                assertThat(c).isNotIn('{', '}');
            }
        }
    }

    @Test
    void indexKeySaysWhoseJobsItHas() {
        assertThat(text(RedisKeys.allJobs())).isEqualTo("ringback:jobs");
        assertThat(text(RedisKeys.jobsOf("a:b"))).isEqualTo("ringback:jobs:a:b");
        assertThat(RedisKeys.ownerOf(RedisKeys.jobsOf("J\u00fcrgen"))).isEqualTo("J\u00fcrgen");
        for (String other :
                new String[] {"ringback:jobs", "ringback:jobs:", "ringback:job", "ringback:keeper", "job:1", ""}) {
            assertThat(RedisKeys.ownerOf(other.getBytes(ISO_8859_1))).as(other).isNull();
        }
    }

    private static String text(byte[] key) {
        return new String(key, ISO_8859_1);
    }
}
