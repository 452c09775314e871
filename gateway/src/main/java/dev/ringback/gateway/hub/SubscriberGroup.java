package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.Loop;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of one topic on one connection loop. Confined to the shard's loop, but a fan-out lends the array to the
 * connection loop: what is lent is never changed in place after that, except that in a small group appending behind it is free.
 *
 * <p>A small group keeps its members in the order in which they came. A large one keeps them where their hash says (linear
 * probing; Knuth, volume 3, section 6.4), so that of ten thousand who leave one after another none has to be searched for; its
 * array is half to three quarters full as it grows, which costs a member 4 bytes at most beside its reference.
 */
final class SubscriberGroup {
    /** The longest array that is in order. */
    static final int MAX_ORDERED = 32;

    private static final int MIN_ROOM = 4;
    /** 2^32 divided by the golden ratio, which spreads neighbouring hashes. */
    private static final int GOLDEN = 0x9E3779B9;

    private final Loop loop;
    private @Nullable Subscriber[] members;
    private int size;
    /** The bits of all formats that members have asked for, now or before. */
    private byte formats;

    private boolean lent;

    SubscriberGroup(Subscriber first) {
        loop = first.loop();
        members = new Subscriber[] {first};
        size = 1;
        formats = (byte) first.format().bit();
    }

    int size() {
        return size;
    }

    Loop loop() {
        return loop;
    }

    int formats() {
        return formats;
    }

    void addTo(List<Subscriber> list) {
        for (Subscriber member : members) {
            if (member != null) {
                list.add(member);
            }
        }
    }

    void add(Subscriber subscriber) {
        int room = isOrdered() ? members.length : members.length / 4 * 3;
        if (size >= room) {
            rebuild(Math.max(MIN_ROOM, members.length + (members.length >> 1)));
        } else if (!isOrdered()) {
            stopLending();
        }
        members[freePlace(subscriber, size)] = subscriber;
        size++;
        formats |= (byte) subscriber.format().bit();
    }

    /** Removes the subscriber; false where it is not here. */
    boolean remove(Subscriber subscriber) {
        int place = placeOf(subscriber);
        if (members[place] != subscriber) {
            return false;
        }
        stopLending();
        size--;
        if (isOrdered()) {
            members[place] = members[size];
            members[size] = null;
        } else {
            closeGap(place);
            shrink();
        }
        return true;
    }

    private boolean isOrdered() {
        return members.length <= MAX_ORDERED;
    }

    private void stopLending() {
        if (lent) {
            members = members.clone();
            lent = false;
        }
    }

    /** A delivery goes through the whole array: where most have left, it may not stay as long as it was. */
    private void shrink() {
        if (size < members.length / 4) {
            rebuild(Math.max(MIN_ROOM, members.length / 2));
        }
    }

    private void rebuild(int length) {
        @Nullable Subscriber[] from = members;
        members = new Subscriber[length];
        lent = false;
        int placed = 0;
        for (Subscriber member : from) {
            if (member != null) {
                members[freePlace(member, placed)] = member;
                placed++;
            }
        }
    }

    /** Where a newcomer goes, behind so many others. */
    private int freePlace(Subscriber newcomer, int others) {
        if (isOrdered()) {
            return others;
        }
        int place = home(newcomer);
        while (members[place] != null) {
            place = next(place);
        }
        return place;
    }

    /** Where the subscriber is; where it is not in the group, a place that holds nobody or somebody else. */
    private int placeOf(Subscriber subscriber) {
        int place = isOrdered() ? 0 : home(subscriber);
        for (int i = 1; i < members.length && members[place] != null && members[place] != subscriber; i++) {
            place = next(place);
        }
        return place;
    }

    /** Moves those behind the gap who would not be found past it. */
    private void closeGap(int place) {
        int gap = place;
        for (int i = next(gap); members[i] != null; i = next(i)) {
            Subscriber member = members[i];
            if (member != null && distance(home(member), i) >= distance(gap, i)) {
                members[gap] = member;
                gap = i;
            }
        }
        members[gap] = null;
    }

    private int home(Subscriber subscriber) {
        long spread = Integer.toUnsignedLong(System.identityHashCode(subscriber) * GOLDEN);
        return (int) (spread * members.length >>> Integer.SIZE);
    }

    private int next(int place) {
        return place + 1 == members.length ? 0 : place + 1;
    }

    /** Steps from one place on to another, around the end. */
    private int distance(int from, int to) {
        return to >= from ? to - from : to - from + members.length;
    }

    /** What delivers a call to all present members, on their loop. */
    Runnable delivery(Call call) {
        lent = true;
        return new Delivery(members, isOrdered() ? size : members.length, call);
    }

    /** What a delivery does with each subscriber; {@link #done} comes last, whatever happened. */
    interface Call {
        void to(Subscriber subscriber);

        default void done() {}
    }

    /** To those among the first places who are there. */
    private record Delivery(@Nullable Subscriber[] members, int places, Call call) implements Runnable {
        @Override
        public void run() {
            try {
                for (int i = 0; i < places; i++) {
                    Subscriber member = members[i];
                    if (member != null) {
                        Outboxes.deliver(call, member);
                    }
                }
            } finally {
                call.done();
            }
        }
    }
}
