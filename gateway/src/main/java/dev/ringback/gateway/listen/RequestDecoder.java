package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.LimitsConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder, one request at a time: while a request is being answered the bytes behind it stay undecoded, so that answers
 * leave in order and whoever parks the connection gets those bytes raw.
 */
final class RequestDecoder extends HttpRequestDecoder {
    private boolean paused;
    /** Whether a call of Netty's decoder is under way, which goes on by itself once it is not paused any more. */
    private boolean decoding;
    /** Whether bytes of a head were taken in that has not come out yet. */
    private boolean midRequest;

    RequestDecoder(LimitsConfig limits) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.requestLineBytes())
                .setMaxHeaderSize(limits.headerBytes())
                .setAllowDuplicateContentLengths(false));
    }

    static void pause(ChannelPipeline pipeline) {
        RequestDecoder decoder = pipeline.get(RequestDecoder.class);
        if (decoder != null) {
            decoder.paused = true;
        }
    }

    /** Puts a fresh decoder in front, paused, with the bytes that were held meanwhile, which it takes over. */
    static void addTo(ChannelPipeline pipeline, LimitsConfig limits, @Nullable ByteBuf held) {
        RequestDecoder decoder = new RequestDecoder(limits);
        decoder.paused = true;
        pipeline.addFirst(decoder);
        if (held != null) {
            decode(pipeline, held);
        }
    }

    /** Goes on with what has arrived meanwhile. */
    static void resume(ChannelPipeline pipeline) {
        RequestDecoder decoder = pipeline.get(RequestDecoder.class);
        if (decoder != null) {
            decoder.paused = false;
            if (!decoder.decoding) {
                decode(pipeline, Unpooled.EMPTY_BUFFER);
            }
        }
    }

    private static void decode(ChannelPipeline pipeline, ByteBuf bytes) {
        ChannelHandlerContext ctx = pipeline.context(RequestDecoder.class);
        try {
            ((RequestDecoder) ctx.handler()).channelRead(ctx, bytes);
        } catch (Exception e) {
            ctx.fireExceptionCaught(e);
        }
    }

    /** Whether the client has begun a request and not finished its head. */
    static boolean isMidRequest(ChannelPipeline pipeline) {
        RequestDecoder decoder = pipeline.get(RequestDecoder.class);
        return decoder != null && (decoder.midRequest || decoder.actualReadableBytes() > 0);
    }

    /** Bytes that wait behind the present request are passed on as they are. */
    static void removeFrom(ChannelPipeline pipeline) {
        if (pipeline.get(RequestDecoder.class) != null) {
            pipeline.remove(RequestDecoder.class);
        }
    }

    /** How many bytes wait behind the present request. */
    static int waitingBytes(ChannelPipeline pipeline) {
        RequestDecoder decoder = pipeline.get(RequestDecoder.class);
        return decoder == null ? 0 : decoder.actualReadableBytes();
    }

    /** Not to be entered again from below: an inner call would release the bytes that the outer one goes on with. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object input) throws Exception {
        decoding = true;
        try {
            super.channelRead(ctx, input);
        } finally {
            decoding = false;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        decoding = true;
        super.channelInactive(ctx);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (paused) {
            return;
        }
        int messages = out.size();
        int bytes = in.readableBytes();
        super.decode(ctx, in, out);
        if (out.size() > messages) {
            midRequest = false;
        } else if (in.readableBytes() < bytes) {
            midRequest = true;
        }
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (!paused) {
            super.decodeLast(ctx, in, out);
        }
    }

    /** Two lengths are the stuff of smuggling (RFC 9112, section 6.3): refused, not repaired. */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Transfer-Encoding and Content-Length");
    }
}
