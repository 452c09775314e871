package dev.ringback.gateway.stream;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.ParkedWebSocket;
import dev.ringback.gateway.connection.Viewer;
import dev.ringback.gateway.hub.FanOut;
import dev.ringback.gateway.hub.WireFormat;
import dev.ringback.gateway.overload.Shortage;
import dev.ringback.gateway.stream.Subscriptions.Subscription;
import dev.ringback.protocol.CloseReason;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.EventName;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.InvalidDocumentException;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.Problem;
import dev.ringback.protocol.WebSocketCommand;
import dev.ringback.protocol.WebSocketEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A WebSocket, following as many jobs as its client asks for. */
public final class WebSocketStream extends EventStream implements ParkedWebSocket {
    private static final int SMALL = 256;
    /** 1005: the close frame had no code (RFC 6455, section 7.1.5). */
    private static final int NO_CODE = 1005;
    /** A client that answered none of so many pings in a row is gone. */
    private static final int MAX_UNANSWERED_PINGS = 2;

    private final Subscriptions subscriptions = new Subscriptions();
    private byte unansweredPings;
    private @Nullable CommandRate rate;

    public WebSocketStream(StreamContext context, ClientConnection connection, Viewer viewer) {
        super(context, connection, viewer);
        context.counters().webSockets.increment();
    }

    /** Answers the upgrade with the bytes given, which it takes over, and begins. */
    public void start(ByteBuf handshake) {
        send(handshake);
        opened();
        connection.parkWebSocket(this);
    }

    /** Begins with a job that the request named. */
    public void start(ByteBuf handshake, JobId id, @Nullable Cursor after) {
        start(handshake);
        if (phase() == Phase.STREAMING && subscriptions.get(id) == null) {
            subscribe(id, after);
            write(SMALL, out -> WebSocketEncoder.subscribed(List.of(id), out));
        }
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        bytes.release();
        throw new IllegalStateException("bytes of a WebSocket come as frames");
    }

    @Override
    public void onText(ByteBuf text) {
        unansweredPings = 0;
        if (phase() != Phase.STREAMING) {
            return;
        }
        if (rate == null) {
            rate = new CommandRate(context.config().webSocket().commandsPerSecond());
        }
        if (!rate.allows(loop().nanoTime())) {
            context.counters().floods.increment();
            close(CloseReason.FLOOD, CloseReason.FLOOD.text());
            return;
        }
        try {
            execute(WebSocketCommand.read(ByteBufUtil.getBytes(text)));
        } catch (InvalidDocumentException e) {
            Problem problem = new Problem(400, "command-malformed", "Not a command", e.detail());
            write(SMALL, out -> WebSocketEncoder.error(problem, out));
        }
    }

    private void execute(WebSocketCommand command) {
        switch (command.verb()) {
            case SUBSCRIBE -> subscribe(command);
            case UNSUBSCRIBE -> {
                for (JobId id : command.jobIds()) {
                    if (subscriptions.remove(id) != null) {
                        context.hub().unsubscribe(id, this);
                    }
                }
                write(SMALL * command.jobIds().size(), out -> WebSocketEncoder.unsubscribed(command.jobIds(), out));
            }
            case PING -> write(SMALL, out -> WebSocketEncoder.jsonPong(command.number(), out));
        }
    }

    private void subscribe(WebSocketCommand command) {
        boolean shortOfMemory = context.overload().refusesWaits();
        int limit = shortOfMemory ? 0 : context.config().limits().subscriptionsPerConnection();
        List<JobId> accepted = new ArrayList<>(command.jobIds().size());
        List<JobId> refused = new ArrayList<>(0);
        for (JobId id : command.jobIds()) {
            boolean known = subscriptions.get(id) != null;
            if (known || subscriptions.size() < limit) {
                accepted.add(id);
            } else {
                refused.add(id);
            }
            if (!known && subscriptions.size() < limit) {
                subscribe(id, command.after().get(id));
            }
        }
        if (!accepted.isEmpty()) {
            write(SMALL * accepted.size(), out -> WebSocketEncoder.subscribed(accepted, out));
        }
        if (!refused.isEmpty()) {
            String detail = "at most " + limit + " on one connection";
            Problem tooMany = new Problem(429, "too-many-subscriptions", "Too many subscriptions", detail);
            Problem problem = shortOfMemory ? Shortage.MEMORY.problem() : tooMany;
            refused.forEach(id -> write(SMALL + id.length(), out -> WebSocketEncoder.error(problem, id, out)));
        }
    }

    private void subscribe(JobId id, @Nullable Cursor after) {
        subscriptions.add(new Subscription(id, after));
        context.hub().subscribe(id, this, after);
    }

    @Override
    public void onPing(ByteBuf data) {
        unansweredPings = 0;
        if (phase() == Phase.STREAMING) {
            write(SMALL, out -> WebSocketEncoder.pong(data, out));
        }
    }

    @Override
    public void onPong() {
        unansweredPings = 0;
    }

    /** The answer to a close is the same close (RFC 6455, section 5.5.1). */
    @Override
    public void onClose(int code) {
        if (ended()) {
            Consumer<ByteBuf> echo =
                    code == NO_CODE ? WebSocketEncoder::close : out -> WebSocketEncoder.close(code, "", out);
            write(SMALL, echo);
            connection.closeAfterWrites();
        }
    }

    @Override
    public void onViolation(CloseReason reason) {
        close(reason, reason.text());
    }

    @Override
    public WireFormat format() {
        return WireFormat.WEB_SOCKET;
    }

    @Override
    public void onPresent(JobEvent present) {
        Subscription subscription = subscriptions.get(present.jobId());
        if (subscription == null || (subscription.answered && present.version() <= subscription.toldVersion)) {
            return;
        }
        // A second answer is this subscription's, and the first was an earlier one's of the same job.
        boolean first = !subscription.answered;
        subscription.answered = true;
        subscription.absent = false;
        if (!first || !present.isAt(subscription.after)) {
            tell(subscription, present, false);
        } else if (present.state().isTerminal()) {
            end(subscription);
            write(SMALL, out -> WebSocketEncoder.unsubscribed(List.of(subscription.id), out));
        }
    }

    @Override
    public void onAbsent(JobId id) {
        Subscription subscription = subscriptions.get(id);
        if (subscription == null) {
            return;
        }
        subscription.answered = true;
        if (context.waitsForUnknown()) {
            subscription.absent = true;
            subscription.absentSinceNanos = loop().nanoTime();
            awaitAbsent(context.unknownWaitNanos());
        } else {
            sendGone(subscription, GoneReason.UNKNOWN);
        }
    }

    @Override
    public void onEvents(FanOut fanOut) {
        Subscription subscription = subscriptions.get(fanOut.jobId());
        if (subscription == null || !subscription.answered || phase() != Phase.STREAMING) {
            return;
        }
        subscription.absent = false;
        sendKeptIfWritable();
        if (subscription.kept == null && maySend()) {
            send(fanOut.webSocket());
            subscription.toldVersion = fanOut.last().version();
            endAfter(subscription, fanOut.last());
        } else {
            tell(subscription, fanOut.last(), false);
        }
    }

    @Override
    public void onReset(JobEvent present) {
        Subscription subscription = subscriptions.get(present.jobId());
        if (subscription != null && subscription.answered) {
            tell(subscription, present, true);
        }
    }

    @Override
    public void onGone(JobId id, GoneReason reason) {
        Subscription subscription = subscriptions.get(id);
        if (subscription != null) {
            sendGone(subscription, reason);
        }
    }

    @Override
    public void onUnavailable(JobId id) {
        Subscription subscription = subscriptions.get(id);
        if (subscription != null) {
            end(subscription);
            sendError(id, "too-many-jobs", "Too many jobs are waited for");
        }
    }

    /** Sends the state now, or keeps it in place of an older one until the client reads. */
    private void tell(Subscription subscription, JobEvent event, boolean reset) {
        if (phase() != Phase.STREAMING) {
            return;
        }
        if (maySend()) {
            sendState(subscription, event, reset);
            return;
        }
        if (subscription.kept != null) {
            context.counters().coalesced.increment();
        }
        subscription.kept = event;
        subscription.keptReset |= reset;
    }

    private void sendState(Subscription subscription, JobEvent event, boolean reset) {
        subscription.toldVersion = event.version();
        write(WebSocketEncoder.sizeHint(event) * (reset ? 2 : 1), out -> {
            if (reset) {
                WebSocketEncoder.event(event, EventName.RESET, out);
            }
            WebSocketEncoder.event(event, out);
        });
        endAfter(subscription, event);
    }

    private void endAfter(Subscription subscription, JobEvent event) {
        if (event.state().isTerminal()) {
            end(subscription);
        }
    }

    private void end(Subscription subscription) {
        subscriptions.remove(subscription.id);
    }

    private void sendGone(Subscription subscription, GoneReason reason) {
        end(subscription);
        context.hub().unsubscribe(subscription.id, this);
        write(SMALL, out -> WebSocketEncoder.gone(subscription.id, reason, out));
    }

    @Override
    void sendKept() {
        for (Subscription subscription : subscriptions.all()) {
            JobEvent event = subscription.kept;
            if (event != null) {
                if (!maySend()) {
                    return;
                }
                boolean reset = subscription.keptReset;
                subscription.kept = null;
                subscription.keptReset = false;
                sendState(subscription, event, reset);
            }
        }
    }

    @Override
    void heartbeat() {
        if (unansweredPings >= MAX_UNANSWERED_PINGS) {
            close(CloseReason.IDLE, CloseReason.IDLE.text());
            return;
        }
        endUnanswered();
        unansweredPings++;
        write(WebSocketEncoder.MAX_HEADER, WebSocketEncoder::ping);
    }

    /** A subscription that the hub has not answered between two heartbeats won't be: the client is told so. */
    private void endUnanswered() {
        for (Subscription subscription : subscriptions.all()) {
            if (!subscription.answered && subscription.late) {
                end(subscription);
                context.hub().unsubscribe(subscription.id, this);
                sendError(subscription.id, "store-unavailable", "The store cannot answer");
            }
            subscription.late = true;
        }
    }

    private void sendError(JobId id, String code, String title) {
        Problem problem = new Problem(503, code, title, "try again later");
        write(SMALL + id.length(), out -> WebSocketEncoder.error(problem, id, out));
    }

    @Override
    void endAbsent() {
        long now = loop().nanoTime();
        long shortest = Long.MAX_VALUE;
        for (Subscription subscription : subscriptions.all()) {
            long left = context.unknownWaitNanos() - (now - subscription.absentSinceNanos);
            if (subscription.absent && left <= 0) {
                sendGone(subscription, GoneReason.UNKNOWN);
            } else if (subscription.absent) {
                shortest = Math.min(shortest, left);
            }
        }
        if (shortest != Long.MAX_VALUE) {
            awaitAbsent(shortest);
        }
    }

    @Override
    void noFirstAnswer() {
        throw new IllegalStateException("a WebSocket opens before its jobs answer");
    }

    @Override
    void endByAge() {
        closeForReconnect(CloseReason.MAX_AGE);
    }

    @Override
    void endSlow(String limit) {
        close(CloseReason.SLOW_CONSUMER, CloseReason.SLOW_CONSUMER.text() + ": " + limit);
    }

    @Override
    public void onDrain() {
        closeForReconnect(CloseReason.DRAIN);
    }

    @Override
    public void onClosed() {
        ended();
    }

    /** The reason says when to come back, so that not all clients do at once. */
    private void closeForReconnect(CloseReason reason) {
        close(reason, reason.text() + ", reconnect after " + context.reconnectMillis() + " ms");
    }

    private void close(CloseReason reason, String text) {
        if (ended()) {
            write(SMALL, out -> WebSocketEncoder.close(reason.code(), text, out));
            connection.closeAfterWrites();
        }
    }

    @Override
    void unsubscribeAll() {
        context.counters().webSockets.decrement();
        for (Subscription subscription : subscriptions.all()) {
            subscriptions.remove(subscription.id);
            context.hub().unsubscribe(subscription.id, this);
        }
    }

    private void write(int expectedBytes, Consumer<ByteBuf> encoder) {
        ByteBuf out = connection.allocator().directBuffer(expectedBytes);
        encoder.accept(out);
        send(out);
    }
}
