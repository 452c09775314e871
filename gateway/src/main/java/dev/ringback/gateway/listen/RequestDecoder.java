package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.LimitsConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ByteProcessor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder, one request at a time: while a request is being answered the bytes behind it stay undecoded, so that answers
 * leave in order and whoever parks the connection gets those bytes raw.
 */
final class RequestDecoder extends HttpRequestDecoder {
    /** Where the next byte stands. */
    private enum Place {
        LINE,
        FIELDS,
        BODY,
        TRAILERS,
        REFUSED
    }

    private Place place = Place.LINE;
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
        if (place == Place.REFUSED) {
            in.skipBytes(in.readableBytes());
        } else if (place != Place.BODY && isFolded(in)) {
            refuseFold(in, out);
        } else {
            decodeNext(ctx, in, out);
        }
    }

    private void decodeNext(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        int messages = out.size();
        int bytes = in.readableBytes();
        boolean lastChunk = place == Place.BODY && isLastChunk(in);
        super.decode(ctx, in, out);
        if (out.size() > messages) {
            midRequest = false;
            place = out.get(out.size() - 1) instanceof LastHttpContent ? Place.LINE : Place.BODY;
        } else if (in.readableBytes() < bytes) {
            midRequest = true;
            place = lastChunk ? Place.TRAILERS : place;
        }
    }

    /** Whether a size line of zero comes next, or data that looks like one and comes out as a message. */
    private static boolean isLastChunk(ByteBuf in) {
        int end = in.readerIndex();
        while (end < in.writerIndex() && in.getByte(end) == '0') {
            end++;
        }
        return end > in.readerIndex() && end < in.writerIndex() && Character.digit(in.getUnsignedByte(end), 16) < 0;
    }

    /** Whether a line of the head or of the trailers begins with white space. What is behind their empty line is not looked at. */
    private boolean isFolded(ByteBuf in) {
        int line = place == Place.LINE ? in.forEachByte(ByteProcessor.FIND_NON_CRLF) : in.readerIndex();
        while (line >= 0 && line < in.writerIndex()) {
            byte first = in.getByte(line);
            if (first == ' ' || first == '\t' || isLoneReturn(in, line)) {
                return true;
            }
            boolean empty = first == '\r' || first == '\n';
            int end = empty ? -1 : in.indexOf(line, in.writerIndex(), (byte) '\n');
            line = end < 0 ? end : end + 1;
        }
        return false;
    }

    /** Netty takes a line that begins so for a field, and adds to it what folds behind it. */
    private static boolean isLoneReturn(ByteBuf in, int at) {
        return in.getByte(at) == '\r' && at + 1 < in.writerIndex() && in.getByte(at + 1) != '\n';
    }

    /**
     * A line that goes on from the one before is refused, as RFC 9112, section 5.2, has it: servers disagree about such lines, and
     * Netty copies all that came before for each of them, 30 ms of the loop's time for 32 KiB.
     */
    private void refuseFold(ByteBuf in, List<Object> out) {
        HttpObject refused = place == Place.TRAILERS ? new DefaultLastHttpContent() : createInvalidMessage();
        refused.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("a folded line")));
        out.add(refused);
        in.skipBytes(in.readableBytes());
        place = Place.REFUSED;
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (!paused) {
            super.decodeLast(ctx, in, out);
        }
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        return super.splitSecondWordInitialLine(line, requireOneSpace(line, start), length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        place = Place.FIELDS;
        String version = super.splitThirdWordInitialLine(line, requireOneSpace(line, start), length);
        if (!version.startsWith("HTTP/")) {
            throw new IllegalArgumentException("a version is case-sensitive");
        }
        return version;
    }

    /** Netty takes any white space, and any amount of it, even a CR, which others may take for the line's end (RFC 9112, section 3). */
    private static int requireOneSpace(byte[] line, int start) {
        if (line[start - 1] != ' ' || Character.isWhitespace(line[start - 2])) {
            throw new IllegalArgumentException("one space goes between the parts of a request line");
        }
        return start;
    }

    /** Two lengths are the stuff of smuggling (RFC 9112, section 6.3): refused, not repaired. */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Transfer-Encoding and Content-Length");
    }
}
