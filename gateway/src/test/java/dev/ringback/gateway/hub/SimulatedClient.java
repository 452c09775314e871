package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.List;

/** Waits for one job, writes down all it hears, and checks as it goes what no client may ever see. */
final class SimulatedClient implements Subscriber {
    final JobId id;
    private final Loop loop;
    private final WireFormat format;
    final List<String> heard = new ArrayList<>();
    private long version;
    private int firstAnswers;
    /** Whether the store goes back in this test. */
    boolean mayGoBack;

    boolean left;
    boolean ended;
    boolean faulted;
    int emptyDocuments;
    String violation;

    SimulatedClient(JobId id, Loop loop, WireFormat format) {
        this.id = id;
        this.loop = loop;
        this.format = format;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public WireFormat format() {
        return format;
    }

    @Override
    public boolean maySee(String owner) {
        return true;
    }

    @Override
    public void onPresent(JobEvent present) {
        firstAnswer();
        hear(present);
    }

    @Override
    public void onAbsent(JobId job) {
        firstAnswer();
        heard.add("absent");
    }

    private void firstAnswer() {
        if (!left && ++firstAnswers > 1) {
            violation = "a second first answer";
        }
    }

    @Override
    public void onEvents(FanOut fanOut) {
        fanOut.events().forEach(this::hear);
    }

    private void hear(JobEvent event) {
        if (!loop.inLoop()) {
            violation = "called on a foreign loop";
        }
        heard.add("v" + event.version());
        emptyDocuments += event.json().length == 0 ? 1 : 0;
        if (left) {
            return;
        }
        if (firstAnswers == 0) {
            violation = "an event before the first answer";
        } else if (ended) {
            violation = "an event after the end";
        } else if (event.version() <= version) {
            violation = "version " + event.version() + " after " + version;
        }
        version = event.version();
        ended = event.state().isTerminal();
    }

    @Override
    public void onReset(JobEvent present) {
        if (!mayGoBack) {
            violation = "a reset, though nothing went back";
        }
        heard.add("reset to v" + present.version());
        version = present.version();
        ended = present.state().isTerminal();
    }

    @Override
    public void onGone(JobId job, GoneReason reason) {
        violation = "gone, though nothing went away";
    }

    @Override
    public void onUnavailable(JobId job) {
        violation = "unavailable";
    }

    @Override
    public void onFault() {
        faulted = true;
    }
}
