package dev.ringback.gateway.hub;

import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import org.jspecify.annotations.Nullable;

/**
 * One job that someone waits for: what is known of it, and the wake-up that keeps it known. {@link TopicState} draws its life.
 *
 * <p>Subscribing comes before reading, so that no event can fall between the two: what arrives meanwhile is held, and merged by
 * version. A read of the store outranks whatever events said. Confined to the shard's loop.
 */
final class Topic extends Telling {
    private TopicState state = TopicState.NEW;

    /** UNSUBSCRIBEs on the present connection whose acknowledgements are still to come: those of SUBSCRIBEs before them are void. */
    private int pendingUnsubscribes;

    private Reading reading = Reading.NONE;

    /** When the job is to be read again, whoever came and went since it was last. */
    private long sweepAtNanos;

    Topic(Shard shard, JobId id) {
        super(shard, id);
    }

    TopicState state() {
        return state;
    }

    private void moveTo(TopicState next) {
        if (!state.mayMoveTo(next)) {
            throw new IllegalStateException("topic " + id() + " from " + state + " to " + next);
        }
        state = next;
    }

    /** Whether events reach this topic and what is known is kept up to date. */
    private boolean isSubscribed() {
        return state == TopicState.READING || state == TopicState.LIVE || state == TopicState.LINGERING;
    }

    // ── subscribers ────────────────────────────────────────────────────────────────────────────────────────────

    void add(Subscriber subscriber, @Nullable Cursor seen) {
        switch (state) {
            case NEW, UNSUBSCRIBING -> {
                audience.await(subscriber);
                moveTo(TopicState.SUBSCRIBING);
                requestSubscribe();
            }
            case SUBSCRIBING, READING -> audience.await(subscriber);
            case LIVE, LINGERING -> addLive(subscriber, seen);
        }
    }

    private void addLive(Subscriber subscriber, @Nullable Cursor seen) {
        if (isAnswerable() && reaches(seen)) {
            handOverBurst();
            audience.answer(subscriber);
        } else {
            audience.await(subscriber);
            startRead(true);
        }
        settle();
    }

    /** True where the topic is finished with, because it can't even be unsubscribed. */
    boolean remove(Subscriber subscriber) {
        audience.remove(subscriber);
        if (state == TopicState.LIVE) {
            settle();
        }
        return audience.isEmpty() && state == TopicState.SUBSCRIBING && !shard.isConnected();
    }

    /** LIVE while someone is here, LINGERING while not; each with its own deadline. */
    private void settle() {
        TopicState settled = audience.isEmpty() ? TopicState.LINGERING : TopicState.LIVE;
        boolean moves = state != settled;
        if (moves) {
            moveTo(settled);
        }
        if (settled == TopicState.LINGERING) {
            shard.setDeadline(this, shard.lingerNanos());
        } else if (moves || !isSet()) {
            shard.setDeadline(this, sweepAtNanos - shard.loop().nanoTime());
        }
    }

    // ── relay ──────────────────────────────────────────────────────────────────────────────────────────────────

    /** Asks, or leaves it to {@link #onConnected}; asks again after a while, because a link can be dead and look alive. */
    private void requestSubscribe() {
        if (shard.isConnected()) {
            shard.relay().subscribe(id());
        }
        shard.setDeadline(this, shard.jittered(Shard.RESUBSCRIBE_NANOS));
    }

    private void unsubscribe() {
        if (!shard.isConnected()) {
            shard.forget(this);
            return;
        }
        moveTo(TopicState.UNSUBSCRIBING);
        pendingUnsubscribes++;
        shard.relay().unsubscribe(id());
    }

    void onConnected() {
        if (state == TopicState.SUBSCRIBING) {
            requestSubscribe();
        }
    }

    /** The connection is gone, and with it what was subscribed; true where nobody is left to care. */
    boolean onDisconnected() {
        handOverBurst();
        pendingUnsubscribes = 0;
        dropHeld();
        if (audience.isEmpty()) {
            return true;
        }
        if (state == TopicState.READING || state == TopicState.LIVE) {
            moveTo(TopicState.SUBSCRIBING);
            shard.clearDeadline(this);
        }
        return false;
    }

    /** What was known may have changed unheard: it counts again once it is read. */
    void onSubscribed() {
        if (pendingUnsubscribes > 0 || state != TopicState.SUBSCRIBING) {
            return;
        }
        putOffSweep();
        if (audience.isEmpty()) {
            forget();
            settle();
        } else {
            moveTo(TopicState.READING);
            shard.clearDeadline(this);
            boolean answerable = isAnswerable() && !shard.has(Safeguard.READ_PER_CONNECTION);
            if (answerable) {
                settle();
            } else {
                startRead(true);
            }
        }
    }

    /** True where the topic is finished with. */
    boolean onUnsubscribed() {
        pendingUnsubscribes = Math.max(0, pendingUnsubscribes - 1);
        return state == TopicState.UNSUBSCRIBING && pendingUnsubscribes == 0;
    }

    void onEvent(JobEvent event) {
        if (state == TopicState.UNSUBSCRIBING) {
            shard.counters().unwanted.increment();
        } else if (state == TopicState.SUBSCRIBING || state == TopicState.READING) {
            awaitRead(event);
        } else if (isOfThisLife(event)) {
            advance(event);
            fit();
        } else {
            awaitRead(event);
            startRead(true);
        }
    }

    private void awaitRead(JobEvent event) {
        if (shard.has(Safeguard.MERGE_BUFFER)) {
            hold(event);
        }
    }

    void onUnreadable() {
        if (isSubscribed()) {
            startRead(true);
        }
    }

    /** The relay may have lost something: what someone waits for is read, the rest is not to be believed any more. */
    void onDoubt() {
        if (state == TopicState.LINGERING) {
            forget();
        } else if (isSubscribed()) {
            startRead(false);
        }
    }

    @Override
    protected void onDeadline() {
        switch (state) {
            case SUBSCRIBING -> {
                if (audience.isEmpty()) {
                    unsubscribe();
                } else {
                    requestSubscribe();
                }
            }
            case READING -> startRead(true);
            case LIVE -> sweep();
            case LINGERING -> unsubscribe();
            case NEW, UNSUBSCRIBING -> throw new IllegalStateException("deadline in " + state);
        }
    }

    // ── store ──────────────────────────────────────────────────────────────────────────────────────────────────

    @Override
    void readNow() {
        startRead(true);
    }

    @Override
    void onDismissed() {
        if (state == TopicState.LIVE) {
            settle();
        }
    }

    /** One read at a time; whoever wants one while it is under way gets another after it. */
    private void startRead(boolean urgent) {
        boolean sent = reading.isSent();
        reading = sent ? Reading.SENT_STALE : Reading.QUEUED;
        if (!sent) {
            shard.reads().add(this, urgent);
        }
    }

    /** The job has been read, or is about to be. */
    private void putOffSweep() {
        sweepAtNanos = shard.loop().nanoTime() + shard.jittered(shard.sweepNanos());
    }

    private void sweep() {
        if (shard.has(Safeguard.SWEEP)) {
            startRead(false);
        }
    }

    /** The read is on its way; what is known now is what its answer is judged by. */
    @Nullable JobEvent readSent() {
        reading = Reading.SENT;
        return present();
    }

    /** Where this job alone can't be read, it is tried later; else the queue knows when. */
    void onReadFailed(boolean ofTheJob) {
        reading = Reading.NONE;
        if (state == TopicState.LINGERING) {
            forget();
        } else if (!isSubscribed()) {
            return;
        } else if (ofTheJob) {
            shard.setDeadline(this, shard.jittered(Shard.READ_RETRY_NANOS));
        } else {
            startRead(state == TopicState.READING || audience.isAwaiting());
        }
    }

    void onRead(@Nullable JobEvent knownWhenSent, StoreRead read) {
        merge(knownWhenSent, read);
        if (isSubscribed()) {
            mergeHeld();
        }
        boolean again = reading == Reading.SENT_STALE || audience.isAwaiting() && isWithoutDocument();
        reading = Reading.NONE;
        if (isSubscribed() && again) {
            startRead(true);
        } else if (isSubscribed()) {
            shard.clearDeadline(this);
            putOffSweep();
            handOverBurst();
            audience.answerAwaiting(read);
            settle();
        }
        fit();
    }

    /** Takes in what a read that someone else made found. */
    void onReadByOther(@Nullable JobEvent knownWhenSent, StoreRead read) {
        merge(knownWhenSent, read);
        fit();
    }

    /** The topic is being forgotten: its deadline, and its share of the cache. */
    void release() {
        shard.clearDeadline(this);
        shard.reads().remove(this);
        forget();
    }
}
