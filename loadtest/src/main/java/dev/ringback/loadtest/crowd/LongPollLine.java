package dev.ringback.loadtest.crowd;

import org.jspecify.annotations.Nullable;

/** Waits by long polls, one after the other on one connection; what the server gave to tell the next by is handed back as it is. */
final class LongPollLine extends Line {
    private int bodyBytes;
    private @Nullable String complaint;
    /** What tells the next request by the answer whose body is awaited: one that is never read whole was not heard. */
    private @Nullable String validators;

    LongPollLine(Seat seat) {
        super(seat);
    }

    @Override
    String fields() {
        return seat.validators();
    }

    /** Nothing on the wire tells that a request is held. */
    @Override
    public void channelActive(io.netty.channel.ChannelHandlerContext ctx) {
        super.channelActive(ctx);
        parked();
    }

    @Override
    boolean onHead(int status, String head) {
        String etag = field(head, "etag");
        String modified = field(head, "last-modified");
        validators = etag == null
                ? null
                : (status < 400 ? "If-None-Match: " + etag + "\r\n" : "")
                        + (modified == null ? "" : "If-Modified-Since: " + modified + "\r\n");
        if (status == 304) {
            keepValidators();
            ask();
            return true;
        }
        String length = field(head, "content-length");
        boolean readable = length != null && length.matches("[1-9][0-9]{0,6}");
        bodyBytes = readable ? Integer.parseInt(length) : 0;
        complaint = status == 200 ? null : "HTTP " + status;
        return readable;
    }

    @Override
    int onBody(byte[] bytes, int from, int to) {
        if (to - from < bodyBytes) {
            return NEEDS_MORE;
        }
        keepValidators();
        if (complaint != null) {
            leave(complaint);
        } else if (!event(bytes, from, from + bodyBytes)) {
            leave("an answer that is no job");
        } else if (!hasEnded() && !isAsking()) {
            ask();
        }
        return from + bodyBytes;
    }

    private void keepValidators() {
        if (validators != null) {
            seat.validators(validators);
        }
    }
}
