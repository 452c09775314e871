package dev.ringback.gateway.webhook;

import dev.ringback.gateway.config.WebhookConfig;

/**
 * What is known of a destination's health, and how much it is sent at once because of it. Confined to the loop.
 *
 * <pre>
 *   CLOSED ──(so many failures in a row)──► OPEN ──(time)──► HALF_OPEN ──(success)──► CLOSED
 *                                             ▲                 │
 *                                             └────(failure)────┘  and the time doubles
 * </pre>
 *
 * <p>A destination that nothing is known of gets one request at first, and one more with each success: one that is dead holds no
 * more than that.
 */
final class Circuit {
    enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    private static final int MOST_DOUBLINGS = 5;

    private final int mostAtOnce;
    private final int mostFailures;
    private final long openNanos;
    private State state = State.CLOSED;
    private int window = 1;
    private int failures;
    private int trials;
    private int era;
    private boolean isProven;
    private long openUntilNanos;

    Circuit(WebhookConfig config) {
        this.mostAtOnce = config.concurrency();
        this.mostFailures = config.circuitFailures();
        this.openNanos = config.circuitOpen().toNanos();
    }

    State state() {
        return state;
    }

    /** How many requests may be under way. */
    int window(long nowNanos) {
        if (state == State.OPEN && nowNanos - openUntilNanos >= 0) {
            move(State.HALF_OPEN);
        }
        return state == State.OPEN ? 0 : window;
    }

    /** How long until it may be tried again; 0 where it may be now. */
    long waitNanos(long nowNanos) {
        return state == State.OPEN ? Math.max(0, openUntilNanos - nowNanos) : 0;
    }

    /** Counts how often it opened: what began before says nothing of now. */
    int era() {
        return era;
    }

    /** Whether the last answer was one that a receiver in order gives. */
    boolean isProven() {
        return isProven;
    }

    /** The receiver answered, be it that it does not want this delivery. */
    void onAnswer() {
        failures = 0;
        trials = 0;
        isProven = true;
        window = Math.min(mostAtOnce, window + 1);
        if (state != State.CLOSED) {
            move(State.CLOSED);
        }
    }

    /**
     * No answer came, or one that says that the receiver is not well: whether the circuit has opened by it.
     *
     * @param begunIn the era in which the request was made
     */
    boolean onFailure(long nowNanos, int begunIn) {
        isProven = false;
        if (begunIn != era) {
            return false;
        }
        failures++;
        window = 1;
        boolean opens = state == State.HALF_OPEN || state == State.CLOSED && failures >= mostFailures;
        if (opens) {
            openUntilNanos = nowNanos + (openNanos << Math.min(trials, MOST_DOUBLINGS));
            trials++;
            era++;
            move(State.OPEN);
        }
        return opens;
    }

    private void move(State next) {
        boolean legal = switch (next) {
            case OPEN -> state == State.CLOSED || state == State.HALF_OPEN;
            case HALF_OPEN -> state == State.OPEN;
            case CLOSED -> state != State.CLOSED;
        };
        if (!legal) {
            throw new IllegalStateException(state + " to " + next);
        }
        state = next;
    }

    int failures() {
        return failures;
    }
}
