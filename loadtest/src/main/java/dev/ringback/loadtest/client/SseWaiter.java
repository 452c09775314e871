package dev.ringback.loadtest.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Waits by Server-Sent Events; parked once the job's present state has come. */
final class SseWaiter extends Waiter {
    private static final byte[] EVENT_END = {'\n', '\n'};

    SseWaiter(Wait wait, WaiterListener listener) {
        super(wait, listener);
    }

    @Override
    String request() {
        return "GET /jobs/" + wait.job() + " HTTP/1.1\r\nHost: " + wait.target().authority()
                + "\r\nAccept: text/event-stream\r\n\r\n";
    }

    @Override
    void onHead(ChannelHandlerContext ctx, ResponseHead response) throws WireException {
        if (response.status() != 200) {
            throw new WireException("HTTP " + response.status());
        }
    }

    @Override
    void onBody(ChannelHandlerContext ctx, ByteBuf in) throws WireException {
        int end = endOf(EVENT_END, in);
        if (end < 0) {
            return;
        }
        String event = in.readCharSequence(end - in.readerIndex(), UTF_8).toString();
        String name = "";
        StringBuilder data = new StringBuilder();
        for (String line : event.split("\n", -1)) {
            if (line.startsWith("event: ")) {
                name = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
                data.append(line, "data: ".length(), line.length()).append('\n');
            }
        }
        if (!name.isEmpty()) {
            heard(ctx, eventNamed(name), data.toString().getBytes(UTF_8));
            parked();
        }
    }
}
