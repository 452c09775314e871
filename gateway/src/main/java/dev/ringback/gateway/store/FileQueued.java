package dev.ringback.gateway.store;

import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.NewJob.Plan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what the file's jobs say of queues. Before the file store's thread begins. */
final class FileQueued {
    private static final Logger LOG = LoggerFactory.getLogger(FileQueued.class);

    /** A job that has completed keeps nobody waiting, nor does one that is gone: who follows one that failed was told before. */
    private static final String UPSTREAM =
            "SELECT 1 FROM jobs WHERE id = ? AND status IN ('queued', 'processing', 'failed', 'cancelled')";

    private final PreparedStatement upstream;

    private FileQueued(PreparedStatement upstream) {
        this.upstream = upstream;
    }

    /**
     * Gives the jobs that wait, are leased or are dead letters, in the order in which they were made; not those whose time is over.
     * A row that is damaged is left out, and stays in the file.
     */
    static void read(Connection connection, long nowMillis, Consumer<QueuedRow> rows) throws SQLException {
        // SQLite reads a submission from the disk only where it is asked for.
        try (PreparedStatement upstream = connection.prepareStatement(UPSTREAM);
                PreparedStatement statement =
                        connection.prepareStatement("SELECT jobs.id, jobs.state, submissions.submission FROM jobs"
                                + " LEFT JOIN submissions ON submissions.n = jobs.n"
                                + " WHERE jobs.status IN ('queued', 'processing', 'failed') AND jobs.deadline > ?"
                                + " ORDER BY jobs.n")) {
            statement.setLong(1, nowMillis);
            FileQueued reader = new FileQueued(upstream);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    reader.read(found, rows);
                }
            }
        }
    }

    private void read(ResultSet found, Consumer<QueuedRow> rows) throws SQLException {
        String name = found.getString(1);
        try {
            JobId id = JobId.of(name);
            StoredJob job = StoredJobFormat.decode(id, found.getBytes(2));
            JobWork work = job.jobWork();
            if (work != null && hasAPlace(work)) {
                rows.accept(row(job, work, found.getBytes(3)));
            }
        } catch (StoreException | IllegalArgumentException e) {
            LOG.error("job {} is left out of its queue: {}", name, e.getMessage());
        }
    }

    /** A job that a worker moves without a lease is in no queue any more, and one that has ended only where it is a dead letter. */
    private static boolean hasAPlace(JobWork work) {
        return switch (work.state()) {
            case QUEUED -> true;
            case PROCESSING -> work.leaseId() != null;
            default -> work.dead();
        };
    }

    private QueuedRow row(StoredJob job, JobWork work, byte @Nullable [] submission) throws SQLException {
        JobRecord record = Objects.requireNonNull(job.record());
        if (submission == null) {
            throw new StoreException(StoreException.Kind.CORRUPT, "the submission of job " + job.id() + " is missing");
        }
        NewJob submitted = StoredJobFormat.decodeSubmission(job.id(), submission);
        long ended = work.state() == JobState.FAILED ? record.times().completed() : 0;
        return new QueuedRow(
                job.id(),
                work,
                submitted.priority(),
                record.times().created(),
                ended,
                remaining(work, submitted.plan()));
    }

    private Plan remaining(JobWork work, Plan plan) throws SQLException {
        List<JobId> after = new ArrayList<>();
        for (JobId id : plan.after()) {
            if (work.state() == JobState.QUEUED && work.attempt() == 1 && keepsWaiting(id)) {
                after.add(id);
            }
        }
        return new Plan(plan.maxAttempts(), plan.runAtMillis(), after, plan.afterFailure());
    }

    private boolean keepsWaiting(JobId id) throws SQLException {
        upstream.setString(1, id.toString());
        try (ResultSet found = upstream.executeQuery()) {
            return found.next();
        }
    }
}
