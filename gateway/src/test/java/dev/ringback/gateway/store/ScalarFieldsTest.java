package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.store.StoreException.Kind;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalarFieldsTest {
    private static final JobId ID = JobId.of("123");

    @Test
    void documentIsMadeOfWhatIsThere() {
        byte[][] values = values();
        values[0] = bytes("abc123");
        values[1] = bytes("7");
        values[2] = bytes("failed");
        values[3] = bytes("re\"size");
        values[4] = bytes("alice");
        values[5] = bytes("0");
        values[6] = bytes("86400000");
        values[10] = bytes("1");
        JobSnapshot snapshot = new ScalarFields(values).snapshot(ID);

        assertThat(snapshot.owner()).isEqualTo("alice");
        assertThat(snapshot.present().version()).isEqualTo(7);
        assertThat(snapshot.present().state()).isEqualTo(JobState.FAILED);
        assertThat(new String(snapshot.present().json(), UTF_8))
                .isEqualTo("{\"jobId\":\"123\",\"type\":\"re\\\"size\",\"status\":\"failed\",\"version\":7,"
                        + "\"incarnation\":\"abc123\",\"updatedAt\":\"1970-01-02T00:00:00.000Z\",\"attempt\":1}");
    }

    @ParameterizedTest
    @CsvSource({"0,a-b", "0,''", "1,0", "1,x", "1,99999999999999999999", "2,bored", "2,''", "6,yesterday"})
    void fieldsThatMakeNoSenseAreCorrupt(int index, String value) {
        byte[][] values = values();
        values[0] = bytes("abc");
        values[1] = bytes("1");
        values[2] = bytes("queued");
        values[index] = bytes(value);

        assertThatThrownBy(() -> new ScalarFields(values).snapshot(ID))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT))
                .hasMessageContaining("123");
    }

    private static byte[][] values() {
        return new byte[ScalarFields.NAMES.size()][];
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
