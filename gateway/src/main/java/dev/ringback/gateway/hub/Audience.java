package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscribers of one topic: those that await their first answer, and those attached to its events, grouped by connection
 * loop. Most topics have one subscriber, who costs no group. Confined to the shard's loop.
 */
final class Audience {
    private static final Logger LOG = LoggerFactory.getLogger(Audience.class);

    private final KnownJob job;
    private List<Subscriber> awaiting = List.of();
    private @Nullable Subscriber single;
    /** Indexed by loop; empty while nobody or only {@link #single} is attached. */
    private @Nullable SubscriberGroup[] groups = NO_GROUPS;

    /** Events that are still to be handed over. */
    private @Nullable FanOut burst;

    private static final @Nullable SubscriberGroup[] NO_GROUPS = {};

    Audience(KnownJob job) {
        this.job = job;
    }

    boolean isEmpty() {
        return awaiting.isEmpty() && !isAttached();
    }

    private boolean isAttached() {
        return single != null || groups.length > 0;
    }

    /** How many are attached. */
    private int attached() {
        int attached = single == null ? 0 : 1;
        for (SubscriberGroup group : groups) {
            attached += group == null ? 0 : group.size();
        }
        return attached;
    }

    /** The bits of all formats that someone attached has asked for, now or before. */
    private int formats() {
        int formats = single == null ? 0 : single.format().bit();
        for (SubscriberGroup group : groups) {
            formats |= group == null ? 0 : group.formats();
        }
        return formats;
    }

    boolean isAwaiting() {
        return !awaiting.isEmpty();
    }

    void await(Subscriber subscriber) {
        if (awaiting.isEmpty()) {
            awaiting = new ArrayList<>(1);
        }
        awaiting.add(subscriber);
    }

    /** Gives those who await it their first answer, after a read. */
    void answerAwaiting(StoreRead read) {
        List<Subscriber> newcomers = awaiting;
        awaiting = List.of();
        boolean expired = read.status() == StoreRead.Status.EXPIRED && job.present() == null;
        for (Subscriber newcomer : newcomers) {
            if (expired && newcomer.maySee(read.owner())) {
                job.shard.tell(newcomer, s -> s.onGone(job.id(), GoneReason.EXPIRED));
            } else {
                answer(newcomer);
            }
        }
    }

    /** Gives a newcomer its first answer, and keeps it unless that was the last. */
    void answer(Subscriber subscriber) {
        JobEvent now = job.present();
        if (now == null) {
            attach(subscriber);
            job.shard.tell(subscriber, s -> s.onAbsent(job.id()));
        } else if (!subscriber.maySee(job.owner())) {
            job.shard.tell(subscriber, s -> s.onAbsent(job.id()));
        } else {
            if (!now.state().isTerminal()) {
                attach(subscriber);
            }
            job.shard.tell(subscriber, s -> s.onPresent(now));
        }
    }

    private void attach(Subscriber subscriber) {
        if (!isAttached()) {
            single = subscriber;
            return;
        }
        if (single != null) {
            addToGroup(single);
            single = null;
        }
        addToGroup(subscriber);
    }

    private void addToGroup(Subscriber subscriber) {
        int index = subscriber.loop().index();
        if (groups.length <= index) {
            groups = Arrays.copyOf(groups, index + 1);
        }
        SubscriberGroup group = groups[index];
        if (group == null) {
            groups[index] = new SubscriberGroup(subscriber);
        } else {
            group.add(subscriber);
        }
    }

    void remove(Subscriber subscriber) {
        if (!awaiting.isEmpty() && awaiting.remove(subscriber)) {
            return;
        }
        if (single == subscriber) {
            detachAll();
            return;
        }
        int index = subscriber.loop().index();
        SubscriberGroup group = index < groups.length ? groups[index] : null;
        if (group == null || !group.remove(subscriber) || group.size() > 0) {
            return;
        }
        groups[index] = null;
        if (attached() == 0) {
            detachAll();
        }
    }

    /** Detaches those who do not pass, and gives them back. */
    List<Subscriber> expel(Predicate<Subscriber> allowed) {
        List<Subscriber> expelled = new ArrayList<>(0);
        for (Subscriber subscriber : members()) {
            if (!allowed.test(subscriber)) {
                expelled.add(subscriber);
            }
        }
        expelled.forEach(this::remove);
        return expelled;
    }

    private List<Subscriber> members() {
        if (single != null) {
            return List.of(single);
        }
        List<Subscriber> members = new ArrayList<>(attached());
        for (SubscriberGroup group : groups) {
            if (group != null) {
                group.addTo(members);
            }
        }
        return members;
    }

    void detachAll() {
        single = null;
        groups = NO_GROUPS;
    }

    /** Adds an event for everyone attached; true where a burst begins with it. */
    boolean addToBurst(JobEvent event) {
        if (!isAttached()) {
            return false;
        }
        if (burst != null) {
            burst.add(event);
            return false;
        }
        burst = new FanOut(event);
        return true;
    }

    boolean isBurstFull() {
        return burst != null && burst.isFull();
    }

    /** Encodes the burst and hands it to everyone attached, one delivery a loop; its last event, null where there is none. */
    @Nullable JobEvent handOverBurst() {
        FanOut events = burst;
        burst = null;
        if (events == null) {
            return null;
        }
        try {
            Shard shard = job.shard;
            events.encode(formats(), shard.allocator(), shard.hints());
            shard.counters().deliveries.add((long) attached() * events.events().size());
            deliver(shard.outboxes(), events);
        } catch (RuntimeException | OutOfMemoryError failure) {
            LOG.error("{} could not be encoded for {} subscribers", events.last(), attached(), failure);
            tellAttached(Subscriber::onFault);
            detachAll();
        } finally {
            events.release();
        }
        return events.last();
    }

    private void deliver(Outboxes outboxes, FanOut events) {
        if (single != null) {
            events.retain();
            outboxes.add(single.loop(), new SingleDelivery(single, events));
        }
        for (SubscriberGroup group : groups) {
            if (group != null) {
                events.retain();
                outboxes.add(group.loop(), group.delivery(new EventsCall(events)));
            }
        }
    }

    /** The store went back: those who may not see what is there now are sent away, the others are told. */
    void reset(JobEvent found, @Nullable String owner) {
        for (Subscriber other : expel(subscriber -> subscriber.maySee(owner))) {
            job.shard.tell(other, s -> s.onGone(job.id(), GoneReason.EVICTED));
        }
        tellAttached(s -> s.onReset(found));
    }

    void tellAttached(SubscriberGroup.Call call) {
        Outboxes outboxes = job.shard.outboxes();
        if (single != null) {
            Subscriber only = single;
            outboxes.add(only.loop(), () -> Outboxes.deliver(call, only));
        }
        for (SubscriberGroup group : groups) {
            if (group != null) {
                Loop loop = group.loop();
                outboxes.add(loop, group.delivery(call));
            }
        }
    }

    private record SingleDelivery(Subscriber subscriber, FanOut events) implements Runnable {
        @Override
        public void run() {
            try {
                Outboxes.deliver(s -> s.onEvents(events), subscriber);
            } finally {
                events.release();
            }
        }
    }

    private record EventsCall(FanOut events) implements SubscriberGroup.Call {
        @Override
        public void to(Subscriber subscriber) {
            subscriber.onEvents(events);
        }

        @Override
        public void done() {
            events.release();
        }
    }
}
