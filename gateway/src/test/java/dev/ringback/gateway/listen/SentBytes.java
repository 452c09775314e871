package dev.ringback.gateway.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Everything that one connection was sent, taken apart strictly: answers (RFC 9112) one after another, the last of which may be followed
 * by WebSocket frames (RFC 6455) or an event stream. What is not well formed fails.
 */
final class SentBytes {
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 [1-5][0-9][0-9] [A-Za-z' -]+");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z-]+: [ -~]+");
    private static final Pattern SSE_LINE = Pattern.compile("(event|id|data|retry): .*|:|");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ByteBuf bytes;
    private final List<Integer> statuses = new ArrayList<>();
    private boolean ended;

    /** @param sent what came, from the first byte on */
    SentBytes(byte[] sent) {
        bytes = Unpooled.wrappedBuffer(sent);
        while (bytes.isReadable()) {
            assertThat(ended)
                    .as("something follows the last answer: %s", rest())
                    .isFalse();
            answer();
        }
    }

    /** The statuses of the answers, in order. */
    List<Integer> statuses() {
        return statuses;
    }

    private void answer() {
        int end = rest().indexOf("\r\n\r\n");
        assertThat(end).as("a head ends: %s", rest()).isPositive();
        String[] lines = read(end + 4).toString(ISO_8859_1).stripTrailing().split("\r\n");
        assertThat(lines[0]).matches(STATUS_LINE);
        int status = Integer.parseInt(lines[0].substring(9, 12));
        statuses.add(status);
        if (status == 100) {
            assertThat(lines).hasSize(1);
            return;
        }
        body(status, headers(lines));
    }

    private static Map<String, String> headers(String[] lines) {
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            assertThat(lines[i]).matches(HEADER);
            int colon = lines[i].indexOf(": ");
            String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            String before = headers.put(name, lines[i].substring(colon + 2));
            assertThat(before).as("an earlier %s", name).isNull();
        }
        assertThat(headers).containsKey("connection");
        return headers;
    }

    private void body(int status, Map<String, String> headers) {
        boolean closes = headers.getOrDefault("connection", "").startsWith("close");
        String type = headers.getOrDefault("content-type", "");
        String length = headers.get("content-length");
        if (status == 101) {
            frames();
        } else if (status == 204 || status == 304) {
            assertThat(length).isNull();
        } else if (length == null) {
            assertThat(type).isEqualTo("text/event-stream");
            assertThat(closes).isTrue();
            stream();
        } else {
            assertThat(headers).containsKey("date");
            sized(Integer.parseInt(length), type);
        }
        ended = ended || closes;
    }

    /** After HEAD the length is stated and nothing follows but another answer. */
    private void sized(int length, String type) {
        if (!bytes.isReadable() || rest().startsWith("HTTP/1.1 ")) {
            return;
        }
        assertThat(bytes.readableBytes()).as("bytes of a body").isGreaterThanOrEqualTo(length);
        String body = read(length).toString(UTF_8);
        if (type.endsWith("json")) {
            parsed(body);
        }
    }

    private void stream() {
        for (String line : read(bytes.readableBytes()).toString(UTF_8).split("\n", -1)) {
            assertThat(line).matches(SSE_LINE);
            if (line.startsWith("data: ")) {
                checkJson(line.substring(6));
            }
        }
        ended = true;
    }

    private void frames() {
        while (bytes.isReadable()) {
            assertThat(ended).as("something follows a close frame").isFalse();
            int first = bytes.readUnsignedByte();
            int length = bytes.readUnsignedByte();
            length = length == 126 ? bytes.readUnsignedShort() : length;
            assertThat(length).as("no mask, and not huge").isLessThan(65_536);
            ByteBuf payload = read(length);
            switch (first) {
                case 0x81 -> checkJson(payload.toString(UTF_8));
                case 0x88 -> ended = true;
                case 0x89, 0x8A -> assertThat(length).isLessThan(126);
                default -> throw new AssertionError("a frame that begins with " + first);
            }
        }
        ended = true;
    }

    private static void checkJson(String text) {
        assertThat(parsed(text).isObject()).as(text).isTrue();
    }

    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    private ByteBuf read(int count) {
        return bytes.readSlice(count);
    }

    private String rest() {
        return bytes.toString(ISO_8859_1);
    }
}
