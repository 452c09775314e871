package dev.ringback.loadtest.check;

import dev.ringback.loadtest.check.Heard.Kind;
import org.jspecify.annotations.Nullable;

/**
 * One client's wait for one job, followed line by line.
 *
 * <pre>
 * IDLE ──► ASKING ──► OPEN ──► ENDED ──► OVER        GONE and LEFT: from everywhere before the end
 *   ▲         │        │  ▲       │
 *   └─────────┴────────┘  └───────┘ a reset
 * </pre>
 */
final class ClientWait {
    private enum Phase {
        /** It has no connection. */
        IDLE,
        /** It has asked and been told nothing yet. */
        ASKING,
        /** It has been told something; for a long poll, which then asks again, only for a moment. */
        OPEN,
        /** It has heard the job's end. */
        ENDED,
        /** The connection on which it heard the end is closed, or it was told again that nothing is newer than the end. */
        OVER,
        GONE,
        LEFT
    }

    private final JobLedger job;
    private final Timeline timeline;
    private final Findings findings;
    private final String who;
    private final long beganNanos;

    private Phase phase = Phase.IDLE;
    private long phaseNanos;
    private boolean hasConnected;
    /** Since when the client has been connected, or has polled again at once; null where it is not. */
    private @Nullable Long connectedNanos;

    private @Nullable Standing last;
    private long lastNanos;
    private boolean lastWasReset;

    ClientWait(Heard first, JobLedger job, Timeline timeline, Findings findings) {
        this.job = job;
        this.timeline = timeline;
        this.findings = findings;
        who = "client " + first.client() + ", job " + first.job() + ": ";
        beganNanos = first.atNanos();
        phaseNanos = beganNanos;
        lastNanos = beganNanos;
    }

    void take(Heard line) {
        count(line);
        if (phase == Phase.LEFT) {
            return;
        }
        if (phase == Phase.ENDED || phase == Phase.OVER || phase == Phase.GONE) {
            afterTheEnd(line);
            return;
        }
        judgeAnswerTime(line);
        switch (line.kind()) {
            case BEGAN -> enter(Phase.IDLE, line);
            case CONNECTED -> connected(line);
            case SNAPSHOT, EVENT -> state(line);
            case RESET -> reset(line);
            case UP_TO_DATE -> enter(last != null && last.isTerminal() ? Phase.OVER : Phase.IDLE, line);
            case REFUSED, CLOSED -> {
                connectedNanos = null;
                enter(Phase.IDLE, line);
            }
            case GONE -> enter(Phase.GONE, line);
            case LEFT -> enter(Phase.LEFT, line);
        }
    }

    private void count(Heard line) {
        Standing told = line.standing();
        findings.resetsHeard += line.kind() == Kind.RESET ? 1 : 0;
        findings.refusals += line.kind() == Kind.REFUSED ? 1 : 0;
        if (told != null && told.isTerminal()) {
            findings.terminalsHeard += line.kind() == Kind.RESET ? 0 : 1;
            if (!job.explains(told, line.atNanos())) {
                violation("heard " + told + " at " + timeline.at(line.atNanos()) + ", an end that no worker wrote");
            }
        }
    }

    private void enter(Phase next, Heard line) {
        phase = next;
        phaseNanos = line.atNanos();
    }

    private void connected(Heard line) {
        if (connectedNanos == null) {
            connectedNanos = line.atNanos();
            findings.reconnects += hasConnected ? 1 : 0;
        }
        hasConnected = true;
        if (phase != Phase.ASKING) {
            enter(Phase.ASKING, line);
        }
    }

    private void state(Heard line) {
        Standing told = line.standing();
        if (told != null) {
            judgeOrder(line, told);
            last = told;
            lastNanos = line.atNanos();
            lastWasReset = false;
            enter(told.isTerminal() ? Phase.ENDED : Phase.OPEN, line);
        }
    }

    private void reset(Heard line) {
        last = line.standing();
        lastNanos = line.atNanos();
        lastWasReset = true;
        enter(Phase.OPEN, line);
    }

    /** A snapshot is announced as one by a connection's beginning; the event that follows a reset may repeat it. */
    private void judgeOrder(Heard line, Standing told) {
        Standing before = last;
        boolean snapshot = line.kind() == Kind.SNAPSHOT && phase == Phase.ASKING;
        if (before == null) {
            return;
        }
        boolean sameIncarnation = told.incarnation().equals(before.incarnation());
        boolean repeats = sameIncarnation && told.version() == before.version();
        if (snapshot) {
            findings.duplicates += repeats ? 1 : 0;
            return;
        }
        String heard = "heard " + told + " at " + timeline.at(line.atNanos()) + " after " + before;
        if (!sameIncarnation) {
            violation(heard + ": another incarnation without a reset");
        } else if (told.version() < before.version()) {
            violation(heard + ": the version fell without a reset");
        } else if (repeats && !lastWasReset) {
            violation(heard + ": the version is repeated");
        }
    }

    /**
     * A client may come back and be told that nothing is newer, as a browser's EventSource does; and on the connection that told
     * the end, a reset may take it back.
     */
    private void afterTheEnd(Heard line) {
        switch (line.kind()) {
            case CLOSED, LEFT, CONNECTED, UP_TO_DATE -> {
                if (phase == Phase.ENDED) {
                    phase = Phase.OVER;
                }
            }
            case RESET -> {
                if (phase == Phase.ENDED) {
                    reset(line);
                } else {
                    followed(line);
                }
            }
            default -> followed(line);
        }
    }

    private void followed(Heard line) {
        String what = line.standing() == null ? "" : " with " + line.standing();
        String end = phase == Phase.GONE ? "it was told gone" : "the end " + Standing.text(last);
        violation("heard " + line.kind() + what + " at " + timeline.at(line.atNanos()) + " after " + end + " at "
                + timeline.at(phaseNanos));
    }

    // ── how long ───────────────────────────────────────────────────────────────────────────────────────────────

    private void judgeAnswerTime(Heard line) {
        boolean asksOn = phase == Phase.ASKING && line.kind() == Kind.CONNECTED;
        if (!asksOn) {
            judgeWait(line.atNanos());
        }
    }

    private void judgeWait(long untilNanos) {
        long waited = untilNanos - phaseNanos;
        if (waited <= timeline.bounds.longestWaitNanos()) {
            return;
        }
        String span = Timeline.millis(waited) + " from " + timeline.at(phaseNanos) + " on";
        if (phase == Phase.ASKING) {
            violation("was told nothing on its connection for " + span);
        } else if (phase == Phase.IDLE) {
            violation("made no connection attempt for " + span);
        }
    }

    // ── at the end ─────────────────────────────────────────────────────────────────────────────────────────────

    void finish() {
        judgeWait(timeline.endNanos);
        Standing truth = job.truth;
        if (truth != null && truth.isTerminal()) {
            judgeEnd(truth);
        } else {
            judgeGap(truth);
        }
    }

    private void judgeEnd(Standing end) {
        boolean hasEnded = phase == Phase.ENDED || phase == Phase.OVER;
        long startNanos = Math.max(beganNanos, job.endKnownNanos(end));
        long owedNanos = timeline.owedFrom(startNanos, Long.MAX_VALUE);
        String due =
                end + " was due " + Timeline.millis(timeline.bounds.withinNanos()) + " after " + timeline.at(owedNanos);
        if (hasEnded && end.equals(last)) {
            long delay = phaseNanos - timeline.owedFrom(startNanos, phaseNanos);
            findings.worstDelayNanos = Math.max(findings.worstDelayNanos, delay);
            if (timeline.isOverdue(owedNanos, phaseNanos)) {
                violation("heard its end only at " + timeline.at(phaseNanos) + ": " + due);
            }
            return;
        }
        // Whoever heard an end and went cannot be told that a weaker store has undone it.
        boolean excused = phase == Phase.GONE || (hasEnded && !timeline.bounds.survivesFaults());
        long untilNanos = phase == Phase.LEFT ? phaseNanos : timeline.endNanos;
        if (!excused && timeline.isOverdue(owedNanos, untilNanos)) {
            violation("had not heard the end by " + timeline.at(untilNanos) + ": " + due + ", but it last heard "
                    + Standing.text(last));
        }
    }

    private void judgeGap(@Nullable Standing truth) {
        boolean waits = phase == Phase.IDLE || phase == Phase.ASKING || phase == Phase.OPEN;
        // A first long poll has no cursor, and is held until the job changes: only the longest wait bounds its answer.
        boolean firstAsk = phase == Phase.ASKING && last == null;
        if (!waits || firstAsk || connectedNanos == null) {
            return;
        }
        long startNanos = Math.max(connectedNanos, job.lastChangeNanos());
        boolean settled = timeline.isOverdue(timeline.owedFrom(startNanos, Long.MAX_VALUE), timeline.endNanos);
        if (!settled || (last == null ? truth == null : last.equals(truth))) {
            return;
        }
        String at = " at " + timeline.at(lastNanos);
        String told = "connected since " + timeline.at(connectedNanos) + ", last heard " + Standing.text(last) + at;
        if (isAbove(last, truth)) {
            violation(told + ": its last state lies above the truth, " + Standing.text(truth) + ", without a RESET");
        } else {
            violation(told + ", but the store has " + Standing.text(truth));
        }
    }

    private static boolean isAbove(@Nullable Standing told, @Nullable Standing truth) {
        if (told == null || truth == null) {
            return told != null;
        }
        return told.incarnation().equals(truth.incarnation()) && told.version() > truth.version();
    }

    private void violation(String what) {
        findings.violations.add(who + what + ".");
    }
}
