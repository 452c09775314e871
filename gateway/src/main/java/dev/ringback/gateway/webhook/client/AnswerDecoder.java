package dev.ringback.gateway.webhook.client;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponseDecoder;

/** Reads answers, within limits. */
final class AnswerDecoder extends HttpResponseDecoder {
    private static final int HEAD_BYTES = 16 << 10;
    private static final int STATUS_LINE_BYTES = 4 << 10;
    private static final int PIECE_BYTES = 8 << 10;

    AnswerDecoder() {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(STATUS_LINE_BYTES)
                .setMaxHeaderSize(HEAD_BYTES)
                .setMaxChunkSize(PIECE_BYTES));
    }

    /** Whether bytes came that belong to no answer so far. */
    boolean hasMore() {
        return actualReadableBytes() > 0;
    }
}
