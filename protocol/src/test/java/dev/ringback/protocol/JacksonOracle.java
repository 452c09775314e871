package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Jackson's strict parser and the JDK's strict decoder of UTF-8 make of a text: the members of one object, or nothing. */
final class JacksonOracle {
    /**
     * One member.
     *
     * @param value as it stands in the text
     * @param text the value, if it is a string, with its escapes resolved
     * @param integer the value, if it is a whole number of at most 18 characters
     */
    record Member(String name, String value, @Nullable String text, long integer) {}

    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_INTEGER_LENGTH = 18;

    private JacksonOracle() {}

    /** The members in their order, the repeated ones too; null where the text is no JSON object in UTF-8. */
    static @Nullable List<Member> members(byte[] json) {
        try {
            return isUtf8(json) ? parsed(json) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean isUtf8(byte[] json) throws IOException {
        UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
        for (byte b : json) {
            if (b == 0) {
                // The parser would take it for a sign of UTF-16.
                return false;
            }
        }
        return true;
    }

    private static @Nullable List<Member> parsed(byte[] json) throws IOException {
        List<Member> members = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                members.add(member(parser, json));
            }
            return parser.nextToken() == null ? members : null;
        }
    }

    private static Member member(JsonParser parser, byte[] json) throws IOException {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        int start = (int) parser.currentTokenLocation().getByteOffset();
        String text = token == JsonToken.VALUE_STRING ? parser.getText() : null;
        boolean whole = token == JsonToken.VALUE_NUMBER_INT && parser.getText().length() <= MAX_INTEGER_LENGTH;
        long integer = whole ? parser.getLongValue() : JsonScanner.NO_INTEGER;
        parser.finishToken();
        parser.skipChildren();
        int end = (int) parser.currentLocation().getByteOffset();
        return new Member(name, new String(Arrays.copyOfRange(json, start, end), UTF_8), text, integer);
    }
}
