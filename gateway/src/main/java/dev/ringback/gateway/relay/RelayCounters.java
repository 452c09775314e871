package dev.ringback.gateway.relay;

import java.util.concurrent.atomic.LongAdder;

/** What the relays' canaries count; written by the shards' loops, read by anyone. */
public final class RelayCounters {
    public final LongAdder canariesSent = new LongAdder();
    public final LongAdder canariesHeard = new LongAdder();
    /** Canaries not back within an interval. */
    public final LongAdder canariesMissed = new LongAdder();
    /** Times that a relay fell silent. */
    public final LongAdder silences = new LongAdder();
    /** Pub/sub connections given up because the store took canaries and they were not heard. */
    public final LongAdder reconnects = new LongAdder();
}
