package dev.ringback.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Our reading of JSON beside Jackson's, over damaged documents: what one takes the other takes, and sees the same in it. */
class JsonScannerFuzzTest {
    private static final int ROUNDS = 200_000;
    private static final JobId ID = JobId.of("1");

    private static final List<byte[]> VALID = List.of(
            Documents.utf8(Documents.JOB),
            Documents.utf8(
                    "{\"jobId\":\"job:1\",\"status\":\"DONE\",\"version\":7,\"incarnation\":\"k3f9a\",\"progress\":{}}"),
            Documents.utf8("{\"jobId\":\"\\u0031\",\"st\\u0061tus\":\"fai\\u006ced\",\"version\":7,\"progress\":null,"
                    + "\"incarnation\":\"k\\u0033f9a\"}"),
            Documents.utf8(
                    "{\"a\":[1,-2.5e+3,{\"b\":{},\"c\":[]},true,false,null],\"\\ud83d\\ude00\":\"\\ud800\\/\",\"\":\"\"}"),
            Documents.utf8(
                    " {\"\u00e9\" : \"\ud83d\ude00\u2028\", \"b\" :[ [ ] , { \"x\" :0 } ]\r\n,\"b\":0.10E-7\t} "),
            Documents.utf8(
                    "{" + Documents.JOB.substring(1, Documents.JOB.length() - 1) + "," + Documents.JOB.substring(1)),
            Documents.utf8("{\"a\":" + "[{\"b\":".repeat(70) + "0" + "}]".repeat(70) + "}"));

    private static final List<byte[]> PIECES = pieces();

    private int taken;
    private int events;

    @Test
    void jacksonAndTheScannerAgreeOnDamagedDocuments() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("JsonScannerFuzzTest: -Dfuzz.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] json = VALID.get(random.nextInt(VALID.size()));
            for (int damages = random.nextInt(4); damages >= 0; damages--) {
                json = damaged(json, random);
            }
            try {
                compare(json);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ", round " + round + ": " + Documents.text(json) + " = "
                                + HexFormat.of().formatHex(json),
                        e);
            }
        }
        // Damage that always or never shows would compare nothing.
        assertThat(taken).as("seed %d", seed).isBetween(ROUNDS / 20, ROUNDS * 19 / 20);
        assertThat(events).as("seed %d", seed).isBetween(ROUNDS / 100, ROUNDS / 2);
    }

    private void compare(byte[] json) {
        List<JacksonOracle.Member> theirs = JacksonOracle.members(json);
        List<JacksonOracle.Member> ours = scanned(json);
        if (theirs == null ? ours != null : !theirs.equals(ours)) {
            throw new AssertionError("Jackson " + theirs + ", scanner " + ours);
        }
        String expected = theirs == null ? null : event(theirs);
        String read = read(json);
        if (expected == null ? read != null : !expected.equals(read)) {
            throw new AssertionError("expected " + expected + ", read " + read);
        }
        taken += theirs == null ? 0 : 1;
        events += expected == null ? 0 : 1;
    }

    private static @Nullable List<JacksonOracle.Member> scanned(byte[] json) {
        List<JacksonOracle.Member> members = new ArrayList<>();
        JsonScanner member = new JsonScanner(json);
        try {
            while (member.next()) {
                String text = member.firstOfValue() == '"' ? member.string() : null;
                String value = Documents.text(member.value());
                members.add(new JacksonOracle.Member(member.name(), value, text, member.integer()));
            }
            return members;
        } catch (InvalidDocumentException e) {
            return null;
        }
    }

    private static @Nullable String read(byte[] json) {
        try {
            JobEvent event = JobEventReader.document(ID, json);
            return event + " " + event.hasProgress();
        } catch (InvalidDocumentException e) {
            return null;
        }
    }

    /** The event of these members, each of which must be right and the last of which counts; null where it is none. */
    private static @Nullable String event(List<JacksonOracle.Member> members) {
        JobId jobId = null;
        JobState state = null;
        String incarnation = "";
        long version = 0;
        boolean hasProgress = false;
        for (JacksonOracle.Member member : members) {
            boolean string = List.of("jobId", "status", "incarnation").contains(member.name());
            if (string && member.text() == null || member.name().equals("version") && member.integer() < 1) {
                return null;
            }
            switch (member.name()) {
                case "jobId" -> jobId = JobId.parse(member.text());
                case "status" -> state = JobState.parse(member.text());
                case "incarnation" -> incarnation = member.text();
                case "version" -> version = member.integer();
                case "progress" -> hasProgress = !member.value().equals("null");
                default -> {
                    // The rest is the caller's.
                }
            }
        }
        boolean whole = ID.equals(jobId) && state != null && version > 0 && Cursor.isIncarnation(incarnation);
        return whole ? "JobEvent[1 " + incarnation + "-" + version + " " + state.wireName() + "] " + hasProgress : null;
    }

    private static byte[] damaged(byte[] json, Random random) {
        int from = random.nextInt(json.length + 1);
        int to = Math.min(json.length, from + random.nextInt(4));
        return switch (random.nextInt(6)) {
            case 0 -> joined(json, from, new byte[0], to);
            case 1 -> joined(json, from, new byte[] {(byte) random.nextInt(256)}, to);
            case 2 -> joined(json, from, Arrays.copyOfRange(json, random.nextInt(from + 1), from), from);
            default ->
                joined(json, from, PIECES.get(random.nextInt(PIECES.size())), random.nextInt(3) == 0 ? to : from);
        };
    }

    /** The first bytes, the piece, and the bytes from another place on. */
    private static byte[] joined(byte[] json, int from, byte[] piece, int to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + piece.length);
        out.write(json, 0, from);
        out.writeBytes(piece);
        out.write(json, to, json.length - to);
        return out.toByteArray();
    }

    private static List<byte[]> pieces() {
        List<byte[]> pieces = new ArrayList<>();
        for (String piece :
                ("{ } [ ] \" , : \\ 0 1 - + . e E 00 1e5 .5 null true false nul NaN {} [] \"a\" :1 ,1 /* // ' #"
                                + " \\n \\u \\u00 \\ud800 \\udc00 \\u0061 \\/ \\x \u0000 \u007f \u00e9 \ud83d\ude00 \ufeff"
                                + " \"a\":1, ,\"a\":1 \"a\":{}, \"version\":0, \"version\":9, \"status\":\"done\", \"jobId\":1,"
                                + " \"progress\":1, \"progress\":null,")
                        .split(" ")) {
            pieces.add(Documents.utf8(piece));
        }
        for (String hex : ("20 09 0d0a 0c 1f c0 c1 c2 e0 ed ef f0 f4 f5 80 9f a0 bf 8f 90 c3 ff c3a9 e282ac"
                        + " ed9fbf eda080 edb080 e0a080 e09fbf f0908080 f08fbfbf f48fbfbf f4908080 f8908080 8280")
                .split(" ")) {
            pieces.add(HexFormat.of().parseHex(hex));
        }
        pieces.add(Documents.utf8("9".repeat(999)));
        pieces.add(Documents.utf8("[".repeat(998) + "]".repeat(998)));
        pieces.add(Documents.utf8("[".repeat(999) + "]".repeat(999)));
        pieces.add(Documents.utf8("[".repeat(64) + "]".repeat(64)));
        pieces.add(Documents.utf8("{\"a\":[".repeat(490) + "]}".repeat(490)));
        return pieces;
    }
}
