package dev.ringback.gateway.stream;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.connection.Viewer;
import dev.ringback.gateway.hub.FanOut;
import dev.ringback.gateway.hub.WireFormat;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.CursorVector;
import dev.ringback.protocol.EventName;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.SseEncoder;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Several jobs on one stream of Server-Sent Events, until all have ended. The stream opens when each job has had its first
 * answer, because only then is it known what of the client's {@code Last-Event-ID} still holds.
 */
public final class SseManyStream extends SseConnection {
    private static final class Job {
        private final JobId id;
        private boolean answered;
        /** Whether the hub was asked again, because it told of less than the client has seen. */
        private boolean askedAgain;

        private boolean absent;
        private boolean ended;
        private @Nullable GoneReason gone;
        private @Nullable JobEvent present;
        private long sentVersion;
        /** Whether {@link #present} is still to be sent. */
        private boolean due;

        private boolean resetDue;

        private Job(JobId id) {
            this.id = id;
        }
    }

    private final List<Job> jobs = new ArrayList<>();
    private final @Nullable CursorVector seen;

    /**
     * A stream that has yet to start.
     *
     * @param ids distinct, in the order of the request, at most {@link CursorVector#MAX_JOBS}
     */
    public SseManyStream(
            StreamContext context,
            ClientConnection connection,
            Viewer viewer,
            List<JobId> ids,
            @Nullable CursorVector seen) {
        super(context, connection, viewer);
        ids.forEach(id -> jobs.add(new Job(id)));
        this.seen = seen;
    }

    public void start() {
        awaitFirstAnswer();
        connection.park(this);
        if (phase() == Phase.OPENING) {
            jobs.forEach(job -> context.hub().subscribe(job.id, this, null));
        }
    }

    /** Each event carries the vector of this very stream as its id. */
    @Override
    public WireFormat format() {
        return WireFormat.OWN;
    }

    @Override
    public void onPresent(JobEvent present) {
        Job job = job(present.jobId());
        job.present = present;
        job.due = true;
        answered(job);
    }

    @Override
    public void onAbsent(JobId id) {
        Job job = job(id);
        job.absent = context.waitsForUnknown();
        job.gone = job.absent ? null : GoneReason.UNKNOWN;
        answered(job);
    }

    @Override
    public void onGone(JobId id, GoneReason reason) {
        Job job = job(id);
        job.gone = reason;
        answered(job);
    }

    @Override
    public void onUnavailable(JobId id) {
        closeForRetry();
    }

    private void answered(Job job) {
        job.answered = true;
        if (phase() == Phase.STREAMING) {
            sendKept();
        } else if (phase() == Phase.OPENING && jobs.stream().allMatch(each -> each.answered)) {
            openOrRefuse();
        }
    }

    private void openOrRefuse() {
        boolean resumes = seen != null
                && seen.versions().size() == jobs.size()
                && seen.hash().equals(CursorVector.hashOf(incarnations()));
        if (resumes && askAgain(Objects.requireNonNull(seen))) {
            return;
        }
        for (int i = 0; i < jobs.size() && resumes; i++) {
            resume(jobs.get(i), Objects.requireNonNull(seen).versions().get(i));
        }
        if (jobs.stream().allMatch(job -> job.gone != null)) {
            refuse(JobReplies.gone(jobs.get(0).id, Objects.requireNonNull(jobs.get(0).gone)));
        } else if (jobs.stream().allMatch(job -> job.ended)) {
            refuse(JobReplies.nothingNew());
        } else {
            open();
            if (jobs.stream().anyMatch(job -> job.absent)) {
                awaitAbsent(context.unknownWaitNanos());
            }
            sendKept();
        }
    }

    /** Another gateway told of more than this one knows: the hub then reads the store. True where that is to be waited for. */
    private boolean askAgain(CursorVector vector) {
        boolean waits = false;
        for (int i = 0; i < jobs.size(); i++) {
            Job job = jobs.get(i);
            long version = vector.versions().get(i);
            if (job.present != null && job.present.version() < version && !job.askedAgain) {
                job.askedAgain = true;
                job.answered = false;
                waits = true;
                Cursor told = new Cursor(job.present.incarnation(), version);
                context.hub().unsubscribe(job.id, this);
                context.hub().subscribe(job.id, this, told);
            }
        }
        return waits;
    }

    private static void resume(Job job, long version) {
        if (job.present != null && job.present.version() == version) {
            job.sentVersion = version;
            job.due = false;
            job.ended = job.present.state().isTerminal();
        }
    }

    @Override
    public void onEvents(FanOut fanOut) {
        Job job = job(fanOut.jobId());
        if (phase() == Phase.ENDED || job.ended) {
            return;
        }
        job.absent = false;
        for (JobEvent event : fanOut.events()) {
            if (job.due) {
                context.counters().coalesced.increment();
            }
            job.present = event;
            job.due = true;
            sendKeptWhileStreaming();
        }
    }

    @Override
    public void onReset(JobEvent present) {
        Job job = job(present.jobId());
        job.present = present;
        job.due = true;
        job.resetDue = true;
        sendKeptWhileStreaming();
    }

    private void sendKeptWhileStreaming() {
        if (phase() == Phase.STREAMING) {
            sendKept();
        }
    }

    @Override
    void endAbsent() {
        for (Job job : jobs) {
            if (job.absent) {
                job.absent = false;
                job.gone = GoneReason.UNKNOWN;
            }
        }
        sendKept();
    }

    @Override
    void sendKept() {
        for (Job job : jobs) {
            boolean goneDue = job.gone != null && !job.ended;
            if (!job.due && !goneDue) {
                continue;
            }
            if (!maySend()) {
                return;
            }
            sendOne(job);
        }
        if (jobs.stream().allMatch(job -> job.ended)) {
            close();
        }
    }

    private void sendOne(Job job) {
        JobEvent event = job.present;
        ByteBuf out = connection.allocator().directBuffer(event == null ? 192 : 64 + SseEncoder.sizeHint(event));
        if (job.gone != null) {
            SseEncoder.gone(job.id, job.gone, out);
            job.ended = true;
        } else if (event != null) {
            job.due = false;
            job.sentVersion = event.version();
            job.ended = event.state().isTerminal();
            String id = new CursorVector(CursorVector.hashOf(incarnations()), versions()).text();
            if (job.resetDue) {
                job.resetDue = false;
                SseEncoder.event(event, EventName.RESET, id, out);
            }
            SseEncoder.event(event, event.name(), id, out);
        }
        send(out);
    }

    private List<String> incarnations() {
        return jobs.stream()
                .map(job -> job.present == null ? "" : job.present.incarnation())
                .toList();
    }

    private List<Long> versions() {
        return jobs.stream().map(job -> job.sentVersion).toList();
    }

    private Job job(JobId id) {
        for (Job job : jobs) {
            if (job.id.equals(id)) {
                return job;
            }
        }
        throw new IllegalStateException("not a job of this stream: " + id);
    }

    private void refuse(Reply reply) {
        ended();
        connection.reply(reply);
    }

    @Override
    void unsubscribeAll() {
        context.counters().sseStreams.decrement();
        for (Job job : jobs) {
            context.hub().unsubscribe(job.id, this);
        }
    }
}
