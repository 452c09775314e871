package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** JSON for tests: documents that readers should take or refuse, and another parser's view of what was written. */
final class Documents {
    static final String JOB = "{\"jobId\":\"1\",\"status\":\"processing\",\"version\":7,\"incarnation\":\"k3f9a\"}";

    /** Values that a parse and a re-encoding would change: they must stay the bytes that they are. */
    static final List<String> OPAQUE = List.of(
            "[]",
            "{}",
            "[ ]",
            "{ }",
            "0",
            "-0",
            "-0.0",
            "1.0",
            "1.10",
            "1E5",
            "1e400",
            "-1e-400",
            "12345678901234567",
            "123456789012345678901234567890.12345678901234567890",
            "9".repeat(900),
            "true",
            "false",
            "\"\"",
            "\"\\u0041\\/\\b\\f\\n\\r\\t\\\\\\\"\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"\ud83d\ude00 \u00e9 \u2028 \u2029 \ufeff \u007f\"",
            "{\"a\":1,\"a\":2,\"a\":[]}",
            "{\"z\":1,\"a\":2}",
            "{\r\n\t\"a\" :\r[ 1 ,\n2 ]\r\n}",
            "[[[[],{}],null],[]]",
            "{\"\":{\"\":\"\"}}",
            "\"" + "x".repeat(70_000) + "\"");

    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(
                    DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final ObjectMapper LENIENT =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Documents() {}

    static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    static String text(byte[] utf8) {
        return new String(utf8, UTF_8);
    }

    /** An event of job 1 from its document. */
    static JobEvent event(String document) throws InvalidDocumentException {
        return JobEventReader.document(JobId.of("1"), utf8(document));
    }

    /** Parsed by Jackson's tree reader, which also refuses members given twice and anything behind the value. */
    static JsonNode parse(byte[] json) {
        return parse(text(json));
    }

    static JsonNode parse(String json) {
        try {
            return STRICT.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }

    /** Parsed by Jackson's tree reader, of a member given twice the last. */
    static JsonNode lenient(byte[] json) {
        try {
            return LENIENT.readTree(text(json));
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text(json), e);
        }
    }

    static List<String> memberNames(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** What no reader of UTF-8 JSON may take, whatever members it looks for. */
    static List<byte[]> broken(String valid) {
        List<byte[]> broken = new ArrayList<>();
        broken.addAll(brokenWhole(valid));
        broken.addAll(brokenMembers(valid));
        broken.addAll(brokenUtf8(valid));
        return broken;
    }

    private static List<byte[]> brokenWhole(String valid) {
        return Stream.of(
                        "",
                        " ",
                        "\u0000",
                        "null",
                        "true",
                        "1",
                        "\"text\"",
                        "[]",
                        "[" + valid + "]",
                        valid + valid,
                        valid + " x",
                        valid + "]",
                        valid + "}",
                        valid + "\u0000",
                        valid.substring(0, valid.length() - 1),
                        valid.substring(0, valid.length() - 2),
                        valid.substring(1),
                        "{",
                        "{\"",
                        "{\"a",
                        "{\"a\"",
                        "{\"a\":",
                        "{\"a\":1",
                        "{\"a\":1,")
                .map(Documents::utf8)
                .toList();
    }

    private static List<byte[]> brokenMembers(String valid) {
        return Stream.of(
                        member(valid, ""),
                        member(valid, "\"a\""),
                        member(valid, "\"a\":"),
                        member(valid, "\"a\":01"),
                        member(valid, "\"a\":+1"),
                        member(valid, "\"a\":.5"),
                        member(valid, "\"a\":1."),
                        member(valid, "\"a\":1e"),
                        member(valid, "\"a\":NaN"),
                        member(valid, "\"a\":Infinity"),
                        member(valid, "\"a\":0x1"),
                        member(valid, "\"a\":tru"),
                        member(valid, "\"a\":truex"),
                        member(valid, "\"a\":'b'"),
                        member(valid, "a:1"),
                        member(valid, "'a':1"),
                        member(valid, "\"a\":\"\n\""),
                        member(valid, "\"a\":\"\\x\""),
                        member(valid, "\"a\":\"\\u12\""),
                        member(valid, "\"a\":[1,]"),
                        member(valid, "\"a\":{\"b\":}"),
                        member(valid, "\"a\":[}"),
                        member(valid, "\"a\":1 /* no */"),
                        member(valid, "\"a\":1 // no\n"),
                        member(valid, "\"a\":" + "[".repeat(5_000) + "]".repeat(5_000)),
                        member(valid, "\"a\":" + "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000)))
                .map(Documents::utf8)
                .toList();
    }

    private static List<byte[]> brokenUtf8(String valid) {
        List<byte[]> broken = new ArrayList<>();
        for (String bytes : List.of(
                "\u0080", "\u00ff", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00f4\u0090\u0080\u0080", "\u00e2\u0082")) {
            broken.add(member(valid, "\"a\":\"" + bytes + "\"").getBytes(StandardCharsets.ISO_8859_1));
            broken.add(member(valid, "\"" + bytes + "\":1").getBytes(StandardCharsets.ISO_8859_1));
            broken.add((valid + bytes).getBytes(StandardCharsets.ISO_8859_1));
        }
        return broken;
    }

    /** The object with one more member, well formed or not, in front. */
    static String member(String object, String member) {
        return "{" + member + "," + object.substring(1);
    }
}
