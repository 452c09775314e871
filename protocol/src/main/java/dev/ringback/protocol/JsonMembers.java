package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks the members of one JSON object and hands out each value as the very bytes that stood there. The whole text is checked,
 * nested values included: it is one object, valid JSON, valid UTF-8, with nothing behind it.
 */
final class JsonMembers {
    /** Takes one member; values that it does not read are skipped, and checked all the same. */
    interface Visitor {
        void member(String name, Value value) throws IOException, InvalidDocumentException;
    }

    private static final JsonFactory JSON = new JsonFactory();

    private JsonMembers() {}

    static void visit(byte[] json, Visitor visitor) throws InvalidDocumentException {
        requireUtf8(json);
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidDocumentException("not a JSON object");
            }
            Value value = new Value(json, parser);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                value.begin(name);
                visitor.member(name, value);
                parser.finishToken();
                parser.skipChildren();
            }
            if (parser.nextToken() != null) {
                throw new InvalidDocumentException("something follows the JSON object");
            }
        } catch (StreamConstraintsException e) {
            throw new InvalidDocumentException("JSON beyond the limits: " + e.getOriginalMessage());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new InvalidDocumentException(
                    "not valid JSON at byte " + e.getLocation().getByteOffset());
        } catch (IOException e) {
            throw new InvalidDocumentException("not valid JSON");
        }
    }

    private static void requireUtf8(byte[] json) throws InvalidDocumentException {
        boolean ascii = true;
        for (byte b : json) {
            ascii &= b >= 0;
            if (b == 0) {
                // Legal nowhere in JSON, and in UTF-16, which the parser would otherwise recognise, everywhere.
                throw new InvalidDocumentException("not valid JSON in UTF-8");
            }
        }
        if (!ascii) {
            decode(json);
        }
    }

    private static void decode(byte[] json) throws InvalidDocumentException {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
        } catch (CharacterCodingException e) {
            throw new InvalidDocumentException("not valid UTF-8");
        }
    }

    /** The value of the member being visited. Each method reads it in one way; call at most one. */
    static final class Value {
        /** So many digits, with a sign, are a long for sure. */
        private static final int MAX_DIGITS = 18;

        private final byte[] json;
        private final JsonParser parser;
        private String name = "";
        private int start;

        private Value(byte[] json, JsonParser parser) {
            this.json = json;
            this.parser = parser;
        }

        private void begin(String member) throws IOException {
            name = member;
            parser.nextToken();
            start = (int) parser.currentTokenLocation().getByteOffset();
        }

        boolean isNull() {
            return parser.currentToken() == JsonToken.VALUE_NULL;
        }

        boolean isObject() {
            return parser.currentToken() == JsonToken.START_OBJECT;
        }

        boolean isNumber() {
            return parser.currentToken().isNumeric();
        }

        boolean isString() {
            return parser.currentToken() == JsonToken.VALUE_STRING;
        }

        /** The value's bytes as they stand in the text. */
        byte[] bytes() throws IOException {
            parser.finishToken();
            parser.skipChildren();
            return Arrays.copyOfRange(
                    json, start, (int) parser.currentLocation().getByteOffset());
        }

        /** The bytes, or null for JSON's null. */
        byte @Nullable [] bytesOrNull() throws IOException {
            return isNull() ? null : bytes();
        }

        String string() throws IOException, InvalidDocumentException {
            if (!isString()) {
                throw new InvalidDocumentException("\"" + name + "\" must be a string");
            }
            return parser.getText();
        }

        /** A string of at most so many characters, none of which is a control character or half of one; null for JSON's null. */
        @Nullable String string(int maxLength) throws IOException, InvalidDocumentException {
            if (isNull()) {
                return null;
            }
            String text = string();
            boolean plain = text.codePoints().noneMatch(c -> Character.isISOControl(c) || isSurrogate(c));
            if (text.isEmpty() || text.length() > maxLength || !plain) {
                throw new InvalidDocumentException("\"" + name + "\" must have 1 to " + maxLength
                        + " characters, none of them a control character or half of a surrogate pair");
            }
            return text;
        }

        private static boolean isSurrogate(int codePoint) {
            return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        }

        long integer(long min, long max) throws IOException, InvalidDocumentException {
            if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                String digits = parser.getText();
                if (digits.length() <= MAX_DIGITS) {
                    long value = parser.getLongValue();
                    if (value >= min && value <= max) {
                        return value;
                    }
                }
            }
            throw new InvalidDocumentException("\"" + name + "\" must be a whole number, " + min + " to " + max);
        }
    }
}
