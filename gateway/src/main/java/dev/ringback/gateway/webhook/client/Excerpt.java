package dev.ringback.gateway.webhook.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.regex.Pattern;

/** The first of an answer's body, for people to read. */
final class Excerpt {
    private static final int BYTES = 1 << 10;
    /** C1 among them, which terminals obey too. */
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\\x80-\\x9f]+");

    private byte[] first = {};

    /** Takes what there is room for. */
    void add(ByteBuf piece) {
        int length = Math.min(piece.readableBytes(), BYTES - first.length);
        byte[] longer = Arrays.copyOf(first, first.length + length);
        piece.getBytes(piece.readerIndex(), longer, first.length, length);
        first = longer;
    }

    /** Without what moves cursors, rings bells or ends lines. */
    String text() {
        return first.length == 0
                ? ""
                : CONTROLS.matcher(new String(first, UTF_8)).replaceAll(" ").strip();
    }
}
