package dev.ringback.gateway.webhook;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * How many requests may be under way to all destinations together. Those whose last answer was a good one come first; of the others,
 * which may hold their place until it times out, no more than half of the room is taken, and an eighth is always theirs. Confined to
 * the loop.
 */
final class Room {
    private final int most;
    private final Deque<Courier> proven = new ArrayDeque<>();
    private final Deque<Courier> others = new ArrayDeque<>();
    private int taken;
    private int takenByOthers;
    private volatile long takenNow;

    Room(int most) {
        this.most = most;
    }

    /** Whether one more request may be under way; where not, the courier hears when it may. */
    boolean take(Courier courier, boolean isProven) {
        boolean isFree = isProven ? taken < most : taken < most && takenByOthers < Math.max(1, most / 2);
        if (!isFree) {
            (isProven ? proven : others).add(courier);
            return false;
        }
        taken++;
        takenByOthers += isProven ? 0 : 1;
        takenNow = taken;
        return true;
    }

    /** A request that took its place as one of these has ended. Whoever is woken may not need the place: then others do. */
    void give(boolean wasProven) {
        taken--;
        takenByOthers -= wasProven ? 0 : 1;
        takenNow = taken;
        for (int woken = proven.size() + others.size(); woken > 0 && taken < most; woken--) {
            Courier next = next();
            if (next == null) {
                return;
            }
            next.onRoom();
        }
    }

    private @Nullable Courier next() {
        if (takenByOthers < Math.max(1, most / 8) && !others.isEmpty()) {
            return others.poll();
        }
        Courier next = proven.poll();
        return next != null || takenByOthers >= Math.max(1, most / 2) ? next : others.poll();
    }

    /** The courier wants nothing any more. */
    void leave(Courier courier) {
        proven.remove(courier);
        others.remove(courier);
    }

    boolean isEmpty() {
        return taken == 0;
    }

    /** Any thread. */
    long taken() {
        return takenNow;
    }
}
