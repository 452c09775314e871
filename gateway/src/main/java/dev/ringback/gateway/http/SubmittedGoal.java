package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.hub.HttpBody;
import dev.ringback.gateway.stream.JobReplies;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of a job that was just submitted: 200 with it, or what a submission is answered with at once when time is up.
 *
 * @param status 202 for a new job, 200 for a repeated submission
 * @param applied the preference to echo; null for none
 */
record SubmittedGoal(int status, @Nullable Duration applied) implements EndGoal {
    @Override
    public void reached(HttpBody present, ClientConnection connection) {
        connection.reply(echoing(JobReplies.state(present)));
    }

    @Override
    public void expired(HttpBody present, boolean closing, ClientConnection connection) {
        boolean ended = present.event().state().isTerminal();
        Reply reply = echoing(ended ? JobReplies.state(present) : present(present));
        connection.reply(closing ? reply.closing() : reply);
    }

    /** The job as it is now, and where to follow it. */
    Reply present(HttpBody present) {
        return JobReplies.state(status, present)
                .header("Location", "/jobs/" + present.event().jobId());
    }

    private Reply echoing(Reply reply) {
        return applied == null ? reply : reply.header("Preference-Applied", "wait=" + applied.toSeconds());
    }
}
