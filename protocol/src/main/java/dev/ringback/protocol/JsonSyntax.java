package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The grammar of JSON (RFC 8259) in UTF-8 (RFC 3629): each method takes the text and where a part of it begins, checks the part
 * and returns where it ends. The limits, and that a name must be possible in UTF-8, are Jackson's: what passes here can be read
 * by the parsers of those for whom it is stored.
 */
final class JsonSyntax {
    /** Of objects and arrays in one another, the whole text being the first. */
    static final int MAX_DEPTH = 1000;
    /** Of digits in one number, those of its fraction and exponent included. */
    static final int MAX_DIGITS = 1000;
    /** Of a member's name in UTF-8, after its escapes are resolved. */
    static final int MAX_NAME_BYTES = 50_000;

    private static final byte[] TRUE = "true".getBytes(ISO_8859_1);
    private static final byte[] FALSE = "false".getBytes(ISO_8859_1);
    private static final byte[] NULL = "null".getBytes(ISO_8859_1);
    private static final boolean[] PLAIN = plain();

    private JsonSyntax() {}

    /** A value; the end is behind its last byte. */
    static int value(byte[] json, int start) throws InvalidDocumentException {
        return isContainer(byteAt(json, start)) ? container(json, start) : scalar(json, start);
    }

    private static int container(byte[] json, int start) throws InvalidDocumentException {
        Nesting open = new Nesting();
        int at = start;
        while (true) {
            if (isContainer(byteAt(json, at))) {
                open.push(byteAt(json, at) == '{');
                at = skipSpace(json, at + 1);
                if (byteAt(json, at) != open.closing()) {
                    at = element(json, at, open.inObject());
                    continue;
                }
            } else {
                at = skipSpace(json, scalar(json, at));
            }
            while (byteAt(json, at) == open.closing()) {
                open.pop();
                if (open.isEmpty()) {
                    return at + 1;
                }
                at = skipSpace(json, at + 1);
            }
            at = element(json, skipSpace(json, expect(json, ',', at)), open.inObject());
        }
    }

    /** To the value of an array's element, or of an object's member, which is behind its name. */
    private static int element(byte[] json, int at, boolean inObject) throws InvalidDocumentException {
        return inObject ? colon(json, name(json, at) + 1) : at;
    }

    /** From behind a member's name to its value. */
    static int colon(byte[] json, int at) throws InvalidDocumentException {
        return skipSpace(json, expect(json, ':', skipSpace(json, at)));
    }

    /** To the closing quote of a member's name. */
    static int name(byte[] json, int quote) throws InvalidDocumentException {
        int start = expect(json, '"', quote);
        int end = skipPlain(json, start);
        int bytes = end - start;
        if (byteAt(json, end) != '"') {
            end = string(json, quote) - 1;
            bytes = JsonText.encodedLength(JsonText.decode(json, start, end));
            if (bytes < 0) {
                throw new InvalidDocumentException(
                        "not valid JSON before byte " + end + ": half of a surrogate pair in a name");
            }
        }
        if (bytes > MAX_NAME_BYTES) {
            throw new InvalidDocumentException(
                    "JSON beyond the limits: a name of more than " + MAX_NAME_BYTES + " bytes");
        }
        return end;
    }

    private static int scalar(byte[] json, int at) throws InvalidDocumentException {
        return switch (byteAt(json, at)) {
            case '"' -> string(json, at);
            case 't' -> literal(json, TRUE, at);
            case 'f' -> literal(json, FALSE, at);
            case 'n' -> literal(json, NULL, at);
            default -> number(json, at);
        };
    }

    private static int string(byte[] json, int quote) throws InvalidDocumentException {
        int at = expect(json, '"', quote);
        while (true) {
            at = skipPlain(json, at);
            byte b = byteAt(json, at);
            if (b == '"') {
                return at + 1;
            }
            if (b >= 0 && b != '\\') {
                throw invalid(at);
            }
            at = b < 0 ? wide(json, at) : escape(json, at);
        }
    }

    private static int skipPlain(byte[] json, int start) {
        int at = start;
        while (at < json.length && PLAIN[json[at] & 0xff]) {
            at++;
        }
        return at;
    }

    private static int escape(byte[] json, int backslash) throws InvalidDocumentException {
        byte b = byteAt(json, backslash + 1);
        if (b != 'u') {
            if ("\"\\/bfnrt".indexOf(b) < 0) {
                throw invalid(backslash + 1);
            }
            return backslash + 2;
        }
        int end = backslash + 6;
        for (int at = backslash + 2; at < end; at++) {
            if (!HexFormat.isHexDigit(byteAt(json, at))) {
                throw invalid(at);
            }
        }
        return end;
    }

    /** A character of two to four bytes. */
    private static int wide(byte[] json, int at) throws InvalidDocumentException {
        int lead = json[at] & 0xff;
        int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        int codePoint = lead & (0x7f >> length);
        for (int i = 1; i < length; i++) {
            byte b = byteAt(json, at + i);
            if ((b & 0xc0) != 0x80) {
                throw notUtf8(at);
            }
            codePoint = codePoint << 6 | (b & 0x3f);
        }
        boolean shortest = codePoint >= (length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000);
        boolean known = codePoint <= Character.MAX_CODE_POINT && !JsonText.isSurrogate(codePoint);
        if (lead < 0xc0 || lead >= 0xf8 || !shortest || !known) {
            throw notUtf8(at);
        }
        return at + length;
    }

    private static int literal(byte[] json, byte[] word, int at) throws InvalidDocumentException {
        int end = at + word.length;
        if (end > json.length || !Arrays.equals(json, at, end, word, 0, word.length)) {
            throw invalid(at);
        }
        return end;
    }

    private static int number(byte[] json, int start) throws InvalidDocumentException {
        int first = byteAt(json, start) == '-' ? start + 1 : start;
        int at = digits(json, first);
        int count = at - first;
        if (json[first] == '0' && count > 1) {
            throw invalid(first + 1);
        }
        if (byteAt(json, at) == '.') {
            int point = at;
            at = digits(json, point + 1);
            count += at - point - 1;
        }
        if (byteAt(json, at) == 'e' || byteAt(json, at) == 'E') {
            byte sign = byteAt(json, at + 1);
            int exponent = sign == '+' || sign == '-' ? at + 2 : at + 1;
            at = digits(json, exponent);
            count += at - exponent;
        }
        if (count > MAX_DIGITS) {
            throw new InvalidDocumentException(
                    "JSON beyond the limits: a number of more than " + MAX_DIGITS + " digits");
        }
        return at;
    }

    private static int digits(byte[] json, int start) throws InvalidDocumentException {
        int at = start;
        while (isDigit(byteAt(json, at))) {
            at++;
        }
        if (at == start) {
            throw invalid(at);
        }
        return at;
    }

    static int skipSpace(byte[] json, int start) {
        int at = start;
        while (byteAt(json, at) == ' '
                || byteAt(json, at) == '\n'
                || byteAt(json, at) == '\r'
                || byteAt(json, at) == '\t') {
            at++;
        }
        return at;
    }

    static int expect(byte[] json, char ascii, int at) throws InvalidDocumentException {
        if (byteAt(json, at) != ascii) {
            throw invalid(at);
        }
        return at + 1;
    }

    private static boolean isContainer(byte first) {
        return first == '{' || first == '[';
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** The byte, or behind the text's end 0, which is legal nowhere in JSON. */
    static byte byteAt(byte[] json, int at) {
        return at < json.length ? json[at] : 0;
    }

    private static InvalidDocumentException invalid(int at) {
        return new InvalidDocumentException("not valid JSON at byte " + at);
    }

    private static InvalidDocumentException notUtf8(int at) {
        return new InvalidDocumentException("not valid UTF-8 at byte " + at);
    }

    /** What may stand in a string as itself and is one byte. */
    private static boolean[] plain() {
        boolean[] plain = new boolean[256];
        Arrays.fill(plain, ' ', 128, true);
        plain['"'] = false;
        plain['\\'] = false;
        return plain;
    }

    /** Which objects and arrays are open within a member's value: a bit for each, set for an object, the innermost lowest. */
    private static final class Nesting {
        private static final long[] NONE = {};

        private int depth;
        private long objects;
        /** The bits of the outer ones, 64 a word, where there are more. */
        private long[] outer = NONE;

        void push(boolean object) throws InvalidDocumentException {
            if (depth == MAX_DEPTH - 1) {
                throw new InvalidDocumentException("JSON beyond the limits: nested more than " + MAX_DEPTH + " deep");
            }
            if (depth > 0 && depth % Long.SIZE == 0) {
                outer = Arrays.copyOf(outer, depth / Long.SIZE);
                outer[depth / Long.SIZE - 1] = objects;
            }
            objects = objects << 1 | (object ? 1 : 0);
            depth++;
        }

        void pop() {
            depth--;
            boolean wordEmpty = depth > 0 && depth % Long.SIZE == 0;
            objects = wordEmpty ? outer[depth / Long.SIZE - 1] : objects >>> 1;
        }

        boolean isEmpty() {
            return depth == 0;
        }

        boolean inObject() {
            return (objects & 1) != 0;
        }

        char closing() {
            return inObject() ? '}' : ']';
        }
    }
}
