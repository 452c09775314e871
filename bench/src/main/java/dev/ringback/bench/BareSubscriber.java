package dev.ringback.bench;

import dev.ringback.gateway.hub.FanOut;
import dev.ringback.gateway.hub.Subscriber;
import dev.ringback.gateway.hub.WireFormat;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import org.jspecify.annotations.Nullable;

/** The least that can subscribe: its loop, and whether it had its answer. Anything but present states and events is a fault. */
public final class BareSubscriber implements Subscriber {
    private final Loop loop;
    private boolean answered;

    public BareSubscriber(Loop loop) {
        this.loop = loop;
    }

    void requireAnswered() {
        if (!answered) {
            throw new IllegalStateException("a subscriber had no answer");
        }
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public WireFormat format() {
        return WireFormat.OWN;
    }

    @Override
    public boolean maySee(@Nullable String owner) {
        return true;
    }

    @Override
    public void onPresent(JobEvent present) {
        answered = true;
    }

    @Override
    public void onEvents(FanOut fanOut) {
        // It has nobody to pass them on to.
    }

    @Override
    public void onAbsent(JobId id) {
        throw new IllegalStateException("absent: " + id);
    }

    @Override
    public void onReset(JobEvent present) {
        throw new IllegalStateException("reset: " + present);
    }

    @Override
    public void onGone(JobId id, GoneReason reason) {
        throw new IllegalStateException("gone: " + id);
    }

    @Override
    public void onUnavailable(JobId id) {
        throw new IllegalStateException("unavailable: " + id);
    }

    @Override
    public void onFault() {
        throw new IllegalStateException("fault");
    }
}
