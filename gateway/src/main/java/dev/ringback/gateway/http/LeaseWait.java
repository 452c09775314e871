package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Parked;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.queue.LeasedJob;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.gateway.queue.Queues;
import dev.ringback.gateway.queue.Taker;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.stream.JobReplies;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.List;

/**
 * A worker's held request for jobs. It is answered once: by jobs, or when its time is up. Jobs that are under way to it when its time is
 * up are still given to it; those that come when it is gone go back to their queue.
 */
final class LeaseWait implements Parked, Taker {
    private final Queues queues;
    private final ClientConnection connection;
    private final Wish wish;
    private final boolean many;
    /** Whether it stands in line no more than an answer that is under way takes. Written on the connection's loop. */
    private volatile boolean leaving;
    /** Whether nobody is there any more. Written on the connection's loop. */
    private volatile boolean gone;
    /** Whether the connection is to close with the answer. Confined to the connection's loop. */
    private boolean closing;

    private boolean answered;
    /** Set before anybody is asked. */
    private Reply nothing = LeaseEndpoint.nothing();

    /** @param many whether the answer is a list */
    LeaseWait(Queues queues, Exchange exchange, Wish wish, boolean many) {
        this.queues = queues;
        this.connection = exchange.connection();
        this.wish = wish;
        this.many = many;
    }

    /** Parks the connection and waits. */
    void start(Duration wait) {
        connection.setDeadline(wait.toNanos());
        connection.park(this);
        if (!gone) {
            queues.add(this);
        }
    }

    /**
     * Parks the connection until it is known what there is now.
     *
     * @param otherwise the answer where there is nothing
     */
    void ask(Reply otherwise) {
        nothing = otherwise;
        leaving = true;
        connection.park(this);
        if (!gone) {
            queues.ask(this);
        }
    }

    @Override
    public Wish wish() {
        return wish;
    }

    @Override
    public boolean onLeased(List<LeasedJob> leased) {
        if (gone) {
            return false;
        }
        connection.loop().run(() -> {
            if (gone) {
                leased.forEach(queues.desk()::giveBack);
            } else {
                answer(LeaseEndpoint.reply(leased, many));
            }
        });
        return true;
    }

    @Override
    public boolean onNothing() {
        if (!leaving) {
            return true;
        }
        connection.loop().run(() -> answer(nothing));
        return false;
    }

    @Override
    public void onFailure(StoreException failure) {
        connection.loop().run(() -> answer(JobReplies.unavailable(failure)));
    }

    private void answer(Reply reply) {
        if (!answered && !gone) {
            answered = true;
            connection.reply(closing ? reply.closing() : reply);
        }
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        connection.hold(bytes);
    }

    @Override
    public void onDeadline() {
        leave();
    }

    @Override
    public void onDrain() {
        closing = true;
        leave();
    }

    private void leave() {
        leaving = true;
        queues.remove(this);
    }

    @Override
    public void onWritable() {
        // A held request writes once, and that fits.
    }

    @Override
    public void onClosed() {
        gone = true;
        leave();
    }
}
