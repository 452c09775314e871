package dev.ringback.gateway.stream;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Parked;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.connection.Viewer;
import dev.ringback.gateway.hub.FanOut;
import dev.ringback.gateway.hub.HttpBody;
import dev.ringback.gateway.hub.Subscriber;
import dev.ringback.gateway.hub.WireFormat;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.Problem;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One held request: answered by the first thing that it waits for, or at its deadline by the state that the store has then. */
public final class LongPoll implements Parked, Subscriber {
    private static final Logger LOG = LoggerFactory.getLogger(LongPoll.class);

    private final StreamContext context;
    private final ClientConnection connection;
    private final Viewer viewer;
    private final JobId id;
    private final Goal goal;
    private long endNanos;
    private boolean ended;

    /** What a held request waits for, and how it is answered. */
    public interface Goal {
        /** How far the client has followed the job; null for not at all. */
        default @Nullable Cursor seen() {
            return null;
        }

        /** Whether the state that is there when the wait begins answers it. */
        boolean isMetAtOnce(JobEvent present);

        /** Whether a change answers it. */
        boolean isMetBy(JobEvent change);

        /**
         * The answer to a goal that is met.
         */
        void reached(HttpBody present, ClientConnection connection);

        /** The answer where the store went back: what the client has seen counts no more. */
        default void reset(HttpBody present, ClientConnection connection) {
            reached(present, connection);
        }

        /** The answer when time is up, from the state that the store has now. */
        void expired(HttpBody present, boolean closing, ClientConnection connection);
    }

    public LongPoll(StreamContext context, ClientConnection connection, Viewer viewer, JobId id, Goal goal) {
        this.context = context;
        this.connection = connection;
        this.viewer = viewer;
        this.id = id;
        this.goal = goal;
    }

    /** Parks the connection and waits. */
    public void start(Duration wait) {
        context.counters().longPolls.increment();
        endNanos = loop().nanoTime() + wait.toNanos();
        connection.setDeadline(wait.toNanos());
        connection.park(this);
        if (!ended) {
            context.hub().subscribe(id, this, goal.seen());
        }
    }

    @Override
    public Loop loop() {
        return connection.loop();
    }

    @Override
    public WireFormat format() {
        return WireFormat.JSON;
    }

    @Override
    public boolean maySee(@Nullable String owner) {
        return viewer.maySee(owner);
    }

    @Override
    public void onPresent(JobEvent present) {
        if (!ended && goal.isMetAtOnce(present)) {
            end();
            goal.reached(body(present), connection);
        }
    }

    @Override
    public void onAbsent(JobId job) {
        if (ended) {
            return;
        }
        if (!context.waitsForUnknown()) {
            reply(JobReplies.unknown(id));
        } else {
            long left = endNanos - loop().nanoTime();
            connection.setDeadline(Math.min(left, context.unknownWaitNanos()));
        }
    }

    @Override
    public void onEvents(FanOut fanOut) {
        JobEvent last = fanOut.last();
        if (!ended && goal.isMetBy(last)) {
            end();
            goal.reached(fanOut.body(), connection);
        } else if (!ended) {
            // The job is there: the time for unknown ones, which may have been set, counts no more.
            connection.setDeadline(endNanos - loop().nanoTime());
        }
    }

    @Override
    public void onReset(JobEvent present) {
        if (!ended && goal.isMetBy(present)) {
            end();
            goal.reset(body(present), connection);
        }
    }

    @Override
    public void onGone(JobId job, GoneReason reason) {
        if (!ended) {
            reply(JobReplies.gone(id, reason));
        }
    }

    @Override
    public void onUnavailable(JobId job) {
        if (!ended) {
            reply(JobReplies.overloaded(new Problem(
                    503, "too-many-jobs", "Too many jobs are waited for", "this gateway follows no more jobs")));
        }
    }

    @Override
    public void onFault() {
        if (!ended) {
            end();
        }
        connection.closeNow();
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        connection.hold(bytes);
    }

    @Override
    public void onDeadline() {
        answerNow(false);
    }

    @Override
    public void onDrain() {
        answerNow(true);
    }

    private void answerNow(boolean closing) {
        if (ended) {
            return;
        }
        context.hub().read(id, loop()).whenComplete((read, failure) -> {
            try {
                answer(read, failure, closing);
            } catch (RuntimeException bug) {
                LOG.error("a held request could not be answered", bug);
                onFault();
            }
        });
    }

    private void answer(@Nullable StoreRead read, @Nullable Throwable failure, boolean closing) {
        if (ended) {
            return;
        }
        if (failure != null) {
            reply(JobReplies.unavailable(StoreException.of(failure)));
        } else if (read != null) {
            answer(read, closing);
        }
    }

    private void answer(StoreRead read, boolean closing) {
        if (read.snapshot() == null || !viewer.maySee(read.owner())) {
            boolean expired = read.status() == StoreRead.Status.EXPIRED && viewer.maySee(read.owner());
            Reply gone = JobReplies.gone(id, expired ? GoneReason.EXPIRED : GoneReason.UNKNOWN);
            reply(closing ? gone.closing() : gone);
            return;
        }
        end();
        goal.expired(body(read.snapshot().present()), closing, connection);
    }

    @Override
    public void onWritable() {
        // A held request writes once, and that fits.
    }

    @Override
    public void onClosed() {
        if (!ended) {
            end();
        }
    }

    private HttpBody body(JobEvent present) {
        return context.hints().body(present);
    }

    private void reply(Reply reply) {
        end();
        connection.reply(reply);
    }

    private void end() {
        ended = true;
        context.counters().longPolls.decrement();
        context.hub().unsubscribe(id, this);
    }
}
