package dev.ringback.loadtest.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.protocol.EventName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;

/** Waits by a WebSocket (RFC 6455); parked once it is subscribed and the job's present state has come. */
final class WebSocketWaiter extends Waiter {
    /** The handshake of RFC 6455, section 1.3: one key serves every connection, as no proxy is in between. */
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static final int FINAL_TEXT = 0x81;
    private static final int FINAL_CLOSE = 0x88;
    private static final int FINAL_PING = 0x89;
    private static final int FINAL_PONG = 0x8A;
    private static final int MASKED = 0x80;
    private static final int TWO_BYTE_LENGTH = 126;
    private static final int EIGHT_BYTE_LENGTH = 127;
    private static final int SHORT_HEADER = 2;
    private static final int MIDDLE_HEADER = 4;

    private static final String EVENT = "{\"event\":\"";
    private static final String SUBSCRIBED = "{\"subscribed\":";
    private static final String UNSUBSCRIBED = "{\"unsubscribed\":";
    private static final String ERROR = "{\"error\":";
    private static final String GONE = EventName.GONE.wireName();

    private boolean subscribed;
    private boolean present;

    WebSocketWaiter(Wait wait, Hearer hearer) {
        super(wait, hearer);
    }

    /** The job's own address subscribes by itself; only a command can say what the client has already. */
    @Override
    String request() {
        String path = wait.after() == null ? "/jobs/" + wait.job() : "/ws";
        return "GET " + path + " HTTP/1.1\r\nHost: " + wait.target().authority()
                + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                + KEY + "\r\n\r\n";
    }

    @Override
    void onHead(ChannelHandlerContext ctx, ResponseHead response) throws WireException {
        if (response.status() != 101) {
            refused(ctx, response);
        } else if (!ACCEPT.equals(response.field("sec-websocket-accept"))) {
            throw new WireException("an upgrade without its Sec-WebSocket-Accept");
        } else if (wait.after() != null) {
            String job = "\"" + wait.job() + "\"";
            String subscribe = "{\"subscribe\":[" + job + "],\"after\":{" + job + ":\"" + wait.after() + "\"}}";
            sendFrame(ctx, FINAL_TEXT, subscribe.getBytes(UTF_8));
        }
    }

    @Override
    void onBody(ChannelHandlerContext ctx, ByteBuf in) throws WireException {
        if (in.readableBytes() < SHORT_HEADER) {
            return;
        }
        int header = SHORT_HEADER;
        int length = in.getUnsignedByte(in.readerIndex() + 1);
        if (length >= EIGHT_BYTE_LENGTH) {
            throw new WireException("a frame that is masked or longer than 65,535 bytes");
        }
        if (length == TWO_BYTE_LENGTH) {
            header = MIDDLE_HEADER;
            if (in.readableBytes() < header) {
                return;
            }
            length = in.getUnsignedShort(in.readerIndex() + SHORT_HEADER);
        }
        if (in.readableBytes() >= header + length) {
            int opcode = in.readUnsignedByte();
            in.skipBytes(header - 1);
            onFrame(ctx, opcode, in.readSlice(length));
        }
    }

    private void onFrame(ChannelHandlerContext ctx, int opcode, ByteBuf payload) throws WireException {
        switch (opcode) {
            case FINAL_TEXT -> onText(ctx, payload.toString(UTF_8));
            case FINAL_PING -> sendFrame(ctx, FINAL_PONG, ByteBufUtil.getBytes(payload));
            case FINAL_CLOSE -> refused(ctx, closeText(payload), Hearer.NO_DELAY);
            default -> throw new WireException("a frame of the kind 0x" + Integer.toHexString(opcode));
        }
    }

    private void onText(ChannelHandlerContext ctx, String text) throws WireException {
        if (text.startsWith(EVENT)) {
            int nameEnd = text.indexOf("\",", EVENT.length());
            if (nameEnd < 0) {
                throw new WireException("an event without a job: " + text);
            }
            event(ctx, text.substring(EVENT.length(), nameEnd), "{" + text.substring(nameEnd + 2));
        } else if (text.startsWith(SUBSCRIBED)) {
            subscribed = true;
        } else if (text.startsWith(UNSUBSCRIBED)) {
            unsubscribed(ctx);
        } else if (text.startsWith(ERROR)) {
            refused(ctx, text, Hearer.NO_DELAY);
        } else {
            throw new WireException("an unexpected message: " + text);
        }
        if (subscribed && present) {
            parked();
        }
    }

    private void event(ChannelHandlerContext ctx, String name, String json) throws WireException {
        if (name.equals(GONE)) {
            gone(ctx, name);
            return;
        }
        heard(ctx, eventNamed(name), document(json.getBytes(UTF_8)));
        present = true;
    }

    /** Told so behind an end, it is no news. */
    private void unsubscribed(ChannelHandlerContext ctx) throws WireException {
        if (!present) {
            upToDate(false);
            close(ctx);
        }
    }

    /** Clients mask what they send; the mask of zeros leaves the bytes as they are. */
    private void sendFrame(ChannelHandlerContext ctx, int kind, byte[] payload) {
        ByteBuf frame = ctx.alloc().buffer(MIDDLE_HEADER + Integer.BYTES + payload.length);
        frame.writeByte(kind);
        if (payload.length < TWO_BYTE_LENGTH) {
            frame.writeByte(MASKED | payload.length);
        } else {
            frame.writeByte(MASKED | TWO_BYTE_LENGTH).writeShort(payload.length);
        }
        send(ctx, frame.writeInt(0).writeBytes(payload));
    }

    private static String closeText(ByteBuf payload) {
        if (payload.readableBytes() < Short.BYTES) {
            return "closed by the gateway";
        }
        return "closed by the gateway with " + payload.readUnsignedShort() + " " + payload.toString(UTF_8);
    }
}
