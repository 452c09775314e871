package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.results.ResultId;
import dev.ringback.gateway.results.ResultMeta;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.Problem;
import org.jspecify.annotations.Nullable;

/** Answers with bytes that a worker uploaded: what is short in one answer, what is long as a {@link ResultDownload}. */
record UploadedResult(Services services, DownloadConditions conditions, ResultId id, ClientConnection connection) {
    /** What may lie in memory as a whole. */
    static final int MAX_AT_ONCE = 256 * 1024;

    void send() {
        Exchange.replyWhen(connection, services.results().store().find(id), this::answer);
    }

    private void answer(@Nullable ResultMeta meta) {
        if (meta == null) {
            connection.reply(JobReplies.gone(id.job(), GoneReason.EXPIRED));
            return;
        }
        if (conditions.matches(meta)) {
            connection.reply(JobReplies.about(Reply.of(304)).header("ETag", meta.etag()));
            return;
        }
        ByteRange part = conditions.part(meta);
        if (part == null) {
            send(meta, ByteRange.whole(meta.length()), head(200, meta));
        } else if (part.equals(ByteRange.NONE)) {
            connection.reply(unsatisfiable(meta));
        } else {
            String place = "bytes " + part.from() + "-" + part.to() + "/" + meta.length();
            send(meta, part, head(206, meta).header("Content-Range", place));
        }
    }

    private void send(ResultMeta meta, ByteRange wanted, Reply head) {
        if (conditions.headOnly()) {
            connection.reply(head.sized(meta.mediaType(), meta.length()));
            return;
        }
        services.results().counters().downloads.increment();
        if (wanted.length() > MAX_AT_ONCE) {
            new ResultDownload(services, id, wanted, connection).start(head.sized(meta.mediaType(), wanted.length()));
            return;
        }
        Exchange.replyWhen(
                connection, services.results().store().read(id, wanted.from(), (int) wanted.length()), bytes -> {
                    services.results().counters().downloadedBytes.add(bytes.length);
                    connection.reply(head.body(meta.mediaType(), bytes));
                });
    }

    /** The bytes are a stranger's: no browser is to take them for a page or script of ours. */
    private static Reply head(int status, ResultMeta meta) {
        return JobReplies.about(Reply.of(status))
                .header("ETag", meta.etag())
                .header("Accept-Ranges", "bytes")
                .header("Content-Disposition", "attachment")
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", "sandbox");
    }

    private static Reply unsatisfiable(ResultMeta meta) {
        Problem problem = new Problem(
                416, "range-unsatisfiable", "Range not satisfiable", "the result has " + meta.length() + " bytes");
        return JobReplies.about(Reply.problem(problem)).header("Content-Range", "bytes */" + meta.length());
    }
}
