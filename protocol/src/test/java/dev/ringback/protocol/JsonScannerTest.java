package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts are written in Latin-1, a character a byte, so that a table can hold what is not UTF-8. */
class JsonScannerTest {
    private static final String DEEPEST = "[".repeat(JsonSyntax.MAX_DEPTH - 1) + "]".repeat(JsonSyntax.MAX_DEPTH - 1);

    @ParameterizedTest
    @MethodSource
    void aValueThatJsonKnowsIsTakenAsTheBytesThatItIs(String value) throws InvalidDocumentException {
        for (String text :
                List.of("{\"a\":" + value + "}", " {\t\"a\"\r:\n" + value + " ,\"b\":" + value + "\n}\r\t ")) {
            JsonScanner member = new JsonScanner(text.getBytes(ISO_8859_1));
            assertThat(member.next()).isTrue();
            assertThat(new String(member.value(), ISO_8859_1)).isEqualTo(value);
            assertThat(verdict(text)).isEqualTo("taken");
            assertThat(verdict("{\"a\":[" + value + "," + value + "]}")).isEqualTo("taken");
            assertThat(verdict("{\"a\":{\"b\":" + value + ",\"c\":" + value + "}}"))
                    .isEqualTo("taken");
        }
    }

    static List<String> aValueThatJsonKnowsIsTakenAsTheBytesThatItIs() {
        List<String> values = new ArrayList<>(List.of(
                // numbers
                "0 -0 9 10 -1 123456789012345678901234567890 0.0 -0.0 0.10 1e0 1E0 1e+0 1e-0 0e1 0E+01 1.5e300 -1.5E-999"
                        .split(" ")));
        values.addAll(List.of("true", "false", "null", "[]", "{}", "[ ]", "{ }", "[[]]", "{\"\":{}}", "[[],[[]],{}]"));
        values.addAll(List.of("{\"a\":[{\"a\":[{}]}],\"a\":1}", "[ 1\t,\r2\n, {\"x\" : [ ] } ]", "[null,1,\"1\",{}]"));
        // strings: each escape, both cases of hexadecimal digits, halves of surrogate pairs, and what needs no escape
        values.addAll(List.of("\"\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\\u00e9\\uABCD\\uabcd\\u0022\""));
        values.addAll(
                List.of("\"\\ud83d\\ude00\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\uD800\\n\"", "\"\\uffff\""));
        values.addAll(List.of("\"\u007f/'\"", "\"\\\\u12\"", "\"[{,:}]\"", "\"\\\\\"", "\" \""));
        // the first and last characters of each length in UTF-8, and those beside the surrogates
        values.addAll(List.of("\"\u00c2\u0080\u00df\u00bf\"", "\"\u00e0\u00a0\u0080\u00ef\u00bf\u00bf\""));
        values.addAll(List.of("\"\u00ed\u009f\u00bf\u00ee\u0080\u0080\"", "\"\u00f0\u0090\u0080\u0080\""));
        values.addAll(List.of("\"\u00f4\u008f\u00bf\u00bf\"", "\"\u00ef\u00bb\u00bf\""));
        return values;
    }

    @ParameterizedTest
    @MethodSource
    void aValueThatJsonDoesNotKnowIsRefused(String value) {
        for (String text : List.of(
                "{\"a\":" + value + "}",
                "{\"a\":" + value,
                "{\"a\":[" + value + "]}",
                "{\"a\":[0," + value + ",0]}",
                "{\"a\":{\"b\":" + value + "}}",
                "{\"a\":{\"b\":" + value + ",\"c\":0}}")) {
            assertThat(verdict(text)).as(text).startsWith("not valid");
        }
    }

    static List<String> aValueThatJsonDoesNotKnowIsRefused() {
        List<String> values = new ArrayList<>(List.of(
                // numbers
                ("- + +1 -+1 --1 01 -01 00 1. .1 -.1 1.e1 1e 1E+ 1e- 1e1.5 1e1e1 1.2.3 0x1 1_0 1f 1L 1,, NaN -NaN Infinity"
                                + " -Infinity 1- 1+1 0e 0.e 2.")
                        .split(" ")));
        values.addAll(
                List.of(",", ":", "tru", "truE", "True", "nul", "nulll", "falsee", "true1", "1true", "a", "\u0000"));
        values.addAll(List.of("1 1", "1:1", "\"a\" \"b\"", "[] []", "{}{}", "true false", "1\f", "\u000b1", "\u00a01"));
        values.addAll(List.of(
                "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1:2]", "[\"a\":1]", "[}", "{]", "[1}", "{\"a\":1]"));
        values.addAll(List.of("[[]", "[]]", "{{}}", "{[]}", "{1:1}", "{null:1}", "{\"a\"}", "{\"a\",1}", "{\"a\":}"));
        values.addAll(List.of("{\"a\":1,}", "{,}", "{:1}", "{\"a\":1 \"b\":2}", "{\"a\"::1}", "{\"a\":1,,\"b\":2}"));
        values.addAll(
                List.of("{\"a\" 1}", "{'a':1}", "{a:1}", "{\"a\":1;\"b\":2}", "/**/1", "1//\n", "#\n1", "'a'", "`a`"));
        // strings
        values.addAll(
                List.of("\"", "\"a", "\"\\\"", "\"\\", "\"\\x\"", "\"\\'\"", "\"\\0\"", "\"\\a\"", "\"\\U0041\""));
        values.addAll(
                List.of("\"\\u\"", "\"\\u1\"", "\"\\u12\"", "\"\\u123\"", "\"\\u123g\"", "\"\\u 123\"", "\"\\u+123\""));
        values.addAll(
                List.of("\"\n\"", "\"\r\"", "\"\t\"", "\"\u0000\"", "\"\u001f\"", "\"\\\n\"", "\"\\\u00e9\"", "a\""));
        values.addAll(List.of("{\"\n\":1}", "{\"\\x\":1}", "{\"\\u12\":1}", "{\"\u00ff\":1}", "{\"\\\":1}"));
        // no name can have half of a surrogate pair
        values.addAll(List.of(
                "{\"\\ud800\":1}", "{\"\\udc00\":1}", "{\"\\udc00\\ud800\":1}", "{\"\\ud83d\\ude00\\ud83d\":1}"));
        // UTF-8: lone and missing continuations, longer forms than needed, surrogates, beyond U+10FFFF, unknown lengths
        for (String bytes :
                ("80|bf|c3|c3 28|c3 c3|c0 80|c0 af|c1 bf|e0 80 80|e0 9f bf|e2 82|e2 28 a1|e2 82 28|ed a0 80|ed bf bf"
                                + "|ed a0 bd ed b8 80|f0 80 80 80|f0 8f bf bf|f0 9f 98|f0 28 8c bc|f4 90 80 80|f5 80 80 80|f7 bf bf bf"
                                + "|82 80|bf bf|f8 90 80 80|f9 80 80 80|f8 88 80 80 80|fc 84 80 80 80 80|fe|ff|ff fe")
                        .split("\\|")) {
            values.add("\"" + latin1(bytes) + "\"");
            values.add("{\"" + latin1(bytes) + "\":1}");
            values.add("\"" + latin1(bytes));
            values.add(latin1(bytes));
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\u0000",
                "[]",
                "[{}]",
                "1",
                "\"{}\"",
                "null",
                "a",
                "\u00fe\u00ff{}",
                "\u00ef\u00bb\u00bf",
                "\u00ef\u00bb{}",
                "//\n{}"
            })
    void aTextThatDoesNotBeginWithAnObjectIsNone(String text) {
        assertThat(verdict(text)).isEqualTo("not a JSON object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "}", "1", ",", "x", "\u0000", "\u00ff", "//", "\u00ef\u00bb\u00bf", "\f"})
    void nothingButWhiteSpaceFollowsTheObject(String more) {
        assertThat(verdict("{\"a\":1} \t\r\n")).isEqualTo("taken");
        assertThat(verdict("{\"a\":1}" + more)).isEqualTo("something follows the JSON object");
        assertThat(verdict("{} " + more)).isEqualTo("something follows the JSON object");
    }

    @Test
    void oneByteOrderMarkMayStandInFrontAndNowhereElse() {
        String mark = "\u00ef\u00bb\u00bf";
        assertThat(verdict(mark + "{}")).isEqualTo("taken");
        assertThat(verdict(mark + mark + "{}")).isEqualTo("not a JSON object");
        assertThat(verdict(" " + mark + "{}")).isEqualTo("not a JSON object");
        assertThat(verdict("{" + mark + "}")).startsWith("not valid JSON at byte 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1 | 6",
                "{\"a\":01} | 6",
                "{\"a\":\"\\x\"} | 7",
                "{\"a\":\"\\u12x4\"} | 10",
                "{\"a\":[1,2 | 9",
                "{\"a\":trua} | 5",
                "{\"a\":1,} | 7",
                "{,} | 1"
            })
    void aMistakeIsNamedWithItsPlace(String text, int at) {
        assertThat(verdict(text)).isEqualTo("not valid JSON at byte " + at);
    }

    @Test
    void objectsAndArraysAreNestedAsDeepAsTheLimitAndNoDeeper() {
        String mixed = "{\"a\":[".repeat(499) + "[1,{},[]]" + "]}".repeat(499);
        assertThat(verdict("{\"a\":" + DEEPEST + "}")).isEqualTo("taken");
        assertThat(verdict("{\"a\":" + mixed + "}")).startsWith("JSON beyond the limits");
        assertThat(verdict("{\"a\":" + mixed.replace("[1,{},[]]", "1") + "}")).isEqualTo("taken");
        assertThat(verdict("{\"a\":[" + DEEPEST + "]}")).startsWith("JSON beyond the limits");
        assertThat(verdict("{\"a\":" + "{\"a\":".repeat(999) + "1" + "}".repeat(999) + "}"))
                .isEqualTo("taken");
        assertThat(verdict("{\"a\":" + "[".repeat(1_000_000))).startsWith("JSON beyond the limits");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 62, 63, 64, 65, 66, 127, 128, 129, 200, 640, 900})
    void eachBracketIsClosedByItsOwnHoweverDeep(int depth) {
        StringBuilder start = new StringBuilder();
        StringBuilder end = new StringBuilder();
        for (int level = 0; level < depth; level++) {
            // Objects and arrays alternate without a period that divides a word.
            boolean object = level % 3 == 0 || level % 7 == 0;
            start.append(object ? "{\"a\":" : "[");
            end.insert(0, object ? '}' : ']');
        }
        assertThat(verdict("{\"a\":" + start + "1" + end + "}")).isEqualTo("taken");
        assertThat(verdict("{\"a\":[" + start + "{}" + end + "," + start + "[]" + end + "]}"))
                .isEqualTo("taken");
        for (int level = 0; level < depth; level++) {
            StringBuilder wrong = new StringBuilder(end);
            wrong.setCharAt(level, end.charAt(level) == '}' ? ']' : '}');
            assertThat(verdict("{\"a\":" + start + "1" + wrong + "}")).startsWith("not valid JSON at byte");
        }
    }

    @Test
    void aNumberHasAsManyDigitsAsTheLimitAndNoMore() {
        String half = "7".repeat(JsonSyntax.MAX_DIGITS / 2);
        for (String longest : List.of(half + half, "-" + half + half, half + "." + half, "-" + half + "e-" + half)) {
            assertThat(verdict("{\"a\":" + longest + "}")).isEqualTo("taken");
            assertThat(verdict("{\"a\":[" + longest + "7]}")).startsWith("JSON beyond the limits");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\\u0041", "\u00c3\u00a9", "\\u00e9", "\\ud83d\\ude00", "\\n"})
    void aNameHasAsManyBytesAsTheLimitAndNoMore(String character) throws InvalidDocumentException {
        byte[] once = ("{\"" + character + "\":1}").getBytes(ISO_8859_1);
        int bytes = Documents.utf8(JacksonOracle.members(once).get(0).name()).length;
        String longest = character.repeat(JsonSyntax.MAX_NAME_BYTES / bytes);
        assertThat(verdict("{\"" + longest + "\":1}")).isEqualTo("taken");
        assertThat(verdict("{\"a\":{\"" + longest + "\":1}}")).isEqualTo("taken");
        assertThat(verdict("{\"" + longest + "y\":1}")).startsWith("JSON beyond the limits");
        assertThat(verdict("{\"a\":{\"" + longest + "y\":1}}")).startsWith("JSON beyond the limits");
    }

    @Test
    void membersAreFoundHoweverTheyAreWritten() throws InvalidDocumentException {
        JsonScanner member = new JsonScanner(
                Documents.utf8(
                        "{\"ab\":\"x\\ny\",\"\\u0061b\":\"xy\",\"a\\u0062\":12,\"ax\":-7,\"\":null,\"abc\":[],\"\u00e9\\/\":1.0}"));
        List<String> seen = new ArrayList<>();
        while (member.next()) {
            seen.add(member.name() + " " + member.isNamed("ab") + " " + member.isPlainly("xy") + " "
                    + (member.integer() == JsonScanner.NO_INTEGER ? "none" : member.integer()));
        }
        assertThat(seen)
                .containsExactly(
                        "ab true false none",
                        "ab true true none",
                        "ab true false 12",
                        "ax false false -7",
                        " false false none",
                        "abc false false none",
                        "\u00e9/ false false none");
    }

    @Test
    void aWholeNumberOf18CharactersIsReadAndALongerOneIsNot() throws InvalidDocumentException {
        assertThat(integer("999999999999999999")).isEqualTo(999_999_999_999_999_999L);
        assertThat(integer("-99999999999999999")).isEqualTo(-99_999_999_999_999_999L);
        assertThat(integer("-0")).isZero();
        for (String none : List.of("1000000000000000000", "1.0", "1e0", "\"1\"", "[1]", "null", "{}")) {
            assertThat(integer(none)).isEqualTo(JsonScanner.NO_INTEGER);
        }
    }

    @Test
    void eachEscapeIsTheCharacterThatItMeans() throws InvalidDocumentException {
        JsonScanner member = new JsonScanner(
                Documents.utf8("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\u00e9\\uD83D\\ude00\\ud800x\\u0000\"}"));
        assertThat(member.next()).isTrue();
        assertThat(member.string()).isEqualTo("\"\\/\b\f\n\r\t\u00e9\u00e9\ud83d\ude00\ud800x\u0000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3124", "[12]", "\"1\"", "\"123\"", "\"21\"", "12"})
    void aValueIsPlainlyAStringOnlyWhereItIsThatString(String value) throws InvalidDocumentException {
        JsonScanner member = new JsonScanner(Documents.utf8("{\"a\":\"12\",\"b\":" + value + "}"));
        assertThat(member.next()).isTrue();
        assertThat(member.isPlainly("12")).isTrue();
        assertThat(member.next()).isTrue();
        assertThat(member.isPlainly("12")).isFalse();
    }

    private static long integer(String value) throws InvalidDocumentException {
        JsonScanner member = new JsonScanner(Documents.utf8("{\"a\":" + value + "}"));
        assertThat(member.next()).isTrue();
        return member.integer();
    }

    private static String latin1(String hex) {
        StringBuilder text = new StringBuilder();
        for (String digits : hex.split(" ")) {
            text.append((char) Integer.parseInt(digits, 16));
        }
        return text.toString();
    }

    /** What the scanner says of the text; Jackson says the same, or the test that asks fails. */
    private static String verdict(String text) {
        byte[] json = text.getBytes(ISO_8859_1);
        String verdict = scanned(json);
        List<JacksonOracle.@Nullable Member> theirs = JacksonOracle.members(json);
        assertThat(theirs != null).as("Jackson takes %s", text).isEqualTo(verdict.equals("taken"));
        return verdict;
    }

    private static String scanned(byte[] json) {
        JsonScanner scanner = new JsonScanner(json);
        try {
            while (scanner.next()) {
                assertThat(scanner.value()).isNotEmpty();
            }
            return "taken";
        } catch (InvalidDocumentException e) {
            return e.detail();
        }
    }
}
