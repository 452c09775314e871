package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * A cursor over the members of one JSON object that copies nothing: it stands on a member and knows where in the text its name
 * and its value lie. One pass checks every byte, nested values included: the text is one object as {@link JsonSyntax} has it, with
 * nothing around it but white space and, in front, a byte order mark.
 */
final class JsonScanner {
    static final long NO_INTEGER = Long.MIN_VALUE;
    private static final int MAX_INTEGER_LENGTH = 18;

    private static final byte[] BYTE_ORDER_MARK = "\ufeff".getBytes(UTF_8);

    private final byte[] json;
    private int nameStart;
    private int nameEnd;
    private int valueStart;
    private int valueEnd;

    /** Stands in front of the first member. */
    JsonScanner(byte[] json) {
        this.json = json;
    }

    /**
     * Moves to the next member; false where there is none, which is known only when the whole text is checked: once, at the end.
     *
     * @throws InvalidDocumentException where the text is not what it must be, in this member's value or between it and the last
     */
    boolean next() throws InvalidDocumentException {
        boolean first = valueEnd == 0;
        int at = JsonSyntax.skipSpace(json, first ? open() : valueEnd);
        if (JsonSyntax.byteAt(json, at) == '}') {
            requireEnd(at + 1);
            return false;
        }
        int quote = first ? at : JsonSyntax.skipSpace(json, JsonSyntax.expect(json, ',', at));
        nameStart = quote + 1;
        nameEnd = JsonSyntax.name(json, quote);
        valueStart = JsonSyntax.colon(json, nameEnd + 1);
        valueEnd = JsonSyntax.value(json, valueStart);
        return true;
    }

    /** True where the member has this name: printable ASCII without quotes and backslashes, and not empty. */
    boolean isNamed(String ascii) {
        int length = nameEnd - nameStart;
        if (length == ascii.length()) {
            return matches(ascii, nameStart);
        }
        // Escapes make a name longer, and most names differ in their first letter.
        byte first = json[nameStart];
        boolean candidate = length > ascii.length() && (first == '\\' || first == ascii.charAt(0));
        return candidate && JsonText.hasEscape(json, nameStart, nameEnd) && name().equals(ascii);
    }

    String name() {
        return JsonText.decode(json, nameStart, nameEnd);
    }

    /** JSON's types differ in the first byte. */
    byte firstOfValue() {
        return json[valueStart];
    }

    byte[] value() {
        return Arrays.copyOfRange(json, valueStart, valueEnd);
    }

    /** True where the value is this string, ASCII as names are, written without escapes. */
    boolean isPlainly(String ascii) {
        return valueEnd - valueStart == ascii.length() + 2 && json[valueStart] == '"' && matches(ascii, valueStart + 1);
    }

    /** True where the value is this id as a string, written without escapes and without the prefix that readers drop. */
    boolean isPlainly(JobId id) {
        return json[valueStart] == '"'
                && json[valueStart + 1] != JobId.PREFIX.charAt(0)
                && id.isSpelled(json, valueStart + 1, valueEnd - 1);
    }

    /** The value, which must be a string. */
    String string() {
        return JsonText.decode(json, valueStart + 1, valueEnd - 1);
    }

    /** The value as a whole number of at most 18 characters, which is a long for sure; else {@link #NO_INTEGER}. */
    long integer() {
        if (valueEnd - valueStart > MAX_INTEGER_LENGTH) {
            return NO_INTEGER;
        }
        boolean negative = json[valueStart] == '-';
        long value = 0;
        for (int at = negative ? valueStart + 1 : valueStart; at < valueEnd; at++) {
            if (!JsonSyntax.isDigit(json[at])) {
                return NO_INTEGER;
            }
            value = value * 10 + json[at] - '0';
        }
        return negative ? -value : value;
    }

    private boolean matches(String ascii, int at) {
        for (int i = 0; i < ascii.length(); i++) {
            if (json[at + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The text without a byte order mark in front, which writers must not put there (RFC 8259, section 8.1). */
    static byte[] unmarked(byte[] json) {
        return isMarked(json) ? Arrays.copyOfRange(json, BYTE_ORDER_MARK.length, json.length) : json;
    }

    private static boolean isMarked(byte[] json) {
        int length = BYTE_ORDER_MARK.length;
        return json.length > length && Arrays.equals(json, 0, length, BYTE_ORDER_MARK, 0, length);
    }

    /** From the text's first byte to behind the brace that opens the object. */
    private int open() throws InvalidDocumentException {
        int at = JsonSyntax.skipSpace(json, isMarked(json) ? BYTE_ORDER_MARK.length : 0);
        if (JsonSyntax.byteAt(json, at) != '{') {
            throw new InvalidDocumentException("not a JSON object");
        }
        return at + 1;
    }

    private void requireEnd(int behind) throws InvalidDocumentException {
        if (JsonSyntax.skipSpace(json, behind) < json.length) {
            throw new InvalidDocumentException("something follows the JSON object");
        }
    }
}
