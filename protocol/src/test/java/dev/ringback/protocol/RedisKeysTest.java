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

    private static String text(byte[] key) {
        return new String(key, ISO_8859_1);
    }
}
