package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.BodySink;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.results.ResultId;
import dev.ringback.gateway.results.ResultMeta;
import dev.ringback.gateway.results.Results;
import dev.ringback.gateway.store.JobStore.Origin;
import dev.ringback.gateway.store.LeaseUse;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.Problem;
import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One upload on its way: the job is looked at, then the body goes to the store in pieces, then the job is completed.
 *
 * <pre>
 *            the job may take it          whole, and all of it stored
 *   CHECKING ──────────────────► STORING ────────────────────────────► COMPLETING ──► ENDED
 *       └────────── refused, broken off, not stored ──────┴─────────────────────────────▲
 * </pre>
 *
 * A job that an upload has completed already is not given another: the bytes are only compared, because a worker that did not hear
 * the answer sends them again. Confined to the connection's loop.
 */
final class ResultUpload implements BodySink {
    private static final Logger LOG = LoggerFactory.getLogger(ResultUpload.class);
    private static final int PIECE_BYTES = 65_536;
    /** Pieces that are on their way to the store, or wait for that, before the client has to wait. */
    private static final int MAX_PIECES = 4;

    private enum Phase {
        CHECKING,
        STORING,
        COMPLETING,
        ENDED
    }

    private final Services services;
    private final Exchange exchange;
    private final JobId job;
    private final String mediaType;
    private final @Nullable LeaseUse lease;
    private final MessageDigest digest = sha256();
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private Phase phase = Phase.CHECKING;
    private boolean entered;
    private boolean whole;
    /** Whether the client was told to send, or to wait. */
    private boolean steered;

    private boolean paused;
    private byte[] piece = {};
    private int filled;
    private int underWay;
    private long length;
    private long storedLength;
    /** Null where nothing is stored: the job has its result, and the bytes are only compared. */
    private @Nullable ResultId target;

    private @Nullable JobEvent completed;
    private Duration life;

    ResultUpload(Services services, Exchange exchange, JobId job, String mediaType, @Nullable LeaseUse lease) {
        this.services = services;
        this.exchange = exchange;
        this.job = job;
        this.mediaType = mediaType;
        this.lease = lease;
        this.life = services.config().jobs().resultTtl();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }

    // ── the job ────────────────────────────────────────────────────────────────────────────────────────────────

    @Override
    public void begin() {
        entered = results().beginUpload();
        if (!entered) {
            int limit = results().config().uploads();
            refuse(JobReplies.overloaded(new Problem(
                    503, "too-many-uploads", "Too many uploads", "results.uploads = " + limit + " are on their way")));
            return;
        }
        when(services.store().read(job), this::look);
    }

    private void look(StoreRead read) {
        boolean creates = services.config().jobs().autoCreate();
        if (read.status() == StoreRead.Status.ABSENT && creates) {
            open();
            return;
        }
        JobEvent present = JobEndpoint.visible(exchange, job, read).present();
        if (!present.state().isTerminal()) {
            when(services.store().submitted(job), this::openFor);
        } else {
            // A worker that is told of the end does not try again: the store's own refusal, unlike a read, tells only
            // what replicas have
            // too where that is promised. No job can be moved back like this.
            Origin origin = new Origin(exchange.principal().owner(), false, null);
            when(services.store().apply(job, JobChange.to(JobState.QUEUED), origin), this::lookAtEnd);
        }
    }

    private void lookAtEnd(StoreWrite write) {
        switch (write.outcome()) {
            case REFUSED -> lookAtEnd(write.job());
            case EXPIRED -> throw new Rejection(JobReplies.expired(job));
            default -> throw new Rejection(JobReplies.unknown(job));
        }
    }

    private void lookAtEnd(JobEvent present) {
        if (!present.state().isTerminal()) {
            throw new Rejection(JobReplies.unavailable(new StoreException(
                    StoreException.Kind.UNAVAILABLE, "the job's end was undone: send the result again")));
        }
        if (ResultId.of(present) == null) {
            throw new Rejection(WorkerEventEndpoint.refused(present, JobState.COMPLETED.wireName()));
        }
        completed = present;
        receive();
    }

    private void openFor(@Nullable NewJob submitted) {
        Duration ttl = submitted == null ? null : submitted.ttl();
        life = ttl == null ? life : ttl;
        open();
    }

    private void open() {
        target = ResultId.random(job, services.random());
        receive();
    }

    private void receive() {
        phase = Phase.STORING;
        pump();
    }

    // ── the body ───────────────────────────────────────────────────────────────────────────────────────────────

    @Override
    public void onPart(ByteBuf part) {
        if (phase == Phase.ENDED) {
            return;
        }
        length += part.readableBytes();
        results().counters().uploadedBytes.add(part.readableBytes());
        if (length > results().config().maxBytes()) {
            refuse(tooLarge(services));
            return;
        }
        while (part.isReadable()) {
            if (piece.length == 0) {
                piece = new byte[PIECE_BYTES];
            }
            int count = Math.min(part.readableBytes(), PIECE_BYTES - filled);
            part.readBytes(piece, filled, count);
            filled += count;
            if (filled == PIECE_BYTES) {
                finishPiece();
            }
        }
        pump();
    }

    private void finishPiece() {
        digest.update(piece, 0, filled);
        waiting.add(filled == PIECE_BYTES ? piece : Arrays.copyOf(piece, filled));
        piece = new byte[0];
        filled = 0;
    }

    @Override
    public void onEnd() {
        if (filled > 0) {
            finishPiece();
        }
        whole = true;
        pump();
    }

    /** Hands on what the store may get now, and has the client wait or go on. */
    private void pump() {
        if (phase != Phase.STORING) {
            return;
        }
        while (underWay < MAX_PIECES && !waiting.isEmpty()) {
            store(waiting.remove());
        }
        // A store that answers at once has been here already.
        if (phase != Phase.STORING) {
            return;
        }
        if (whole && underWay == 0 && waiting.isEmpty()) {
            complete();
        } else {
            steer();
        }
    }

    private void steer() {
        boolean pauses = underWay >= MAX_PIECES;
        if (!steered || pauses != paused) {
            steered = true;
            paused = pauses;
            exchange.connection().receiveBody(!pauses);
        }
    }

    private void store(byte[] next) {
        long offset = storedLength;
        storedLength += next.length;
        if (target == null) {
            return;
        }
        underWay++;
        when(results().store().append(target, offset, next), stored -> {
            underWay--;
            pump();
        });
    }

    @Override
    public void onAborted() {
        end(true);
    }

    // ── the end ────────────────────────────────────────────────────────────────────────────────────────────────

    private void complete() {
        phase = Phase.COMPLETING;
        ResultMeta meta = new ResultMeta(mediaType, length, HexFormat.of().formatHex(digest.digest()));
        UploadEnding ending = new UploadEnding(services, exchange, job, meta, lease);
        CompletionStage<UploadEnding.Outcome> outcome =
                target == null ? ending.compare(completed) : ending.complete(target, life);
        when(outcome, answer -> {
            end(!answer.keepsBytes());
            if (answer.isResult()) {
                results().counters().uploads.increment();
            }
            exchange.reply(answer.reply());
        });
    }

    /** Takes what becomes of the stage on the connection's loop, unless the upload has ended meanwhile; failures refuse it. */
    private <T extends @Nullable Object> void when(CompletionStage<T> stage, Consumer<T> next) {
        stage.whenComplete((value, failure) -> exchange.connection().loop().run(() -> {
            if (phase == Phase.ENDED) {
                return;
            }
            try {
                if (failure != null) {
                    refuse(unavailable(StoreException.of(failure)));
                } else {
                    next.accept(value);
                }
            } catch (Rejection rejection) {
                refuse(rejection.reply());
            } catch (RuntimeException bug) {
                LOG.error("an upload failed", bug);
                refuse(Router.internalError());
            }
        }));
    }

    private void refuse(Reply reply) {
        end(true);
        exchange.reply(reply);
    }

    private void end(boolean removes) {
        if (phase == Phase.ENDED) {
            return;
        }
        phase = Phase.ENDED;
        waiting.clear();
        if (entered) {
            results().endUpload();
        }
        if (removes) {
            results().counters().uploadsFailed.increment();
            if (target != null) {
                results().store().remove(target);
            }
        }
    }

    private Results results() {
        return services.results();
    }

    static Reply tooLarge(Services services) {
        long limit = services.results().config().maxBytes();
        return Reply.problem(new Problem(
                413, "result-too-large", "Result too large", "at most " + limit + " bytes: results.max-bytes"));
    }

    /** The store of results can't take it now. */
    private static Reply unavailable(StoreException failure) {
        return failure.kind() == StoreException.Kind.FULL
                ? JobReplies.overloaded(new Problem(503, "results-full", "No room for results", failure.detail()))
                : JobReplies.unavailable(failure);
    }
}
