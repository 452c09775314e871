package dev.ringback.loadtest.check;

/**
 * Something that was broken for a while.
 *
 * @param beganNanos when, by {@link System#nanoTime()}
 * @param healedNanos when everything it takes to recover was there again
 */
public record Fault(String what, long beganNanos, long healedNanos) {
    public Fault {
        if (healedNanos < beganNanos) {
            throw new IllegalArgumentException(what + " from " + beganNanos + " to " + healedNanos + " ns");
        }
    }
}
