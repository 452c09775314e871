package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.hub.FanOut;
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
    public void reached(JobEvent event, byte[] body, ClientConnection connection) {
        connection.reply(reply(event, body));
    }

    @Override
    public void reset(JobEvent present, byte[] body, ClientConnection connection) {
        connection.reply(withPreference(JobReplies.state(200, present, body)));
    }

    @Override
    public void expired(JobEvent present, boolean closing, ClientConnection connection) {
        Reply reply = reply(present, FanOut.httpBody(present));
        connection.reply(closing ? reply.closing() : reply);
    }

    private Reply reply(JobEvent event, byte[] body) {
        Reply reply = conditional.matches(event) ? JobReplies.notModified(event) : JobReplies.state(200, event, body);
        return withPreference(reply);
    }

    private Reply withPreference(Reply reply) {
        return applied == null ? reply : reply.header("Preference-Applied", "wait=" + applied.toSeconds());
    }
}
