package dev.ringback.gateway.http;

import dev.ringback.gateway.stream.LongPoll;
import dev.ringback.protocol.JobEvent;

/** Waits until the job ends, whatever the answer then is. */
interface EndGoal extends LongPoll.Goal {
    @Override
    default boolean isMetAtOnce(JobEvent present) {
        return present.state().isTerminal();
    }

    @Override
    default boolean isMetBy(JobEvent change) {
        return change.state().isTerminal();
    }
}
