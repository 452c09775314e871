package dev.ringback.gateway.simulation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobId;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;

/** Waits on Server-Sent Events, and resumes with {@code Last-Event-ID}. */
final class StreamingClient extends SimulatedClient {
    private static final String HEAD_END = "\r\n\r\n";

    private final StringBuilder unread = new StringBuilder();
    private boolean headRead;
    private boolean told;
    /** As a browser does that nobody stops: it comes back after the end too, and is told that there is nothing more. */
    private boolean comesBackOnceMore;

    StreamingClient(World world, int number, JobId job, boolean comesBackOnceMore) {
        super(world, number, job);
        this.comesBackOnceMore = comesBackOnceMore;
    }

    @Override
    String query() {
        return "";
    }

    @Override
    void addHeaders(HttpRequest head) {
        unread.setLength(0);
        headRead = false;
        told = false;
        head.headers().set(HttpHeaderNames.ACCEPT, "text/event-stream");
        if (cursor != null) {
            head.headers().set("Last-Event-ID", cursor.toString());
        }
    }

    @Override
    public void onReply(Reply reply) {
        if (reply.status() == 204) {
            // It stops an EventSource, whatever that has heard.
            hear(Heard.Kind.UP_TO_DATE);
            ended = true;
            leaveConnection();
        } else {
            onOther(reply);
        }
    }

    @Override
    public void onBytes(byte[] bytes) {
        unread.append(new String(bytes, ISO_8859_1));
        if (!headRead) {
            int end = unread.indexOf(HEAD_END);
            unread.delete(0, end + HEAD_END.length());
            headRead = true;
        }
        for (int end = unread.indexOf("\n\n"); end >= 0; end = unread.indexOf("\n\n")) {
            String event = unread.substring(0, end);
            unread.delete(0, end + 2);
            onEvent(event);
        }
    }

    private void onEvent(String event) {
        String name = field(event, "event: ");
        if (name == null) {
            return;
        }
        String data = field(event, "data: ");
        if (name.equals("gone")) {
            // Of a job that it has not heard of it says only that nobody has made it yet.
            if (cursor == null) {
                hear(Heard.Kind.REFUSED);
            } else {
                gone();
            }
            return;
        }
        Heard.Kind kind = told ? Heard.Kind.EVENT : Heard.Kind.SNAPSHOT;
        told = true;
        hear(name.equals("reset") ? Heard.Kind.RESET : kind, Cursor.parse(field(event, "id: ")), stateIn(data));
    }

    private static String field(String event, String name) {
        for (String line : event.split("\n")) {
            if (line.startsWith(name)) {
                return line.substring(name.length());
            }
        }
        return null;
    }

    @Override
    public void onClosed() {
        super.onClosed();
        if (ended && comesBackOnceMore) {
            comesBackOnceMore = false;
            world.after(SLOWEST_RETURN_NANOS, this::connect);
        }
    }
}
