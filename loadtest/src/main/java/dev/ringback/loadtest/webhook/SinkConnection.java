package dev.ringback.loadtest.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Arrays;
import java.util.Locale;

/** A connection to endpoints that answer: looks for whole requests, and answers each with 204. */
final class SinkConnection extends ChannelInboundHandlerAdapter {
    /** Endpoint <i>n</i> is at this and <i>n</i>. */
    static final String PATH = "/hook/";

    private static final String ANSWER = "HTTP/1.1 204 No Content\r\n\r\n";
    static final int ANSWER_BYTES = ANSWER.length();

    private static final ByteBuf TAKEN = Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(ANSWER, ISO_8859_1));
    private static final byte[] BLANK_LINE = {'\r', '\n', '\r', '\n'};
    private static final String START = "post " + PATH;
    private static final int MOST_BYTES = 1024 * 1024;

    private final Sink sink;
    private byte[] bytes = new byte[0];

    SinkConnection(Sink sink) {
        this.sink = sink;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        int before = bytes.length;
        bytes = Arrays.copyOf(bytes, before + in.readableBytes());
        in.readBytes(bytes, before, bytes.length - before);
        in.release();
        int used = request(ctx);
        while (used > 0) {
            bytes = Arrays.copyOfRange(bytes, used, bytes.length);
            used = request(ctx);
        }
        if (bytes.length > MOST_BYTES) {
            var unused = ctx.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    /** Returns how many bytes were a whole request; 0 where there is none yet. */
    private int request(ChannelHandlerContext ctx) {
        int headEnd = blankLine();
        if (headEnd < 0) {
            return 0;
        }
        String head = new String(bytes, 0, headEnd + 2, ISO_8859_1).toLowerCase(Locale.ROOT);
        int bodyStart = headEnd + BLANK_LINE.length;
        int end = bodyStart + number(field(head, "content-length"));
        if (bytes.length < end) {
            return 0;
        }
        int endpoint =
                head.startsWith(START) ? number(head.substring(START.length(), head.indexOf(' ', START.length()))) : -1;
        sink.received(endpoint, field(head, "webhook-id"), Arrays.copyOfRange(bytes, bodyStart, end));
        var unused = ctx.write(TAKEN.duplicate(), ctx.voidPromise());
        return end;
    }

    private int blankLine() {
        for (int i = 0; i <= bytes.length - BLANK_LINE.length; i++) {
            if (bytes[i] == '\r' && Arrays.equals(bytes, i, i + BLANK_LINE.length, BLANK_LINE, 0, BLANK_LINE.length)) {
                return i;
            }
        }
        return -1;
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,7}") ? Integer.parseInt(text) : 0;
    }

    /** @param head in lower case, as are the ids that the harness makes */
    private static String field(String head, String name) {
        int start = head.indexOf("\r\n" + name + ":");
        if (start < 0) {
            return "";
        }
        int value = start + name.length() + 3;
        return head.substring(value, head.indexOf("\r\n", value)).strip();
    }

    /** A client that resets its connection is one that has gone. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var unused = ctx.close();
    }
}
