package dev.ringback.gateway.simulation;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobId;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;

/** Waits by one long poll after another, each with the cursor of the last. */
final class PollingClient extends SimulatedClient {
    PollingClient(World world, int number, JobId job) {
        super(world, number, job);
    }

    @Override
    String query() {
        return "?wait=1";
    }

    @Override
    void addHeaders(HttpRequest head) {
        if (cursor != null) {
            head.headers().set(HttpHeaderNames.IF_NONE_MATCH, cursor.etag());
        }
    }

    @Override
    public void onReply(Reply reply) {
        if (reply.status() == 200) {
            List<String> headers = reply.headers();
            Cursor told = Cursor.parse(headers.get(headers.indexOf("ETag") + 1));
            hear(Heard.Kind.SNAPSHOT, told, stateIn(reply.body()));
            askAgainSoon();
        } else if (reply.status() == 304) {
            hear(Heard.Kind.UP_TO_DATE);
            askAgainSoon();
        } else {
            onOther(reply);
        }
    }

    private void askAgainSoon() {
        leaveConnection();
        if (!ended) {
            world.after(world.between(0, SLOWEST_RETURN_NANOS), this::connect);
        }
    }

    @Override
    public void onBytes(byte[] bytes) {
        throw new AssertionError("a stream for someone who polls");
    }
}
