package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.hub.HttpBody;
import dev.ringback.gateway.results.ResultId;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobResult;
import dev.ringback.protocol.JobState;
import org.jspecify.annotations.Nullable;

/** Waits until the job ends, and answers with its result. */
record ResultGoal(Services services, DownloadConditions conditions) implements EndGoal {
    private static final byte[] NULL = "null".getBytes(ISO_8859_1);

    /** A completed job's result; a failed or cancelled one's document, which says why. */
    @Override
    public void reached(HttpBody present, ClientConnection connection) {
        JobEvent event = present.event();
        if (event.state() != JobState.COMPLETED) {
            connection.reply(JobReplies.state(present));
            return;
        }
        JobResult result = JobResult.of(event);
        String upload = result.upload(event.jobId());
        if (upload != null) {
            ResultId id = new ResultId(event.jobId(), upload);
            new UploadedResult(services, conditions, id, connection).send();
        } else if (result.url() == null) {
            connection.reply(json(result.inline()));
        } else if (result.url().equals(JobResult.ownUrl(event.jobId()))) {
            replyWithLarge(event.jobId(), connection);
        } else {
            connection.reply(JobReplies.elsewhere(result.url()));
        }
    }

    private void replyWithLarge(JobId id, ClientConnection connection) {
        Exchange.replyWhen(
                connection,
                services.store().result(id),
                json -> connection.reply(json == null ? JobReplies.gone(id, GoneReason.EXPIRED) : json(json)));
    }

    private static Reply json(byte @Nullable [] result) {
        return JobReplies.result(result == null ? NULL : result);
    }

    @Override
    public void expired(HttpBody present, boolean closing, ClientConnection connection) {
        if (present.event().state().isTerminal()) {
            reached(present, connection);
        } else {
            Reply reply = JobReplies.notYet(present);
            connection.reply(closing ? reply.closing() : reply);
        }
    }
}
