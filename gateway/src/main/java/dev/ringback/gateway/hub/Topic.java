package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * One job that someone waits for: what is known of it, and the wake-up that keeps it known.
 *
 * <pre>
 *                subscriber                    acknowledged                      read
 *   NEW ────────────────────► SUBSCRIBING ────────────────────► READING ──────────────────► LIVE
 *                              ▲   ▲    ▲                          │                        ▲  │
 *                   subscriber │   │    └── relay connection lost ─┴────────────────────────┼──┤ last subscriber
 *                              │   └────────────── (with subscribers) ──────────────────────┼──┤ left
 *                        UNSUBSCRIBING ◄──────────────── LINGERING ◄────────────────────────┼──┘
 *                              │          linger over        └───────── subscriber ─────────┘
 *                              ▼ acknowledged
 *                           (removed)
 * </pre>
 *
 * Subscribing comes before reading, so that no event can fall between the two: what arrives meanwhile is held, and merged by
 * version. A read of the store outranks whatever events said. Confined to the shard's loop.
 */
final class Topic extends LoopTicker.Deadline {
    enum State {
        NEW,
        SUBSCRIBING,
        READING,
        LIVE,
        LINGERING,
        UNSUBSCRIBING;

        private boolean mayMoveTo(State next) {
            return switch (this) {
                case NEW, UNSUBSCRIBING -> next == SUBSCRIBING;
                case SUBSCRIBING -> next == READING || next == LINGERING;
                case READING -> next == LIVE || next == LINGERING || next == SUBSCRIBING;
                case LIVE -> next == LINGERING || next == SUBSCRIBING;
                case LINGERING -> next == LIVE || next == UNSUBSCRIBING;
            };
        }
    }

    /** What the topic held when a read was sent: only against that may the read's answer be called older. */
    record ReadTicket(@Nullable JobEvent held) {}

    private final Shard shard;
    private final JobId id;
    private final Audience audience = new Audience();
    private State state = State.NEW;

    /** The job as last known, its document empty where the cache had no room; null where absent or never read. */
    private @Nullable JobEvent present;

    private @Nullable String owner;
    /** The store said that there is no such job. */
    private boolean knownAbsent;
    /** The newest event that can't be judged before a read. */
    private @Nullable JobEvent held;
    /** Events of this burst, still to be handed to subscribers. */
    private @Nullable FanOut burst;
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

    State state() {
        return state;
    }

    private void moveTo(State next) {
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
        if (state == State.LIVE) {
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
        State settled = audience.isEmpty() ? State.LINGERING : State.LIVE;
        boolean moves = state != settled;
        if (moves) {
            moveTo(settled);
        }
        if (settled == State.LINGERING) {
            shard.setDeadline(this, shard.lingerNanos());
        } else if (moves || !isSet()) {
            shard.setDeadline(this, shard.jittered(shard.sweepNanos()));
        }
    }

    // ── relay ──────────────────────────────────────────────────────────────────────────────────────────────────

    private void subscribe() {
        moveTo(State.SUBSCRIBING);
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
        if (state == State.SUBSCRIBING) {
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
        if (state == State.READING || state == State.LIVE) {
            moveTo(State.SUBSCRIBING);
        }
        return false;
    }

    /** Only the acknowledgement of the latest request counts: an UNSUBSCRIBE may lie before it. */
    void onSubscribed() {
        pendingAcks = Math.max(0, pendingAcks - 1);
        if (pendingAcks > 0 || state != State.SUBSCRIBING) {
            return;
        }
        if (audience.isEmpty()) {
            settle();
        } else {
            moveTo(State.READING);
            shard.clearDeadline(this);
            startRead();
        }
    }

    /** True where the topic is finished with. */
    boolean onUnsubscribed() {
        return state == State.UNSUBSCRIBING;
    }

    void onEvent(JobEvent event) {
        if (state == State.UNSUBSCRIBING) {
            shard.counters().unwanted.increment();
        } else if (state == State.SUBSCRIBING || state == State.READING) {
            hold(event);
        } else if (present != null && present.incarnation().equals(event.incarnation())) {
            advance(event);
        } else {
            hold(event);
            startRead();
        }
    }

    void onUnreadable() {
        if (state == State.READING || state == State.LIVE) {
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
                moveTo(State.UNSUBSCRIBING);
                shard.relay().unsubscribe(id);
            }
            case NEW, UNSUBSCRIBING -> throw new IllegalStateException("deadline in " + state);
        }
    }

    // ── store ──────────────────────────────────────────────────────────────────────────────────────────────────

    ReadTicket ticket() {
        return new ReadTicket(present);
    }

    /** One read at a time; whoever wants one while it is under way gets another after it. */
    private void startRead() {
        if (reading) {
            readAgain = true;
            return;
        }
        reading = true;
        shard.read(this, ticket());
    }

    void onReadFailed() {
        reading = false;
        readAgain = false;
        if (state == State.READING || state == State.LIVE) {
            shard.setDeadline(this, shard.jittered(Shard.READ_RETRY_NANOS));
        }
    }

    void onRead(ReadTicket ticket, StoreRead read) {
        merge(ticket, read);
        boolean subscribed = state == State.READING || state == State.LIVE || state == State.LINGERING;
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
    void merge(ReadTicket ticket, StoreRead read) {
        JobSnapshot snapshot = read.snapshot();
        if (snapshot != null) {
            owner = snapshot.owner();
            mergeFound(ticket, snapshot.present());
        } else if (present == null) {
            knownAbsent = read.status() == StoreRead.Status.ABSENT;
        } else if (isPresent(ticket.held())) {
            vanish(read.status() == StoreRead.Status.EXPIRED ? GoneReason.EXPIRED : GoneReason.EVICTED);
        } else {
            startRead();
        }
    }

    /** Whether what was held when a read was sent is what is known now. */
    private boolean isPresent(@Nullable JobEvent before) {
        return before != null && present != null && present.isAt(before.cursor());
    }

    private void mergeFound(ReadTicket ticket, JobEvent found) {
        JobEvent known = present;
        if (known == null) {
            adopt(found);
        } else if (!known.incarnation().equals(found.incarnation())) {
            JobEvent before = ticket.held();
            if (before != null && before.incarnation().equals(known.incarnation())) {
                reset(found);
            } else {
                startRead();
            }
        } else if (found.version() > known.version()) {
            shard.counters().recovered.increment();
            advance(found);
        } else if (ticket.held() != null && ticket.held().isNewerThan(found.cursor())) {
            reset(found);
        } else if (found.version() == known.version()) {
            present = shard.cached(known, found);
        }
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
        if (!audience.hasAttached()) {
            return;
        }
        if (burst == null) {
            burst = new FanOut(event);
            shard.burstBegins(this);
        } else {
            burst.add(event);
        }
        if (burst.isFull()) {
            handOverBurst();
        }
    }

    /** Encodes the burst and hands it to the subscribers' loops; after a terminal event nobody stays. */
    void handOverBurst() {
        FanOut events = burst;
        burst = null;
        if (events == null) {
            return;
        }
        events.encode(audience.formats(), shard.allocator());
        shard.counters()
                .deliveries
                .add((long) audience.attached() * events.events().size());
        audience.deliver(shard.outboxes(), events);
        if (events.last().state().isTerminal()) {
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
        if (state == State.LIVE) {
            settle();
        }
    }

    /** The topic is being forgotten: its share of the cache goes back. */
    void release() {
        shard.uncache(present);
    }
}
