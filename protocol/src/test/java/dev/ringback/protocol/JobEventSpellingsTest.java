package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The usual spellings of a stored event's members are read by a short cut; it means what the long way means. */
class JobEventSpellingsTest {
    @ParameterizedTest
    @CsvSource({"abc, abc", "abc, job:abc", "abc, \\u0061bc", "abc, \\u006aob:abc"})
    void theChannelsIdIsKnownWithOnePrefixAndInEscapes(String id, String spelled) throws InvalidDocumentException {
        assertThat(read(id, spelled, "queued").jobId()).isEqualTo(channel(id));
    }

    @ParameterizedTest
    @CsvSource({"abc, abd", "abc, ab", "abc, abcd", "abc, ABC", "abc, job:job:abc", "abc, job:"})
    void anotherIdIsRefused(String id, String spelled) {
        assertThatThrownBy(() -> read(id, spelled, "queued")).hasMessage("\"jobId\" is not the channel's");
    }

    @ParameterizedTest
    @EnumSource
    void aStateIsKnownInItsUsualSpellingInCapitalsAndInEscapes(JobState state) throws InvalidDocumentException {
        String name = state.wireName();
        String escaped = String.format("\\u%04x", (int) name.charAt(0)) + name.substring(1);
        for (String spelled : List.of(name, state.name(), escaped)) {
            assertThat(read("1", "1", spelled).state()).isEqualTo(state);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"x\":\"\u00ff\"", "\"x\":01", "x"})
    void damageBehindTheMarkIsRefusedAndDamageInFrontOfItIsPlain(String damage) throws InvalidDocumentException {
        JobId id = channel("1");
        assertThatThrownBy(() -> JobEventReader.read(id, ("{ \"rb\":1," + damage + "}").getBytes(ISO_8859_1)))
                .isInstanceOf(InvalidDocumentException.class);
        assertThat(JobEventReader.read(id, ("{" + damage + ",\"rb\":1}").getBytes(ISO_8859_1)))
                .isNull();
    }

    /** Reads {@code job:<id>} as Redis names the channel, which takes ids that begin with the prefix themselves. */
    private static JobId channel(String id) {
        JobId jobId = JobId.fromChannel(ByteBuffer.wrap(("job:" + id).getBytes(ISO_8859_1)));
        assertThat(jobId).isNotNull();
        return jobId;
    }

    private static JobEvent read(String id, String jobId, String status) throws InvalidDocumentException {
        String members =
                "\"jobId\":\"" + jobId + "\",\"status\":\"" + status + "\",\"version\":7,\"incarnation\":\"k\"}";
        return JobEventReader.read(channel(id), Documents.utf8("{\"rb\":1," + members));
    }
}
