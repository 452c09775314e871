package dev.ringback.loadtest.result;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * What was sent and what came of it.
 *
 * @param connected connections that came to wait, each counted once for each time
 * @param failedConnects connections that were refused, or ended before they waited
 * @param published events that the server accepted
 * @param expected deliveries that had to come: for each wait each version, less the progress that a newer state replaced
 * @param delivered those that came, duplicates left out
 * @param replaced versions that no one had to hear, because a newer state replaced them; -1 where they were not counted
 * @param lost versions that had to come and did not
 * @param outOfOrder deliveries of an older version than the same wait had heard
 * @param afterTerminal deliveries behind the job's end
 * @param reconnects connections opened again after they were lost or dropped
 * @param closedSlow connections that the server closed because they did not read
 */
public record Counts(
        long connected,
        long failedConnects,
        long published,
        long expected,
        long delivered,
        long replaced,
        long lost,
        long duplicated,
        long outOfOrder,
        long afterTerminal,
        long reconnects,
        long closedSlow) {
    /** Whether everything that had to come came once, in order, and nothing else. */
    @JsonIgnore
    public boolean isClean() {
        return lost == 0 && duplicated == 0 && outOfOrder == 0 && afterTerminal == 0;
    }
}
