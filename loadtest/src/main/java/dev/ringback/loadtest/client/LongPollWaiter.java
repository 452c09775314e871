package dev.ringback.loadtest.client;

import dev.ringback.protocol.EventName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;

/**
 * Waits by long polls, one after the other until the job ends. Nothing on the wire tells that a request is held: it is parked as
 * soon as it is written.
 */
final class LongPollWaiter extends Waiter {
    private static final int WAIT_SECONDS = 55;

    private String condition = "";
    private int bodyBytes;

    LongPollWaiter(Wait wait, WaiterListener listener) {
        super(wait, listener);
    }

    @Override
    void onRequestWritten() {
        parked();
    }

    @Override
    String request() {
        return "GET /jobs/" + wait.job() + "?wait=" + WAIT_SECONDS + " HTTP/1.1\r\nHost: "
                + wait.target().authority() + "\r\n" + condition + "\r\n";
    }

    @Override
    void onHead(ChannelHandlerContext ctx, ResponseHead response) throws WireException {
        if (response.status() != 200 && response.status() != 304) {
            throw new WireException("HTTP " + response.status());
        }
        String etag = response.field("etag");
        condition = etag == null ? "" : "If-None-Match: " + etag + "\r\n";
        bodyBytes = response.contentLength();
        if (bodyBytes == 0) {
            sendRequest(ctx);
        }
    }

    @Override
    void onBody(ChannelHandlerContext ctx, ByteBuf in) throws WireException {
        if (in.readableBytes() < bodyBytes) {
            return;
        }
        byte[] job = ByteBufUtil.getBytes(in.readSlice(bodyBytes));
        boolean terminal = stateOf(job).isTerminal();
        heard(ctx, terminal ? EventName.COMPLETE : EventName.STATUS, job);
        if (!terminal) {
            sendRequest(ctx);
        }
    }
}
