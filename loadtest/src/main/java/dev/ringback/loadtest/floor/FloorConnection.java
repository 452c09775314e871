package dev.ringback.loadtest.floor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.loadtest.floor.FloorJob.Format;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** One socket of the floor: looks for the blank line of a request and does what its first line says. */
final class FloorConnection extends ChannelInboundHandlerAdapter {
    private static final String ACCEPTED =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    private static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    private static final String DONE = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private static final String WRONG = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    private static final String BLANK_LINE = "\r\n\r\n";
    private static final int MOST_BYTES = 128 * 1024;

    private final FloorServer server;
    private String rest = "";
    private @Nullable String job;
    private Format format = Format.LONG_POLL;

    FloorConnection(FloorServer server) {
        this.server = server;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        boolean streams = job != null && format != Format.LONG_POLL;
        if (!streams) {
            rest += in.toString(ISO_8859_1);
        }
        in.release();
        int used = 1;
        while (used > 0 && !rest.isEmpty()) {
            used = request(ctx);
            rest = rest.substring(used);
        }
        if (rest.length() > MOST_BYTES) {
            var unused = ctx.close();
        }
    }

    /** Returns how much of the text was a whole request; 0 where it is none yet. */
    private int request(ChannelHandlerContext ctx) {
        int head = rest.indexOf(BLANK_LINE);
        if (head < 0) {
            return 0;
        }
        int bodyStart = head + BLANK_LINE.length();
        String[] start = rest.substring(0, Math.max(0, rest.indexOf("\r\n"))).split(" ", 3);
        String fields = rest.substring(0, head + 2);
        if (start.length < 3) {
            return refuse(ctx, bodyStart);
        }
        if (start[0].equals("GET") && start[1].startsWith("/sub/")) {
            subscribe(ctx, start[1].substring("/sub/".length()), fields);
            return bodyStart;
        }
        int length = Integer.parseInt("0" + field(fields, "content-length"));
        if (rest.length() < bodyStart + length) {
            return length > MOST_BYTES ? refuse(ctx, bodyStart) : 0;
        }
        String body = rest.substring(bodyStart, bodyStart + length);
        if (start[1].startsWith("/pub/")) {
            server.deliver(start[1].substring("/pub/".length()), body.getBytes(ISO_8859_1));
            answer(ctx, DONE);
        } else if (start[1].startsWith("/burst/") && body.matches("[0-9]{1,9}")) {
            String burst = start[1].substring("/burst/".length());
            server.burst(burst, Integer.parseInt(body), () -> answer(ctx, DONE));
        } else {
            answer(ctx, WRONG);
        }
        return bodyStart + length;
    }

    private int refuse(ChannelHandlerContext ctx, int used) {
        answer(ctx, WRONG);
        return used;
    }

    private void subscribe(ChannelHandlerContext ctx, String id, String fields) {
        if (!field(fields, "sec-websocket-key").isEmpty()) {
            format = Format.WEBSOCKET;
            answer(ctx, ACCEPTED);
        } else if (field(fields, "accept").equals("text/event-stream")) {
            format = Format.SSE;
            answer(ctx, STREAM);
        } else {
            format = Format.LONG_POLL;
        }
        job = id;
        FloorJob floorJob = server.job(id);
        ByteBuf missed = field(fields, "if-none-match").equals(Long.toString(floorJob.events()))
                ? null
                : floorJob.lastFor(format);
        if (missed != null) {
            var unused = ctx.writeAndFlush(missed, ctx.voidPromise());
        }
        if (missed == null || format != Format.LONG_POLL) {
            floorJob.add(format, ctx.channel());
        }
    }

    private static void answer(ChannelHandlerContext ctx, String text) {
        var unused = ctx.writeAndFlush(Unpooled.copiedBuffer(text, ISO_8859_1), ctx.voidPromise());
    }

    private static String field(String fields, String lowerCaseName) {
        int start = fields.toLowerCase(java.util.Locale.ROOT).indexOf("\r\n" + lowerCaseName + ": ");
        if (start < 0) {
            return "";
        }
        int value = start + lowerCaseName.length() + 4;
        return fields.substring(value, fields.indexOf("\r\n", value)).strip();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (job != null) {
            server.leave(job, format, ctx.channel());
        }
    }

    /** A client that resets its connection is one that has gone. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var unused = ctx.close();
    }
}
