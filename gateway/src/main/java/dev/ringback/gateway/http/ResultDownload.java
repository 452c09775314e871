package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Parked;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.results.ResultId;
import dev.ringback.gateway.results.Results;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A long result on its way to a client: one piece is read when the piece before it has been taken, so that a slow client costs two
 * pieces of memory. The connection ends with it, because what the client sent meanwhile is thrown away; one that reads nothing for
 * {@code stream.stall-timeout} is cut off. Confined to the connection's loop.
 */
final class ResultDownload implements Parked {
    private static final Logger LOG = LoggerFactory.getLogger(ResultDownload.class);
    private static final int PIECE_BYTES = 65_536;

    private final Results results;
    private final ResultId id;
    private final ClientConnection connection;
    private final long stallNanos;
    private final long end;
    private long next;
    private boolean reading;
    private boolean ended;

    ResultDownload(Services services, ResultId id, ByteRange wanted, ClientConnection connection) {
        this.results = services.results();
        this.id = id;
        this.connection = connection;
        this.stallNanos = services.config().stream().stallTimeout().toNanos();
        this.next = wanted.from();
        this.end = wanted.to() + 1;
    }

    /** Sends the head, which states the length, and then the bytes. */
    void start(Reply head) {
        connection.stream(head, this);
        if (!ended) {
            connection.setDeadline(stallNanos);
            proceed();
        }
    }

    private void proceed() {
        if (ended || reading || !connection.isWritable()) {
            return;
        }
        if (next == end) {
            ended = true;
            connection.closeAfterWrites();
            return;
        }
        reading = true;
        int count = (int) Math.min(PIECE_BYTES, end - next);
        results.store()
                .read(id, next, count)
                .whenComplete((piece, failure) -> connection.loop().run(() -> onPiece(piece, failure)));
    }

    private void onPiece(byte @Nullable [] piece, @Nullable Throwable failure) {
        reading = false;
        if (ended) {
            return;
        }
        if (piece == null) {
            LOG.warn("a result can't be read to its end: {}", String.valueOf(failure));
            cutOff();
            return;
        }
        next += piece.length;
        results.counters().downloadedBytes.add(piece.length);
        ByteBuf bytes = connection.allocator().directBuffer(piece.length);
        connection.write(bytes.writeBytes(piece));
        connection.setDeadline(stallNanos);
        proceed();
    }

    /** Without the end that the head announced, the client knows that something is missing. */
    private void cutOff() {
        results.counters().downloadsFailed.increment();
        ended = true;
        connection.closeNow();
    }

    @Override
    public void onWritable() {
        proceed();
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        bytes.release();
    }

    @Override
    public void onDeadline() {
        if (!ended) {
            cutOff();
        }
    }

    @Override
    public void onClosed() {
        if (!ended) {
            results.counters().downloadsFailed.increment();
        }
        ended = true;
    }

    @Override
    public void onDrain() {
        // What has begun is sent to its end, or to drain.deadline.
    }
}
