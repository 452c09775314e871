package dev.ringback.gateway.listen;

import dev.ringback.gateway.connection.ParkedWebSocket;
import dev.ringback.protocol.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.util.List;

/**
 * The reading of WebSocket frames, which an idle connection does without: the first byte brings Netty's decoder, validator and
 * aggregator into the pipeline, and they leave when the client is between messages.
 */
final class WebSocketFrames {
    private static final String DECODER = "frames";
    private static final String VALIDATOR = "utf8";
    private static final String AGGREGATOR = "messages";

    private WebSocketFrames() {}

    /** Notes where in the client's bytes it stands. */
    private static final class FrameDecoder extends WebSocket13FrameDecoder {
        private boolean midFrame;
        private boolean midMessage;

        FrameDecoder(int maxFrameBytes) {
            super(WebSocketDecoderConfig.newBuilder()
                    .expectMaskedFrames(true)
                    .allowExtensions(false)
                    .maxFramePayloadLength(maxFrameBytes)
                    .closeOnProtocolViolation(false)
                    .build());
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
            int framesBefore = out.size();
            int bytesBefore = in.readableBytes();
            super.decode(ctx, in, out);
            if (out.size() > framesBefore) {
                midFrame = false;
                midMessage = staysMidMessage((WebSocketFrame) out.get(out.size() - 1));
            } else if (in.readableBytes() < bytesBefore) {
                midFrame = true;
            }
        }

        /** Control frames may come between the fragments of a message. */
        private boolean staysMidMessage(WebSocketFrame frame) {
            boolean control = frame instanceof PingWebSocketFrame
                    || frame instanceof PongWebSocketFrame
                    || frame instanceof CloseWebSocketFrame;
            return control ? midMessage : !frame.isFinalFragment();
        }

        boolean isBetweenMessages() {
            return !midFrame && !midMessage && actualReadableBytes() == 0;
        }
    }

    /** Begins to read frames with these bytes, which it takes over. */
    static void begin(ChannelPipeline pipeline, int maxBytes, ByteBuf bytes) {
        pipeline.addFirst(AGGREGATOR, new WebSocketFrameAggregator(maxBytes));
        pipeline.addFirst(VALIDATOR, new Utf8FrameValidator(false));
        pipeline.addFirst(DECODER, new FrameDecoder(maxBytes));
        pipeline.fireChannelRead(bytes);
    }

    /** Lets the decoder go if the client has finished what it was saying. */
    static void endIfIdle(ChannelPipeline pipeline) {
        if (pipeline.get(DECODER) instanceof FrameDecoder decoder && decoder.isBetweenMessages()) {
            pipeline.remove(DECODER);
            pipeline.remove(VALIDATOR);
            pipeline.remove(AGGREGATOR);
        }
    }

    /** Hands a frame to the wait, and releases it. */
    static void dispatch(WebSocketFrame frame, ParkedWebSocket wait) {
        try {
            if (frame instanceof TextWebSocketFrame) {
                wait.onText(frame.content());
            } else if (frame instanceof PingWebSocketFrame) {
                wait.onPing(frame.content());
            } else if (frame instanceof PongWebSocketFrame) {
                wait.onPong();
            } else if (frame instanceof CloseWebSocketFrame close) {
                wait.onClose(close.statusCode() < 0 ? WebSocketCloseStatus.EMPTY.code() : close.statusCode());
            } else if (frame instanceof BinaryWebSocketFrame) {
                wait.onViolation(CloseReason.UNSUPPORTED_DATA);
            }
        } finally {
            frame.release();
        }
    }

    /** What a failure of the decoder means to the client. */
    static CloseReason violation(DecoderException failure) {
        if (failure instanceof TooLongFrameException) {
            return CloseReason.TOO_BIG;
        }
        if (failure instanceof CorruptedWebSocketFrameException corrupted) {
            WebSocketCloseStatus status = corrupted.closeStatus();
            if (status.equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
                return CloseReason.TOO_BIG;
            }
            if (status.equals(WebSocketCloseStatus.INVALID_PAYLOAD_DATA)) {
                return CloseReason.INVALID_UTF8;
            }
        }
        return CloseReason.PROTOCOL_ERROR;
    }
}
