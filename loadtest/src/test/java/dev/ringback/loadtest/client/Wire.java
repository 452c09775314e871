package dev.ringback.loadtest.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The bytes that a gateway sends. */
final class Wire {
    static final String SSE_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    static final String UPGRADE =
            "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;

    private Wire() {}

    static String document(String id, String status, int version) {
        return "{\"jobId\":\"" + id + "\",\"type\":\"load\",\"status\":\"" + status + "\",\"version\":" + version
                + ",\"incarnation\":\"a\",\"createdAt\":\"2026-01-01T00:00:00.000Z\"}";
    }

    static String ok(String body) {
        return answer("200 OK", body);
    }

    static String answer(String status, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    static String sse(String event, String json) {
        return "event: " + event + "\nid: a-1\ndata: " + json + "\n\n";
    }

    static byte[] frame(String text) {
        return frame(TEXT, Unpooled.copiedBuffer(text, UTF_8));
    }

    static byte[] event(String name, String json) {
        return frame("{\"event\":\"" + name + "\"," + json.substring(1));
    }

    static byte[] close(int code, String reason) {
        return frame(CLOSE, Unpooled.buffer().writeShort(code).writeBytes(reason.getBytes(UTF_8)));
    }

    private static byte[] frame(int kind, ByteBuf payload) {
        ByteBuf frame = Unpooled.buffer().writeByte(kind);
        if (payload.readableBytes() < 126) {
            frame.writeByte(payload.readableBytes());
        } else {
            frame.writeByte(126).writeShort(payload.readableBytes());
        }
        frame.writeBytes(payload);
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        return bytes;
    }
}
