package dev.ringback.gateway.loop;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deadlines of one event loop on a hashed timing wheel (Varghese and Lauck, 1987): whoever waits links itself into a slot, so
 * that a deadline costs three fields and no allocation, and setting or clearing one costs O(1). A deadline fires at the first
 * tick after its time, at most {@value #TICK_MILLIS} ms late, never early.
 *
 * <p>The wheel asks its alarm for a wake-up only while something waits. Confined to the loop.
 */
public final class LoopTicker {
    public static final int TICK_MILLIS = 50;

    private static final Logger LOG = LoggerFactory.getLogger(LoopTicker.class);

    /** Wakes the ticker: calls {@link #tick} once, about so many nanoseconds from now, on the loop. */
    public interface Alarm {
        void wakeAfter(long nanos);
    }

    /** Something that may wait for one time at once. Confined to the loop of the ticker that it is set on. */
    public abstract static class Deadline {
        private @Nullable Deadline previous;
        private @Nullable Deadline next;
        /** The tick at which it fires; meaningful while linked. */
        private long tick;

        /** The time has come. The deadline is no longer set; it may be set again from here. */
        protected abstract void onDeadline();

        public final boolean isSet() {
            return previous != null;
        }
    }

    /** Heads of the slots' circular lists. */
    private static final class Slot extends Deadline {
        private Slot() {
            ((Deadline) this).previous = this;
            ((Deadline) this).next = this;
        }

        @Override
        protected void onDeadline() {
            throw new AssertionError("a slot has no deadline");
        }
    }

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
    private static final int SLOTS = 2048;

    private final Alarm alarm;
    private final long startNanos;
    private final Slot[] slots = new Slot[SLOTS];
    /** What the slot being fired held. */
    private final Slot firing = new Slot();
    /** All ticks up to this one have fired. */
    private long firedTick;

    private int waiting;
    private boolean alarmSet;

    public LoopTicker(long nowNanos, Alarm alarm) {
        this.alarm = alarm;
        this.startNanos = nowNanos;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot();
        }
    }

    /** Sets the deadline so many nanoseconds after now, in place of the time it was set to. */
    public void set(Deadline deadline, long nowNanos, long delayNanos) {
        clear(deadline);
        long elapsed = nowNanos - startNanos + Math.max(0, delayNanos);
        deadline.tick = Math.max(firedTick + 1, (elapsed + TICK_NANOS - 1) / TICK_NANOS);
        link(deadline, slots[(int) (deadline.tick % SLOTS)]);
        waiting++;
        wakeForNextTick(nowNanos);
    }

    /** Clears the deadline; nothing happens where none is set. */
    public void clear(Deadline deadline) {
        if (deadline.isSet()) {
            unlink(deadline);
            waiting--;
        }
    }

    /** How many deadlines are set. */
    public int waiting() {
        return waiting;
    }

    /** Fires what is due. The alarm calls this; a caller that comes early does no harm. */
    public void tick(long nowNanos) {
        alarmSet = false;
        long presentTick = (nowNanos - startNanos) / TICK_NANOS;
        long firstTick = Math.max(firedTick + 1, presentTick - SLOTS + 1);
        for (long tick = firstTick; tick <= presentTick; tick++) {
            firedTick = tick;
            fire(slots[(int) (tick % SLOTS)], presentTick);
        }
        firedTick = Math.max(firedTick, presentTick);
        wakeForNextTick(nowNanos);
    }

    /** Empties the slot first, so that deadlines set meanwhile are not looked at; those of later rounds go back into it. */
    private void fire(Slot slot, long presentTick) {
        moveAll(slot, firing);
        Deadline first = ((Deadline) firing).next;
        while (first != null && first != firing) {
            unlink(first);
            if (first.tick <= presentTick) {
                waiting--;
                fire(first);
            } else {
                link(first, slot);
            }
            first = ((Deadline) firing).next;
        }
    }

    /** A deadline that throws is a bug, and its own: the others must not be stranded by it. */
    private static void fire(Deadline due) {
        try {
            due.onDeadline();
        } catch (RuntimeException | Error bug) {
            LOG.error("a deadline failed", bug);
        }
    }

    private void wakeForNextTick(long nowNanos) {
        if (waiting > 0 && !alarmSet) {
            alarmSet = true;
            alarm.wakeAfter(startNanos + (firedTick + 1) * TICK_NANOS - nowNanos);
        }
    }

    private static void moveAll(Deadline from, Deadline to) {
        Deadline first = from.next;
        Deadline last = from.previous;
        if (first == null || last == null || first == from) {
            return;
        }
        first.previous = to;
        last.next = to;
        to.next = first;
        to.previous = last;
        from.next = from;
        from.previous = from;
    }

    private static void link(Deadline deadline, Deadline head) {
        Deadline last = head.previous;
        deadline.previous = last;
        deadline.next = head;
        if (last != null) {
            last.next = deadline;
        }
        head.previous = deadline;
    }

    private static void unlink(Deadline deadline) {
        Deadline before = deadline.previous;
        Deadline after = deadline.next;
        if (before != null && after != null) {
            before.next = after;
            after.previous = before;
        }
        deadline.previous = null;
        deadline.next = null;
    }
}
