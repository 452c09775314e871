package dev.ringback.loadtest.crowd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Waits by a WebSocket (RFC 6455). */
final class WebSocketLine extends Line {
    private static final int FINAL_TEXT = 0x81;
    private static final int FINAL_CLOSE = 0x88;
    private static final int FINAL_PING = 0x89;
    private static final int FINAL_PONG = 0x8A;
    private static final int MASKED = 0x80;
    private static final int TWO_BYTE_LENGTH = 126;
    private static final int EIGHT_BYTE_LENGTH = 127;
    private static final int SHORT_HEADER = 2;
    private static final int MIDDLE_HEADER = 4;
    private static final byte[] SUBSCRIBED = "{\"subscribed\":".getBytes(ISO_8859_1);
    private static final byte[] UNSUBSCRIBED = "{\"unsubscribed\":".getBytes(ISO_8859_1);
    private static final byte[] GONE = "{\"event\":\"gone\"".getBytes(ISO_8859_1);

    private boolean subscribed;
    private boolean told;

    WebSocketLine(Seat seat) {
        super(seat);
    }

    /** One key serves every connection, as no proxy is in between. */
    @Override
    String fields() {
        return "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    }

    @Override
    boolean onHead(int status, String head) {
        subscribed = !desk.kind.keepsJobs();
        parkedWhenTold();
        return status == 101;
    }

    private void parkedWhenTold() {
        if (subscribed && (told || !seat.isToldFirst())) {
            parked();
        }
    }

    @Override
    int onBody(byte[] bytes, int from, int to) {
        if (to - from < SHORT_HEADER) {
            return NEEDS_MORE;
        }
        int length = bytes[from + 1] & 0xFF;
        int start = from + SHORT_HEADER;
        if (length >= EIGHT_BYTE_LENGTH) {
            leave("a frame that is masked or longer than 65,535 bytes");
            return to;
        }
        if (length == TWO_BYTE_LENGTH) {
            start = from + MIDDLE_HEADER;
            if (to < start) {
                return NEEDS_MORE;
            }
            length = (bytes[from + 2] & 0xFF) << 8 | bytes[from + 3] & 0xFF;
        }
        if (to - start < length) {
            return NEEDS_MORE;
        }
        onFrame(bytes[from] & 0xFF, bytes, start, start + length);
        return start + length;
    }

    private void onFrame(int kind, byte[] bytes, int from, int to) {
        if (kind == FINAL_TEXT) {
            onText(bytes, from, to);
        } else if (kind == FINAL_PING) {
            ByteBuf pong = Unpooled.buffer(to - from + SHORT_HEADER + Integer.BYTES);
            send(pong.writeByte(FINAL_PONG)
                    .writeByte(MASKED | to - from)
                    .writeInt(0)
                    .writeBytes(bytes, from, to - from));
        } else if (kind == FINAL_CLOSE) {
            seat.closeFrame(this, new String(bytes, from, to - from, ISO_8859_1));
        } else {
            leave("a frame of the kind 0x" + Integer.toHexString(kind));
        }
    }

    private void onText(byte[] bytes, int from, int to) {
        if (EventText.startsWith(bytes, from, to, SUBSCRIBED)) {
            subscribed = true;
        } else if (EventText.startsWith(bytes, from, to, GONE)) {
            leave("gone");
        } else if (EventText.startsWith(bytes, from, to, UNSUBSCRIBED)) {
            return;
        } else if (event(bytes, from, to)) {
            told = true;
        } else {
            leave("a message that is no event: " + desk.text.text());
        }
        parkedWhenTold();
    }
}
