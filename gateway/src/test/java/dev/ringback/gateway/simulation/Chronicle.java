package dev.ringback.gateway.simulation;

import dev.ringback.loadtest.check.Fault;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.loadtest.check.Write;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.List;

/** All that is written down in one world: for the checker, and as a timeline for people. */
final class Chronicle {
    final List<Write> writes = new ArrayList<>();
    final List<Heard> heard = new ArrayList<>();
    final List<Fault> faults = new ArrayList<>();
    private final SeededScheduler scheduler;
    private final List<String> timeline;

    /**
     * @param timeline gets a line for all that happens; null where nobody wants to read it
     */
    Chronicle(SeededScheduler scheduler, List<String> timeline) {
        this.scheduler = scheduler;
        this.timeline = timeline;
    }

    void note(String format, Object... arguments) {
        if (timeline != null) {
            timeline.add(scheduler.now() / 1_000_000 + " ms " + String.format(format, arguments));
        }
    }

    void write(Write write) {
        writes.add(write);
        note(
                "%s to %s: %s %s-%s",
                write.job(), write.state().wireName(), write.outcome(), write.incarnation(), write.version());
    }

    void fault(FaultKind kind, String where, long nanos) {
        faults.add(new Fault(kind.name(), scheduler.now(), scheduler.now() + nanos));
        note("FAULT %s %s for %d ms", kind, where, nanos / 1_000_000);
    }

    void hear(int client, JobId job, Heard.Kind kind) {
        hear(Heard.of(client, job, scheduler.now(), kind));
    }

    void hear(Heard line) {
        heard.add(line);
        String state =
                line.state() == null ? "" : line.state().wireName() + " " + line.incarnation() + "-" + line.version();
        note("client %d of %s: %s %s", line.client(), line.job(), line.kind(), state);
    }
}
