package dev.ringback.loadtest.client;

import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.EventName;
import dev.ringback.protocol.JobEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Waits by long polls, one after the other until the job ends. Nothing on the wire tells that a request is held: it is parked as
 * soon as it is written.
 */
final class LongPollWaiter extends Waiter {
    private @Nullable Cursor cursor;
    private int bodyBytes;
    private boolean closes;

    LongPollWaiter(Wait wait, Hearer hearer) {
        super(wait, hearer);
        cursor = wait.after();
    }

    @Override
    void onRequestWritten() {
        parked();
    }

    @Override
    String request() {
        String condition = cursor == null ? "" : "If-None-Match: " + cursor.etag() + "\r\n";
        return "GET /jobs/" + wait.job() + "?wait=" + wait.pollSeconds() + " HTTP/1.1\r\nHost: "
                + wait.target().authority() + "\r\n" + condition + "\r\n";
    }

    @Override
    void onHead(ChannelHandlerContext ctx, ResponseHead response) throws WireException {
        closes = response.closes();
        if (response.status() == 304) {
            Cursor present = Cursor.parse(response.field("etag"));
            cursor = present == null ? cursor : present;
            upToDate(true);
            askOn(ctx);
        } else if (response.status() == 200) {
            bodyBytes = response.contentLength();
            if (bodyBytes == 0) {
                throw new WireException("HTTP 200 without a job");
            }
        } else {
            refused(ctx, response);
        }
    }

    @Override
    void onBody(ChannelHandlerContext ctx, ByteBuf in) throws WireException {
        if (in.readableBytes() < bodyBytes) {
            return;
        }
        JobEvent job = document(ByteBufUtil.getBytes(in.readSlice(bodyBytes)));
        cursor = job.cursor();
        boolean terminal = job.state().isTerminal();
        heard(ctx, terminal ? EventName.COMPLETE : EventName.STATUS, job);
        if (terminal) {
            // What comes behind a whole answer answers nothing: it fails to parse as a document.
            bodyBytes = 1;
        } else {
            askOn(ctx);
        }
    }

    private void askOn(ChannelHandlerContext ctx) {
        if (closes) {
            close(ctx);
        } else {
            sendRequest(ctx);
        }
    }
}
