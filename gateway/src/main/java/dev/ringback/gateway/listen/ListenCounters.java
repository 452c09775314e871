package dev.ringback.gateway.listen;

import java.util.concurrent.atomic.LongAdder;

/** What the port counts; written by all loops, read by anyone. */
public final class ListenCounters {
    /** Connections that are open. */
    public final LongAdder open = new LongAdder();

    public final LongAdder accepted = new LongAdder();
    /** Connections refused because a limit was reached. */
    public final LongAdder refused = new LongAdder();
    /** How often nobody was accepted for a moment, because of {@code listen.accepts-per-second}. */
    public final LongAdder acceptPauses = new LongAdder();
    /** Whole requests. */
    public final LongAdder requests = new LongAdder();
    /** Requests that could not be read. */
    public final LongAdder malformed = new LongAdder();
    /** Connections closed because a request, an answer or the next request took too long. */
    public final LongAdder timeouts = new LongAdder();
    /** Connections closed for too many bytes behind a parked request. */
    public final LongAdder floods = new LongAdder();

    private final LongAdder[] replies = {
        new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder()
    };

    /** Answers with a status of so many hundreds: 4 for 4xx. */
    public LongAdder replies(int hundreds) {
        return replies[hundreds];
    }
}
