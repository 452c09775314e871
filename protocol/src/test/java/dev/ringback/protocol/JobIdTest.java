package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobIdTest {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:-";
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int TIME_CHARACTERS = 10;
    private static final int MIN_UNGUESSABLE_BITS = 122;

    @Test
    void eachCharacterOfTheAlphabetAndNoOtherMakesAnId() {
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            String text = String.valueOf((char) c);
            boolean allowed = ALPHABET.contains(text);
            assertThat(JobId.parse(text) != null).as("U+%04X", c).isEqualTo(allowed);
            assertThat(JobId.parse("a" + text + "b") != null).as("U+%04X", c).isEqualTo(allowed);
        }
    }

    @Test
    void anIdHasOneTo128Characters() {
        assertThat(JobId.parse("")).isNull();
        assertThat(JobId.parse("x")).hasToString("x");
        assertThat(JobId.parse("x".repeat(128))).hasToString("x".repeat(128));
        assertThat(JobId.of("x".repeat(128)).length()).isEqualTo(128);
        assertThat(JobId.parse("x".repeat(129))).isNull();
    }

    @Test
    void onePrefixIsDroppedAndNoIdBeginsWithAnother() {
        assertThat(JobId.parse("job:123")).hasToString("123").isEqualTo(JobId.of("123"));
        assertThat(JobId.parse("job:job:123")).isNull();
        assertThat(JobId.parse("job:")).isNull();
        assertThat(JobId.parse("job:job:")).isNull();
        assertThat(JobId.parse("job:jobs")).hasToString("jobs");
        assertThat(JobId.parse("job:" + "x".repeat(128))).hasToString("x".repeat(128));
        assertThat(JobId.parse("job:" + "x".repeat(129))).isNull();
        assertThat(JobId.parse("JOB:123")).hasToString("JOB:123");
        assertThat(JobId.parse("job123")).hasToString("job123");
    }

    @Test
    void anIdThatShouldBeWellFormedAndIsNotIsNamed() {
        assertThatThrownBy(() -> JobId.of("a b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "jobs:1", "import:2024.01~a_b-c", "-", ".."})
    void aChannelLeadsBackToItsId(String text) {
        JobId id = JobId.parse("job:" + text);
        assertThat(new String(id.channel(), ISO_8859_1)).isEqualTo("job:" + text);
        assertThat(JobId.fromChannel(ByteBuffer.wrap(id.channel()))).isEqualTo(id);
    }

    @Test
    void aChannelIsReadFromTheBuffersPositionToItsLimit() {
        ByteBuffer buffer = ByteBuffer.wrap("xxjob:42yy".getBytes(ISO_8859_1));
        buffer.position(2).limit(8);
        assertThat(JobId.fromChannel(buffer)).isEqualTo(JobId.of("42"));
        assertThat(buffer.position()).isIn(2, 8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "job",
                "job:",
                "jab:1",
                "Job:1",
                "1",
                "job:a b",
                "job:a/b",
                "job:\u00e9",
                "job:a\n",
                "job:job:1",
                "{job:1}:log"
            })
    void aChannelThatIsNoJobsIsNone(String channel) {
        assertThat(JobId.fromChannel(ByteBuffer.wrap(channel.getBytes(ISO_8859_1))))
                .isNull();
    }

    @Test
    void aChannelWithTooLongAnIdIsNone() {
        String longest = "job:" + "x".repeat(128);
        assertThat(JobId.fromChannel(ByteBuffer.wrap(longest.getBytes(ISO_8859_1))))
                .isNotNull();
        assertThat(JobId.fromChannel(ByteBuffer.wrap((longest + "x").getBytes(ISO_8859_1))))
                .isNull();
    }

    @Test
    void equalIdsHaveEqualHashesAndBytes() {
        JobId id = JobId.of("abc");
        assertThat(id).isEqualTo(JobId.of("job:abc")).hasSameHashCodeAs(JobId.of("job:abc"));
        assertThat(id).isNotEqualTo(JobId.of("abC")).isNotEqualTo("abc");
        ByteBuf out = Unpooled.buffer();
        id.writeTo(out);
        assertThat(out.toString(ISO_8859_1)).isEqualTo("abc");
    }

    @Test
    void hashesOfCountedIdsFillAllShardsEvenly() {
        int[] shards = new int[16];
        for (int i = 0; i < 16_000; i++) {
            shards[Math.floorMod(JobId.of("job-" + i).hashCode(), shards.length)]++;
        }
        for (int count : shards) {
            assertThat(count).isBetween(800, 1_200);
        }
    }

    @Test
    void randomIdsSortByTheirTime() {
        SecureRandom random = new SecureRandom();
        List<String> ids = new ArrayList<>();
        for (long millis = 1; millis < 1L << 48; millis = millis * 2 + 1) {
            ids.add(JobId.random(millis, random).toString());
        }
        List<String> sorted = new ArrayList<>(ids);
        Collections.sort(sorted);
        assertThat(sorted).isEqualTo(ids);
    }

    @Test
    void aRandomIdSaysWhenItWasMade() {
        long millis = 1_750_000_000_123L;
        String id = JobId.random(millis, new SecureRandom()).toString();
        long read = 0;
        for (char c : id.substring(0, TIME_CHARACTERS).toCharArray()) {
            read = read * 32 + CROCKFORD.indexOf(c);
        }
        assertThat(read).isEqualTo(millis);
        assertThat(JobId.parse(id)).hasToString(id);
    }

    @Test
    void randomIdsOfOneMillisecondDifferInAtLeast122UnguessableBits() {
        int count = 4_000;
        SecureRandom random = new SecureRandom();
        Set<String> distinct = new HashSet<>();
        int[] ones = new int[0];
        for (int i = 0; i < count; i++) {
            String id = JobId.random(1, random).toString();
            distinct.add(id);
            String secret = id.substring(TIME_CHARACTERS);
            ones = ones.length == 0 ? new int[secret.length() * 5] : ones;
            countOnes(secret, ones);
        }
        assertThat(distinct).hasSize(count);
        assertThat(ones.length).isGreaterThanOrEqualTo(MIN_UNGUESSABLE_BITS);
        for (int one : ones) {
            assertThat(one).as("how often a bit was 1 of %d", count).isBetween(count * 4 / 10, count * 6 / 10);
        }
    }

    private static void countOnes(String secret, int[] ones) {
        for (int bit = 0; bit < ones.length; bit++) {
            int digit = CROCKFORD.indexOf(secret.charAt(bit / 5));
            assertThat(digit).isNotNegative();
            ones[bit] += digit >> (bit % 5) & 1;
        }
    }
}
