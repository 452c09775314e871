package dev.ringback.gateway.webhook.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a receiver, for one request after another. Confined to its loop.
 *
 * <pre>
 *   idle ─ask─► asked ─► head ─► body ─► idle      {@link #isReusable}
 *                 └────────┴───────┴───► lost
 * </pre>
 */
final class Connection extends ChannelInboundHandlerAdapter {
    private static final int SWITCHING_PROTOCOLS = 101;

    /** Who has sent a request. After {@link #ended} or {@link #lost} it hears nothing more. */
    interface Asker {
        void head(HttpResponse head);

        /** A piece of the body, to be looked at and not to be kept. */
        void body(ByteBuf piece);

        /** The answer is whole. */
        void ended(Connection connection);

        /** No more of the answer will come. */
        void lost(@Nullable Throwable cause);
    }

    private final Peer peer;
    private final AnswerDecoder decoder = new AnswerDecoder();
    private final long openedNanos;
    private @Nullable Channel channel;
    private @Nullable Asker asker;
    /** Whether what comes is an interim answer, which nobody waits for. */
    private boolean isInterim;
    /** Whether the last request went out whole, and its answer allows for another. */
    private boolean isReusable = true;

    private boolean isWritten;

    Connection(Peer peer, long nowNanos) {
        this.peer = peer;
        this.openedNanos = nowNanos;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
    }

    private Channel channel() {
        return Objects.requireNonNull(channel, "not in a pipeline yet");
    }

    /** The handler before this one. */
    ChannelHandler decoder() {
        return decoder;
    }

    Peer peer() {
        return peer;
    }

    long openedNanos() {
        return openedNanos;
    }

    boolean isReusable() {
        return isReusable && isWritten && !decoder.hasMore() && channel().isActive();
    }

    /** Sends a request, which it owns from now on. */
    void ask(FullHttpRequest request, Asker newAsker) {
        assert channel().eventLoop().inEventLoop();
        assert asker == null;
        asker = newAsker;
        isWritten = false;
        channel().writeAndFlush(request).addListener(written -> {
            isWritten = written.isSuccess();
            if (!isWritten) {
                lose(written.cause());
            }
        });
    }

    /** Closes it; the one that asked hears nothing more. */
    void close() {
        asker = null;
        var unused = channel().close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            read((HttpObject) message);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(HttpObject part) {
        Asker waiting = asker;
        if (waiting == null) {
            // Nobody asked for it, and the next answer might not be the next request's.
            close();
        } else if (part.decoderResult().isFailure()) {
            lose(part.decoderResult().cause());
        } else if (part instanceof HttpResponse head) {
            readHead(head, waiting);
        } else if (part instanceof HttpContent content) {
            readBody(content, waiting);
        }
    }

    private void readHead(HttpResponse head, Asker waiting) {
        if (head.status().code() == SWITCHING_PROTOCOLS) {
            lose(new CodecException("101 Switching Protocols, which nobody asked for"));
            return;
        }
        isInterim = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (!isInterim) {
            isReusable = HttpUtil.isKeepAlive(head);
            waiting.head(head);
        }
    }

    private void readBody(HttpContent content, Asker waiting) {
        if (isInterim) {
            return;
        }
        waiting.body(content.content());
        // The piece may have been enough.
        if (content instanceof LastHttpContent && asker == waiting) {
            asker = null;
            waiting.ended(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        lose(null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        lose(cause);
    }

    private void lose(@Nullable Throwable cause) {
        Asker waiting = asker;
        close();
        if (waiting != null) {
            waiting.lost(cause);
        }
    }
}
