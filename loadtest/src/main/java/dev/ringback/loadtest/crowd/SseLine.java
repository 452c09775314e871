package dev.ringback.loadtest.crowd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Waits by Server-Sent Events. */
final class SseLine extends Line {
    private static final byte[] EVENT_END = "\n\n".getBytes(ISO_8859_1);
    private static final byte[] DATA = "data: ".getBytes(ISO_8859_1);
    private static final byte[] RETRY = "retry: ".getBytes(ISO_8859_1);
    private static final byte[] GONE = "event: gone".getBytes(ISO_8859_1);

    SseLine(Seat seat) {
        super(seat);
    }

    @Override
    String fields() {
        return "Accept: text/event-stream\r\n";
    }

    @Override
    boolean onHead(int status, String head) {
        if (status == 200 && !seat.isToldFirst()) {
            parked();
        }
        return status == 200;
    }

    @Override
    int onBody(byte[] bytes, int from, int to) {
        int end = EventText.indexOf(bytes, from, to, EVENT_END);
        if (end < 0) {
            return NEEDS_MORE;
        }
        int data = EventText.indexOf(bytes, from, end, DATA);
        if (EventText.startsWith(bytes, from, end, GONE)) {
            leave("gone");
        } else if (data >= 0) {
            int start = data + DATA.length;
            if (!event(bytes, start, endOfLine(bytes, start, end))) {
                leave("an event that cannot be read: " + desk.text.text());
            }
            parked();
        } else if (EventText.startsWith(bytes, from, end, RETRY)) {
            String digits = new String(bytes, from + RETRY.length, end - from - RETRY.length, ISO_8859_1).strip();
            if (digits.matches("[0-9]{1,7}")) {
                seat.retryMillis(Long.parseLong(digits));
            }
        }
        return end + EVENT_END.length;
    }

    private static int endOfLine(byte[] bytes, int from, int to) {
        int end = from;
        while (end < to && bytes[end] != '\n' && bytes[end] != '\r') {
            end++;
        }
        return end;
    }
}
