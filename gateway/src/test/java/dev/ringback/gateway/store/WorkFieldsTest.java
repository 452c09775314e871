package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkFieldsTest {
    private static final JobId ID = JobId.of("7");

    /** In the order of {@link WorkFields#NAMES}. */
    private static final String[] RECORD = {"t", "alice", "processing", "2", "3", "l", "5", "0", ""};

    private static byte[][] record(int index, String value) {
        String[] fields = RECORD.clone();
        fields[index] = value;
        return Arrays.stream(fields)
                .map(field -> field == null ? null : field.getBytes(UTF_8))
                .toArray(byte[][]::new);
    }

    @Test
    void recordIsReadAsItIs() {
        assertThat(new WorkFields(record(0, "t")).work(ID))
                .isEqualTo(new JobWork("t", "alice", JobState.PROCESSING, 2, 3, "l", 5, false));
        assertThat(new WorkFields(record(7, "1")).work(ID).dead()).isTrue();
        assertThat(new WorkFields(record(8, "9")).expiresMillis(ID)).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource({"4,", "4,0", "4,''", "0,", "0,''"})
    void recordOfAJobThatWaitsInNoQueueHasNoWork(int index, String value) {
        assertThat(new WorkFields(record(index, value)).work(ID)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"2,", "2,waiting", "3,x", "4,many", "6,soon"})
    void recordThatIsDamagedIsTold(int index, String value) {
        assertDamaged(() -> new WorkFields(record(index, value)).work(ID));
        assertDamaged(() -> new WorkFields(record(8, "later")).expiresMillis(ID));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "queued|1|3|0|0|l",
                "waiting|1|3|0|0||t",
                "queued|x|3|0|0||t",
                "queued|1|3|soon|0||t",
                "||||||"
            })
    void answerThatIsNoneOfTheScriptsIsTold(String answer) {
        assertDamaged(() -> WorkFields.told(ID, null, answer.getBytes(UTF_8)));
    }

    private static void assertDamaged(ThrowingCallable reading) {
        assertThatThrownBy(reading)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT));
    }
}
