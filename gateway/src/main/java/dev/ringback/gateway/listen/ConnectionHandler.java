package dev.ringback.gateway.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.connection.BodySink;
import dev.ringback.gateway.connection.Parked;
import dev.ringback.gateway.connection.ParkedWebSocket;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.http.RequestHandler;
import dev.ringback.gateway.overload.Shortage;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection, the only handler of ours in its pipeline, from accept to close. {@link ConnectionState} draws its life.
 * Confined to the connection's loop.
 */
final class ConnectionHandler extends HoldingConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);

    /** How long a client may take to close after the last byte was sent to it. */
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    @Nullable ConnectionHandler previous;

    @Nullable ConnectionHandler next;

    private @Nullable Parked wait;
    private @Nullable RequestReader reading;
    private boolean keepAlive;
    /** Whether the present deadline is already the one for a head that has begun. */
    private boolean headBegun;

    private boolean headOnly;

    ConnectionHandler(ConnectionContext shared, LoopConnections connections) {
        super(shared, connections);
    }

    // ── requests ───────────────────────────────────────────────────────────────────────────────────────────────

    @Override
    public void channelActive(ChannelHandlerContext context) {
        ctx = context;
        headBegun = true;
        connections.add(this);
        setDeadline(shared.limits().headerTimeout().toNanos());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (state() == ConnectionState.CLOSING) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof ByteBuf bytes) {
            onBytes(bytes);
        } else if (message instanceof WebSocketFrame frame && wait instanceof ParkedWebSocket webSocket) {
            WebSocketFrames.dispatch(frame, webSocket);
        } else {
            onHttp(message);
        }
    }

    /** Bytes come undecoded only while parked. */
    private void onBytes(ByteBuf bytes) {
        if (wait instanceof ParkedWebSocket) {
            WebSocketFrames.begin(
                    context().pipeline(), shared.config().webSocket().frameBytes(), bytes);
        } else if (wait != null) {
            wait.onBytes(bytes);
        } else {
            bytes.release();
        }
    }

    private void onHttp(Object message) {
        try {
            if (message instanceof HttpRequest head) {
                onHead(head);
            }
            if (message instanceof HttpContent content && state() == ConnectionState.READING) {
                onContent(content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void onHead(HttpRequest head) {
        headBegun = false;
        headOnly = head.method().equals(HttpMethod.HEAD);
        keepAlive = HttpUtil.isKeepAlive(head) && isFramedSafely(head);
        RequestHandler handler = enterClient(head) ? shared.handler() : shared.turnAway(Shortage.CLIENT_CONNECTIONS);
        RequestReader reader = new RequestReader(head, handler);
        Problem problem = reader.begin(this, shared.limits());
        if (problem != null) {
            refuse(problem);
            return;
        }
        reading = reader;
        moveTo(ConnectionState.READING);
        BodySink sink = reader.sink();
        if (sink == null) {
            askForBody(reader);
        } else {
            receiveBody(false);
            sink.begin();
        }
    }

    /** Of several lengths in an HTTP/1.0 request Netty takes the first; what follows its body may be anything. */
    private static boolean isFramedSafely(HttpRequest head) {
        return head.protocolVersion().equals(HttpVersion.HTTP_1_1)
                || !head.headers().contains(HttpHeaderNames.CONTENT_LENGTH);
    }

    private void askForBody(RequestReader reader) {
        setDeadline(shared.limits().bodyTimeout().toNanos());
        if (reader.takeContinue()) {
            write(Unpooled.copiedBuffer(CONTINUE, ISO_8859_1));
        }
    }

    @Override
    public void receiveBody(boolean wanted) {
        RequestReader reader = reading;
        if (reader == null) {
            return;
        }
        reader.setReceiving(wanted);
        context().channel().config().setAutoRead(wanted);
        if (wanted) {
            askForBody(reader);
        } else {
            setDeadline(shared.answerNanos());
        }
    }

    private void onContent(HttpContent content) {
        RequestReader reader = reading;
        if (reader == null) {
            return;
        }
        Problem problem = reader.add(content, shared.limits());
        boolean refused = reading == null;
        if (problem != null) {
            refuse(problem);
        } else if (content instanceof LastHttpContent && !refused) {
            onRequest(reader);
        } else if (reader.takeNewTime() && !refused) {
            setDeadline(shared.limits().bodyTimeout().toNanos());
        }
    }

    private void onRequest(RequestReader request) {
        reading = null;
        if (!beginAnswer()) {
            request.divertTo(shared.turnAway(Shortage.REQUESTS));
        }
        shared.counters().requests.increment();
        RequestDecoder.pause(context().pipeline());
        setDeadline(shared.answerNanos());
        if (request.sink() != null) {
            context().channel().config().setAutoRead(true);
        }
        request.end(this);
    }

    /** A request that can't be read leaves nothing that could be read behind it. */
    private void refuse(Problem problem) {
        shared.counters().malformed.increment();
        abandonBody();
        moveTo(ConnectionState.ANSWERING);
        reply(Reply.problem(problem).closing());
    }

    private void abandonBody() {
        RequestReader abandoned = reading;
        reading = null;
        if (abandoned != null) {
            abandoned.abort();
        }
    }

    // ── answers ────────────────────────────────────────────────────────────────────────────────────────────────

    @Override
    public void reply(Reply reply) {
        // Of a body that is taken in parts the rest may be refused; what would follow it can't be found then.
        boolean early = state() == ConnectionState.READING && reading != null && reading.sink() != null;
        if (!early && !isToBeAnswered()) {
            return;
        }
        reading = null;
        shared.counters().replies(reply.status() / 100).increment();
        boolean closing = early || reply.isClosing() || !keepAlive || shared.isDraining();
        write(ReplyEncoder.encode(reply, headOnly, closing, allocator()));
        if (closing) {
            closeAfterWrites();
            return;
        }
        if (state() == ConnectionState.PARKED) {
            RequestDecoder.addTo(context().pipeline(), shared.limits(), takeHeld());
        }
        moveTo(ConnectionState.IDLE);
        wait = null;
        proceed();
    }

    private boolean isToBeAnswered() {
        return state() == ConnectionState.ANSWERING || state() == ConnectionState.PARKED;
    }

    @Override
    public void stream(Reply head, Parked body) {
        if (!isToBeAnswered()) {
            body.onClosed();
            return;
        }
        shared.counters().replies(head.status() / 100).increment();
        write(ReplyEncoder.encode(head, headOnly, true, allocator()));
        ReferenceCountUtil.release(takeHeld());
        moveTo(ConnectionState.ANSWERING);
        park(body);
    }

    /** Goes on to the next request, but not before the client has read enough of the answers. */
    private void proceed() {
        boolean writable = isWritable();
        setDeadline((writable
                        ? shared.limits().idleTimeout()
                        : shared.config().stream().stallTimeout())
                .toNanos());
        context().channel().config().setAutoRead(writable);
        if (writable) {
            RequestDecoder.resume(context().pipeline());
            timeHead();
        }
    }

    /** The next request may have begun behind the one before, which was answered long after all of this was read. */
    private void timeHead() {
        if (state() == ConnectionState.IDLE
                && !headBegun
                && RequestDecoder.isMidRequest(context().pipeline())) {
            headBegun = true;
            setDeadline(shared.limits().headerTimeout().toNanos());
        }
    }

    @Override
    public void park(Parked newWait) {
        if (state() != ConnectionState.ANSWERING) {
            newWait.onClosed();
            return;
        }
        moveTo(ConnectionState.PARKED);
        wait = newWait;
        context().channel().config().setAutoRead(true);
        RequestDecoder.removeFrom(context().pipeline());
        if (shared.isDraining()) {
            loop().execute(this::drain);
        }
    }

    @Override
    public void parkWebSocket(ParkedWebSocket newWait) {
        park(newWait);
    }

    @Override
    public void closeAfterWrites() {
        if (state() == ConnectionState.CLOSING || ctx == null) {
            return;
        }
        moveTo(ConnectionState.CLOSING);
        wait = null;
        ReferenceCountUtil.release(takeHeld());
        // What still comes is thrown away; a decoder that is paused would keep it.
        RequestDecoder.removeFrom(ctx.pipeline());
        setDeadline(shared.config().stream().stallTimeout().toNanos());
        ctx.channel().config().setAutoRead(true);
        GracefulClose.start(ctx.channel(), () -> setDeadline(CLOSE_NANOS), this::closeNow);
    }

    /** Ends this connection because the gateway stops; a request that has begun is still answered. */
    void drain() {
        if (state() == ConnectionState.IDLE
                && !RequestDecoder.isMidRequest(context().pipeline())) {
            closeAfterWrites();
        } else if (wait != null) {
            wait.onDrain();
        }
    }

    // ── what happens to it ─────────────────────────────────────────────────────────────────────────────────────

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        timeHead();
        if (state() == ConnectionState.ANSWERING && RequestDecoder.waitingBytes(context.pipeline()) > MAX_HELD_BYTES) {
            context.channel().config().setAutoRead(false);
        } else if (wait instanceof ParkedWebSocket) {
            WebSocketFrames.endIfIdle(context.pipeline());
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!context.channel().isWritable()) {
            return;
        }
        if (wait != null) {
            wait.onWritable();
        } else if (state() == ConnectionState.IDLE) {
            proceed();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        clearDeadline();
        connections.remove(this);
        moveTo(ConnectionState.CLOSING);
        abandonBody();
        Parked waiting = wait;
        wait = null;
        if (waiting != null) {
            waiting.onClosed();
        }
        ReferenceCountUtil.release(takeHeld());
    }

    @Override
    protected void onDeadline() {
        if (wait != null) {
            wait.onDeadline();
            return;
        }
        boolean writing = state() == ConnectionState.CLOSING || (state() == ConnectionState.IDLE && !isWritable());
        if (writing && connections.takesBytes(this)) {
            setDeadline(shared.config().stream().stallTimeout().toNanos());
            return;
        }
        shared.counters().timeouts.increment();
        boolean midRequest = !writing
                && state() == ConnectionState.IDLE
                && RequestDecoder.isMidRequest(context().pipeline());
        if (state() == ConnectionState.READING || midRequest) {
            refuse(Malformed.tooSlow());
        } else if (state() == ConnectionState.ANSWERING) {
            reply(JobReplies.overloaded(Malformed.noAnswer()).closing());
        } else {
            closeNow();
        }
    }

    @Override
    @SuppressWarnings("deprecation") // only for outbound handlers
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof DecoderException broken && wait instanceof ParkedWebSocket webSocket) {
            webSocket.onViolation(WebSocketFrames.violation(broken));
        } else {
            boolean expected = cause instanceof IOException || cause instanceof CodecException;
            if (!expected) {
                LOG.error("a connection failed in state {}", state(), cause);
            }
            closeNow();
        }
    }
}
