package dev.ringback.loadtest.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.protocol.EventName;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Waits by Server-Sent Events; parked once the job's present state has come. */
final class SseWaiter extends Waiter {
    private static final byte[] EVENT_END = {'\n', '\n'};

    SseWaiter(Wait wait, Hearer hearer) {
        super(wait, hearer);
    }

    @Override
    String request() {
        String last = wait.after() == null ? "" : "Last-Event-ID: " + wait.after() + "\r\n";
        return "GET /jobs/" + wait.job() + " HTTP/1.1\r\nHost: " + wait.target().authority()
                + "\r\nAccept: text/event-stream\r\n" + last + "\r\n";
    }

    @Override
    void onHead(ChannelHandlerContext ctx, ResponseHead response) throws WireException {
        if (response.status() == 204) {
            upToDate(false);
            close(ctx);
        } else if (response.status() != 200) {
            refused(ctx, response);
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
            } else if (line.startsWith("retry: ")) {
                retry(millis(line.substring("retry: ".length())));
            }
        }
        if (name.equals(EventName.GONE.wireName())) {
            gone(ctx, name);
        } else if (!name.isEmpty()) {
            heard(ctx, eventNamed(name), document(data.toString().getBytes(UTF_8)));
            parked();
        }
    }

    private static long millis(String digits) throws WireException {
        if (!digits.matches("[0-9]{1,9}")) {
            throw new WireException("retry: " + digits);
        }
        return Long.parseLong(digits);
    }
}
