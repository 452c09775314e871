package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.Loop;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of one topic on one connection loop. Confined to the shard's loop, but a fan-out lends the array to the
 * connection loop: below the lent count it is never changed in place after that; appending behind it is free.
 */
final class SubscriberGroup {
    private @Nullable Subscriber[] members;
    private int size;
    private boolean lent;

    SubscriberGroup(Subscriber first) {
        members = new Subscriber[] {first};
        size = 1;
    }

    int size() {
        return size;
    }

    Loop loop() {
        Subscriber first = members[0];
        assert first != null;
        return first.loop();
    }

    void addTo(List<Subscriber> list) {
        for (int i = 0; i < size; i++) {
            Subscriber member = members[i];
            assert member != null;
            list.add(member);
        }
    }

    void add(Subscriber subscriber) {
        if (size == members.length) {
            members = Arrays.copyOf(members, Math.max(4, size + (size >> 1)));
            lent = false;
        }
        members[size++] = subscriber;
    }

    /** Removes the subscriber; false where it is not here. */
    boolean remove(Subscriber subscriber) {
        for (int i = 0; i < size; i++) {
            if (members[i] == subscriber) {
                removeAt(i);
                return true;
            }
        }
        return false;
    }

    private void removeAt(int index) {
        if (lent) {
            members = members.clone();
            lent = false;
        }
        size--;
        members[index] = members[size];
        members[size] = null;
    }

    /** What delivers a call to all present members, on their loop. */
    Runnable delivery(Call call) {
        lent = true;
        return new Delivery(members, size, call);
    }

    /** What a delivery does with each subscriber; {@link #done} comes last, whatever happened. */
    interface Call {
        void to(Subscriber subscriber);

        default void done() {}
    }

    private record Delivery(@Nullable Subscriber[] members, int size, Call call) implements Runnable {
        @Override
        public void run() {
            try {
                for (int i = 0; i < size; i++) {
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
