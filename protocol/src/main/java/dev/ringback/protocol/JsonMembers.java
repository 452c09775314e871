package dev.ringback.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Walks the members of one JSON object and hands out each value as the very bytes that stood there. The whole text is checked by a
 * {@link JsonScanner}, nested values included.
 */
final class JsonMembers {
    /** Takes one member; values that it does not read are checked all the same. */
    interface Visitor {
        void member(String name, Value value) throws InvalidDocumentException;
    }

    private JsonMembers() {}

    static void visit(byte[] json, Visitor visitor) throws InvalidDocumentException {
        JsonScanner scanner = new JsonScanner(json);
        Value value = new Value(scanner);
        while (scanner.next()) {
            visitor.member(scanner.name(), value);
        }
    }

    /** The value of the member on which a scanner stands. */
    static final class Value {
        /** Of characters in a string that is read, as Jackson has it. */
        private static final int MAX_STRING_LENGTH = 20_000_000;

        private final JsonScanner scanner;

        Value(JsonScanner scanner) {
            this.scanner = scanner;
        }

        boolean isNull() {
            return scanner.firstOfValue() == 'n';
        }

        boolean isObject() {
            return scanner.firstOfValue() == '{';
        }

        boolean isNumber() {
            byte first = scanner.firstOfValue();
            return first == '-' || first >= '0' && first <= '9';
        }

        boolean isString() {
            return scanner.firstOfValue() == '"';
        }

        /** The value's bytes as they stand in the text. */
        byte[] bytes() {
            return scanner.value();
        }

        /** The bytes, or null for JSON's null. */
        byte @Nullable [] bytesOrNull() {
            return isNull() ? null : bytes();
        }

        String string() throws InvalidDocumentException {
            if (!isString()) {
                throw new InvalidDocumentException("\"" + scanner.name() + "\" must be a string");
            }
            String text = scanner.string();
            if (text.length() > MAX_STRING_LENGTH) {
                throw new InvalidDocumentException("JSON beyond the limits: \"" + scanner.name() + "\" has more than "
                        + MAX_STRING_LENGTH + " characters");
            }
            return text;
        }

        /** A string of at most so many characters, none of which is a control character or half of one; null for JSON's null. */
        @Nullable String string(int maxLength) throws InvalidDocumentException {
            if (isNull()) {
                return null;
            }
            String text = string();
            boolean plain = text.codePoints().noneMatch(c -> Character.isISOControl(c) || JsonText.isSurrogate(c));
            if (text.isEmpty() || text.length() > maxLength || !plain) {
                throw new InvalidDocumentException("\"" + scanner.name() + "\" must have 1 to " + maxLength
                        + " characters, none of them a control character or half of a surrogate pair");
            }
            return text;
        }

        long integer(long min, long max) throws InvalidDocumentException {
            long value = scanner.integer();
            if (value != JsonScanner.NO_INTEGER && value >= min && value <= max) {
                return value;
            }
            throw new InvalidDocumentException(
                    "\"" + scanner.name() + "\" must be a whole number, " + min + " to " + max);
        }
    }
}
