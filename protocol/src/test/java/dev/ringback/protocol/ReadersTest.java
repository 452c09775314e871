package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all readers of JSON have in common: they take one object of valid UTF-8 JSON, and refuse the rest by their own exception. */
class ReadersTest {
    private static final int ROUNDS = 20_000;
    private static final List<String> INSERTED = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            ",",
            ":",
            "\\",
            "\\u",
            "\\ud800",
            "1e999",
            "-",
            "9".repeat(30),
            "null",
            "true",
            " ",
            "\r\n",
            "\u0000",
            "\u00e9",
            "\ud83d\ude00",
            "\"a\":1,",
            "\"status\":\"done\",",
            "\"version\":0,",
            "\"type\":\"\",",
            "/*");

    private interface Reading {
        void read(byte[] json) throws InvalidDocumentException;
    }

    private enum Reader {
        CHANGE(
                JobChangeReader::read,
                "{\"status\":\"done\",\"progress\":{\"current\":1},\"result\":{\"a\":[]},\"error\":\"x\",\"eventId\":\"e\"}"),
        NEW_JOB(
                NewJobReader::read,
                "{\"type\":\"t\",\"input\":{\"a\":[1]},\"priority\":5,\"callbackUrl\":\"http://x/\",\"ttl\":60}"),
        EVENT(json -> JobEventReader.document(JobId.of("1"), json), Documents.JOB),
        RELAYED(json -> JobEventReader.read(JobId.of("1"), json), Documents.member(Documents.JOB, "\"rb\":1")),
        COMMAND(WebSocketCommand::read, "{\"subscribe\":[\"1\",\"job:2\"],\"after\":{\"1\":\"k-1\"}}");

        private final Reading reading;
        private final String valid;

        Reader(Reading reading, String valid) {
            this.reading = reading;
            this.valid = valid;
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RELAYED")
    void whatIsNotOneObjectOfValidJsonIsRefusedWithAReason(Reader reader) {
        for (byte[] broken : Documents.broken(reader.valid)) {
            assertThatThrownBy(() -> reader.reading.read(broken))
                    .as(shown(broken))
                    .isInstanceOfSatisfying(
                            InvalidDocumentException.class,
                            e -> assertThat(e.detail()).isNotBlank().isEqualTo(e.getMessage()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void jsonInAnEncodingOtherThanUtf8IsRefused(Reader reader) {
        for (Charset charset : List.of(UTF_16LE, UTF_16BE, Charset.forName("UTF-32LE"), Charset.forName("UTF-32BE"))) {
            byte[] json = reader.valid.getBytes(charset);
            assertRefusedOrPlain(reader, json);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whiteSpaceAroundTheObjectIsTaken(Reader reader) throws InvalidDocumentException {
        reader.reading.read(Documents.utf8(reader.valid));
        reader.reading.read(Documents.utf8(" \t\r\n" + reader.valid + "\r\n \t"));
    }

    @ParameterizedTest
    @EnumSource
    void unknownMembersAreIgnoredWhateverTheyHold(Reader reader) throws InvalidDocumentException {
        for (String value : Documents.OPAQUE) {
            reader.reading.read(Documents.utf8(Documents.member(reader.valid, "\"whatever\":" + value)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void damagedDocumentsAreTakenOrRefusedAndNothingElse(Reader reader) {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("ReadersTest " + reader + ": -Dfuzz.seed=" + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = damaged(reader.valid, random);
            try {
                reader.reading.read(damaged);
            } catch (InvalidDocumentException e) {
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round + ": " + shown(damaged), e);
            }
        }
        assertThat(refused).as("seed %d", seed).isPositive();
    }

    private static byte[] damaged(String valid, Random random) {
        StringBuilder text = new StringBuilder(valid);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(text.length() + 1);
            if (random.nextBoolean()) {
                text.insert(at, INSERTED.get(random.nextInt(INSERTED.size())));
            } else {
                text.delete(at, Math.min(text.length(), at + random.nextInt(4)));
            }
        }
        byte[] bytes = Documents.utf8(text.toString());
        if (bytes.length > 0 && random.nextInt(4) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    /** What does not claim to be stored is plain for the reader of relayed events: it goes on to the reader of changes. */
    private static void assertRefusedOrPlain(Reader reader, byte[] json) {
        try {
            reader.reading.read(json);
        } catch (InvalidDocumentException e) {
            return;
        } catch (RuntimeException e) {
            throw new AssertionError(shown(json), e);
        }
        assertThat(reader).as("takes %s", shown(json)).isEqualTo(Reader.RELAYED);
    }

    private static String shown(byte[] json) {
        return Documents.text(Arrays.copyOf(json, Math.min(json.length, 200)));
    }
}
