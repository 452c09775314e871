package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * One job that someone waits for: what is known of it, and the wake-up that keeps it known. {@link TopicState} draws its life.
 *
 * <p>Subscribing comes before reading, so that no event can fall between the two: what arrives meanwhile is held, and merged by
 * version. A read of the store outranks whatever events said. Confined to the shard's loop.
 */
final class Topic extends LoopTicker.Deadline {
    private final Shard shard;
    private final JobId id;
    private final Audience audience = new Audience();
    private TopicState state = TopicState.NEW;

    /** The job as last known, its document empty where the cache had no room; null where absent or never read. */
    private @Nullable JobEvent present;

    private @Nullable String owner;
    /** The store said that there is no such job. */
    private boolean knownAbsent;
    /** The newest event that can't be judged before a read. */
    private @Nullable JobEvent held;
    /** SUBSCRIBEs on the present connection whose acknowledgements are still to come. */
    private int pendingAcks;

    private boolean reading;
    private boolean readAgain;

    Topic(Shard shard, JobId id) {
        this.shard = shard;
        this.id = id;
    }

    JobId id() {
        return id;
    }

    TopicState state() {
        return state;
    }

    private void moveTo(TopicState next) {
        if (!state.mayMoveTo(next)) {
            throw new IllegalStateException("topic " + id + " from " + state + " to " + next);
        }
        state = next;
    }

    // ── subscribers ────────────────────────────────────────────────────────────────────────────────────────────

    void add(Subscriber subscriber) {
        switch (state) {
            case NEW, UNSUBSCRIBING -> {
                audience.await(subscriber);
                subscribe();
            }
            case SUBSCRIBING, READING -> audience.await(subscriber);
            case LIVE, LINGERING -> addLive(subscriber);
        }
    }

    private void addLive(Subscriber subscriber) {
        if (isAnswerable()) {
            handOverBurst();
            answer(subscriber);
        } else {
            audience.await(subscriber);
            startRead();
        }
        settle();
    }

    /** Whether a newcomer can be answered from what is here. */
    private boolean isAnswerable() {
        return present == null ? knownAbsent : present.json().length > 0;
    }

    void remove(Subscriber subscriber) {
        audience.remove(subscriber);
        if (state == TopicState.LIVE) {
            settle();
        }
    }

    /** Gives a newcomer its first answer, and keeps it unless that was the last. */
    private void answer(Subscriber subscriber) {
        JobEvent now = present;
        if (now == null) {
            audience.attach(subscriber);
            shard.tell(subscriber, s -> s.onAbsent(id));
        } else if (!subscriber.maySee(owner)) {
            shard.tell(subscriber, s -> s.onAbsent(id));
        } else {
            if (!now.state().isTerminal()) {
                audience.attach(subscriber);
            }
            shard.tell(subscriber, s -> s.onPresent(now));
        }
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
            shard.setDeadline(this, shard.jittered(shard.sweepNanos()));
        }
    }

    // ── relay ──────────────────────────────────────────────────────────────────────────────────────────────────

    private void subscribe() {
        moveTo(TopicState.SUBSCRIBING);
        requestSubscribe();
    }

    /** Asks, or leaves it to {@link #onConnected}; asks again after a while, because a link can be dead and look alive. */
    private void requestSubscribe() {
        if (shard.isConnected()) {
            pendingAcks++;
            shard.relay().subscribe(id);
        }
        shard.setDeadline(this, shard.jittered(Shard.RESUBSCRIBE_NANOS));
    }

    void onConnected() {
        pendingAcks = 0;
        if (state == TopicState.SUBSCRIBING) {
            requestSubscribe();
        }
    }

    /** The connection is gone, and with it what was subscribed; true where nobody is left to care. */
    boolean onDisconnected() {
        handOverBurst();
        pendingAcks = 0;
        if (audience.isEmpty()) {
            shard.clearDeadline(this);
            return true;
        }
        if (state == TopicState.READING || state == TopicState.LIVE) {
            moveTo(TopicState.SUBSCRIBING);
        }
        return false;
    }

    /** Only the acknowledgement of the latest request counts: an UNSUBSCRIBE may lie before it. */
    void onSubscribed() {
        pendingAcks = Math.max(0, pendingAcks - 1);
        if (pendingAcks > 0 || state != TopicState.SUBSCRIBING) {
            return;
        }
        if (audience.isEmpty()) {
            settle();
        } else {
            moveTo(TopicState.READING);
            shard.clearDeadline(this);
            startRead();
        }
    }

    /** True where the topic is finished with. */
    boolean onUnsubscribed() {
        return state == TopicState.UNSUBSCRIBING;
    }

    void onEvent(JobEvent event) {
        if (state == TopicState.UNSUBSCRIBING) {
            shard.counters().unwanted.increment();
        } else if (state == TopicState.SUBSCRIBING || state == TopicState.READING) {
            hold(event);
        } else if (present != null && present.incarnation().equals(event.incarnation())) {
            advance(event);
        } else {
            hold(event);
            startRead();
        }
    }

    void onUnreadable() {
        if (state == TopicState.READING || state == TopicState.LIVE) {
            startRead();
        }
    }

    private void hold(JobEvent event) {
        boolean older =
                held != null && held.incarnation().equals(event.incarnation()) && held.version() >= event.version();
        if (!older) {
            held = event;
        }
    }

    @Override
    protected void onDeadline() {
        switch (state) {
            case SUBSCRIBING -> requestSubscribe();
            case READING, LIVE -> startRead();
            case LINGERING -> {
                moveTo(TopicState.UNSUBSCRIBING);
                shard.relay().unsubscribe(id);
            }
            case NEW, UNSUBSCRIBING -> throw new IllegalStateException("deadline in " + state);
        }
    }

    // ── store ──────────────────────────────────────────────────────────────────────────────────────────────────

    /** What is known; a read's answer is judged by what was known when it was sent. */
    @Nullable JobEvent present() {
        return present;
    }

    /** One read at a time; whoever wants one while it is under way gets another after it. */
    private void startRead() {
        if (reading) {
            readAgain = true;
            return;
        }
        reading = true;
        shard.read(this, present);
    }

    void onReadFailed() {
        reading = false;
        readAgain = false;
        if (state == TopicState.READING || state == TopicState.LIVE) {
            shard.setDeadline(this, shard.jittered(Shard.READ_RETRY_NANOS));
        }
    }

    void onRead(@Nullable JobEvent knownWhenSent, StoreRead read) {
        merge(knownWhenSent, read);
        boolean subscribed = state == TopicState.READING || state == TopicState.LIVE || state == TopicState.LINGERING;
        if (subscribed) {
            mergeHeld();
        }
        reading = false;
        boolean again = readAgain;
        readAgain = false;
        if (!subscribed) {
            return;
        }
        if (again) {
            startRead();
            return;
        }
        shard.clearDeadline(this);
        answerAwaiting(read);
        settle();
    }

    private void answerAwaiting(StoreRead read) {
        handOverBurst();
        for (Subscriber newcomer : audience.takeAwaiting()) {
            if (read.status() == StoreRead.Status.EXPIRED && present == null) {
                shard.tell(newcomer, s -> s.onGone(id, GoneReason.EXPIRED));
            } else {
                answer(newcomer);
            }
        }
    }

    /** Takes in what a read found, this topic's or another's. Where in doubt, it asks for one more read. */
    void merge(@Nullable JobEvent knownWhenSent, StoreRead read) {
        Verdict verdict = Verdict.of(present, knownWhenSent, read);
        JobSnapshot snapshot = read.snapshot();
        if (snapshot != null) {
            owner = snapshot.owner();
            mergeFound(verdict, snapshot.present());
        } else if (verdict == Verdict.VANISHED) {
            vanish(read.status() == StoreRead.Status.EXPIRED ? GoneReason.EXPIRED : GoneReason.EVICTED);
        } else if (verdict == Verdict.ABSENT) {
            knownAbsent = read.status() == StoreRead.Status.ABSENT;
        } else {
            startRead();
        }
    }

    private void mergeFound(Verdict verdict, JobEvent found) {
        switch (verdict) {
            case FOUND -> adopt(found);
            case NEWER -> {
                shard.counters().recovered.increment();
                advance(found);
            }
            case WENT_BACK -> reset(found);
            case KNOWN -> {
                if (found.isAt(cursor())) {
                    present = shard.cached(present, found);
                }
            }
            case IN_DOUBT -> startRead();
            case ABSENT, VANISHED -> throw new IllegalStateException(verdict + " with " + found);
        }
    }

    private @Nullable Cursor cursor() {
        return present == null ? null : present.cursor();
    }

    private void mergeHeld() {
        JobEvent event = held;
        held = null;
        if (event == null) {
            return;
        }
        if (present != null && present.incarnation().equals(event.incarnation())) {
            advance(event);
        } else {
            startRead();
        }
    }

    // ── what subscribers are told ──────────────────────────────────────────────────────────────────────────────

    /** A job that was not known before: those who waited for it and may see it are told, the others wait for nothing. */
    private void adopt(JobEvent found) {
        audience.retain(subscriber -> subscriber.maySee(owner));
        knownAbsent = false;
        present = shard.cached(null, found);
        addToBurst(found);
    }

    private void advance(JobEvent event) {
        JobEvent known = present;
        if (known != null && event.version() <= known.version()) {
            shard.counters().stale.increment();
            return;
        }
        if (known != null && known.state().isTerminal()) {
            handOverBurst();
        }
        present = shard.cached(known, event);
        addToBurst(event);
    }

    private void addToBurst(JobEvent event) {
        shard.counters().events.increment();
        if (audience.addToBurst(event)) {
            shard.burstBegins(this);
        }
        if (audience.isBurstFull()) {
            handOverBurst();
        }
    }

    /** Hands the burst to the subscribers' loops; after a terminal event nobody stays. */
    void handOverBurst() {
        JobEvent last = audience.handOverBurst(shard);
        if (last != null && last.state().isTerminal()) {
            dismiss();
        }
    }

    private void reset(JobEvent found) {
        shard.counters().resets.increment();
        handOverBurst();
        present = shard.cached(present, found);
        audience.tellAttached(shard.outboxes(), s -> s.onReset(found));
        if (found.state().isTerminal()) {
            dismiss();
        }
    }

    private void vanish(GoneReason reason) {
        handOverBurst();
        shard.uncache(present);
        present = null;
        knownAbsent = reason == GoneReason.EVICTED;
        audience.tellAttached(shard.outboxes(), s -> s.onGone(id, reason));
        dismiss();
    }

    private void dismiss() {
        audience.detachAll();
        if (state == TopicState.LIVE) {
            settle();
        }
    }

    /** The topic is being forgotten: its share of the cache goes back. */
    void release() {
        shard.uncache(present);
    }
}
