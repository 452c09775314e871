package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.hub.Hints;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.gateway.stream.LongPoll;
import dev.ringback.gateway.stream.SseStream;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.function.Consumer;

/** {@code GET /jobs/{id}}: one URL, every way to wait, chosen by what the request asks for. */
final class JobEndpoint implements Endpoint {
    static final String EVENT_STREAM = "text/event-stream";
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final Services services;

    JobEndpoint(Services services) {
        this.services = services;
    }

    @Override
    public void handle(Exchange exchange) {
        Request request = exchange.request();
        JobId id = request.jobId();
        if (WebSocketUpgrade.isAskedFor(request)) {
            WebSocketUpgrade.accept(exchange, services).start(id, Cursor.parse(request.parameter("after")));
            return;
        }
        if (request.accepts(EVENT_STREAM)) {
            stream(exchange);
            return;
        }
        Duration wish = request.wish();
        if (wish == null || wish.isZero()) {
            shortPoll(exchange, id);
        } else {
            ChangeGoal goal = new ChangeGoal(Conditional.of(request), request.preferredWait());
            Duration wait = services.streams().longPoll(wish);
            new LongPoll(services.streams(), exchange.connection(), exchange.principal(), id, goal).start(wait);
        }
    }

    /** {@code GET /jobs/{id}/events}, and {@code GET /jobs/{id}} with {@code Accept: text/event-stream}. */
    void stream(Exchange exchange) {
        Request request = exchange.request();
        JobId id = request.jobId();
        if (request.method().equals(HttpMethod.HEAD)) {
            whenVisible(exchange, id, present -> exchange.reply(headOfStream()));
            return;
        }
        String lastEventId = request.headers().get(LAST_EVENT_ID);
        Cursor seen = Cursor.parse(lastEventId == null ? request.parameter("after") : lastEventId);
        new SseStream(services.streams(), exchange.connection(), exchange.principal(), id, seen).start();
    }

    /** What a stream's answer begins with, for those who asked for no more. */
    static Reply headOfStream() {
        return Reply.stream().body(EVENT_STREAM, new byte[0]).unsized();
    }

    private void shortPoll(Exchange exchange, JobId id) {
        Conditional conditional = Conditional.of(exchange.request());
        whenVisible(exchange, id, present -> {
            Hints hints = services.hints();
            exchange.reply(
                    conditional.matches(present)
                            ? JobReplies.notModified(present, hints.retryAfterSeconds(present))
                            : JobReplies.state(hints.body(present)));
        });
    }

    /** Reads the job from the store, for a principal who may see it. */
    private void whenVisible(Exchange exchange, JobId id, Consumer<JobEvent> answer) {
        exchange.replyWhen(
                services.streams().hub().read(id, exchange.connection().loop()),
                read -> answer.accept(visible(exchange, id, read).present()));
    }

    /** What the read found, if this principal may see it. */
    static JobSnapshot visible(Exchange exchange, JobId id, StoreRead read) {
        if (read.status() == StoreRead.Status.EXPIRED && exchange.principal().maySee(read.owner())) {
            throw new Rejection(JobReplies.gone(id, GoneReason.EXPIRED));
        }
        if (read.snapshot() == null
                || !exchange.principal().maySee(read.snapshot().owner())) {
            throw new Rejection(JobReplies.unknown(id));
        }
        return read.snapshot();
    }
}
