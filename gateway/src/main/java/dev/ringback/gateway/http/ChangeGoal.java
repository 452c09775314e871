package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.hub.HttpBody;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.gateway.stream.LongPoll;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Waits until the job changes.
 *
 * @param applied the preference to echo as {@code Preference-Applied}; null for none
 */
record ChangeGoal(Conditional conditional, @Nullable Duration applied) implements LongPoll.Goal {
    @Override
    public @Nullable Cursor seen() {
        return conditional.after();
    }

    @Override
    public boolean isMetAtOnce(JobEvent present) {
        return present.state().isTerminal()
                || (conditional.after() != null && present.isNewerThan(conditional.after()));
    }

    @Override
    public boolean isMetBy(JobEvent change) {
        return true;
    }

    @Override
    public void reached(HttpBody present, ClientConnection connection) {
        connection.reply(reply(present));
    }

    @Override
    public void reset(HttpBody present, ClientConnection connection) {
        connection.reply(withPreference(JobReplies.state(present)));
    }

    @Override
    public void expired(HttpBody present, boolean closing, ClientConnection connection) {
        Reply reply = reply(present);
        connection.reply(closing ? reply.closing() : reply);
    }

    private Reply reply(HttpBody present) {
        Reply reply = conditional.matches(present.event())
                ? JobReplies.notModified(present.event(), present.retryAfterSeconds())
                : JobReplies.state(present);
        return withPreference(reply);
    }

    private Reply withPreference(Reply reply) {
        return applied == null ? reply : reply.header("Preference-Applied", "wait=" + applied.toSeconds());
    }
}
