package dev.ringback.loadtest.client;

import dev.ringback.protocol.EventName;
import dev.ringback.protocol.JobEvent;
import org.jspecify.annotations.Nullable;

/** Hears a wait that should go well on one connection: whatever a client would have to come back for ends it, and is said. */
final class OnceHearer implements Hearer {
    private final int index;
    private final WaiterListener listener;

    OnceHearer(int index, WaiterListener listener) {
        this.index = index;
        this.listener = listener;
    }

    @Override
    public void asked(long nanos) {}

    @Override
    public void parked() {
        listener.parked(index);
    }

    @Override
    public void event(EventName name, JobEvent job, long nanos) {
        listener.heard(index, name, nanos);
    }

    @Override
    public void gone(String reason, long nanos) throws WireException {
        throw new WireException(reason);
    }

    @Override
    public void upToDate(boolean asksOn, long nanos) throws WireException {
        if (!asksOn) {
            throw new WireException("told that nothing is newer than what was not heard");
        }
    }

    @Override
    public void refused(String reason, long delayMillis, long nanos) throws WireException {
        throw new WireException(reason);
    }

    @Override
    public void retry(long millis) {}

    @Override
    public void wrong(String what) {}

    @Override
    public void closed(@Nullable String why) {
        listener.ended(index, why == null ? "closed by the gateway" : why);
    }
}
