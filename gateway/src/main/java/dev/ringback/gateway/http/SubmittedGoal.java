package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.hub.FanOut;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.JobEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of a job that was just submitted: 200 with it, or 202 when time is up.
 *
 * @param applied the preference to echo; null for none
 */
record SubmittedGoal(@Nullable Duration applied) implements EndGoal {
    @Override
    public void reached(JobEvent event, byte[] body, ClientConnection connection) {
        connection.reply(echoing(JobReplies.state(200, event, body)));
    }

    @Override
    public void expired(JobEvent present, boolean closing, ClientConnection connection) {
        boolean ended = present.state().isTerminal();
        Reply reply = echoing(ended ? JobReplies.state(present) : accepted(present));
        connection.reply(closing ? reply.closing() : reply);
    }

    /** 202 with the job, and where to follow it. */
    static Reply accepted(JobEvent present) {
        return JobReplies.state(202, present, FanOut.httpBody(present)).header("Location", "/jobs/" + present.jobId());
    }

    private Reply echoing(Reply reply) {
        return applied == null ? reply : reply.header("Preference-Applied", "wait=" + applied.toSeconds());
    }
}
