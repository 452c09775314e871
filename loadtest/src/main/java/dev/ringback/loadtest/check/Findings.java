package dev.ringback.loadtest.check;

import java.util.ArrayList;
import java.util.List;

/** What has been found in a history so far. For one thread. */
final class Findings {
    final List<String> violations = new ArrayList<>();
    int clients;
    int terminalsHeard;
    int resetsHeard;
    int reconnects;
    int refusals;
    int duplicates;
    int faults;
    int acknowledgedEnds;
    int undoneEnds;
    long worstDelayNanos;

    Report report() {
        Stats stats = new Stats(
                clients,
                terminalsHeard,
                resetsHeard,
                reconnects,
                refusals,
                duplicates,
                faults,
                acknowledgedEnds,
                undoneEnds,
                worstDelayNanos);
        return new Report(List.copyOf(violations), stats);
    }
}
