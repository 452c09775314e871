package dev.ringback.gateway.store;

import dev.ringback.gateway.store.FileJobs.DamagedRowException;
import dev.ringback.gateway.store.FileJobs.Row;
import dev.ringback.gateway.store.StoreException.Kind;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.NewJob;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What calls do with the file's jobs, by the {@link JobRules}. Confined to the file store's thread. */
final class FileSteps {
    private static final Logger LOG = LoggerFactory.getLogger(FileSteps.class);
    /** Deadlines that one batch looks after, so that calls do not wait behind many. */
    private static final int MOST_DUE = 256;

    /** What steps have to tell, in their order; nobody hears of it before the commit. */
    interface News {
        void event(JobEvent event);

        /** An event that was put into the outbox under this number. */
        void outbox(long number, OutboxEvent event);
    }

    private static final long DAMAGED_AGAIN_MILLIS = Duration.ofHours(1).toMillis();

    private final FileJobs jobs;
    private final JobRules rules;
    private final InstantSource clock;
    private final long mostBytes;
    private final News news;

    /**
     * Steps on these jobs.
     *
     * @param mostBytes {@code store.file-bytes}
     * @param news takes what the steps have to tell
     */
    FileSteps(FileJobs jobs, JobRules rules, InstantSource clock, long mostBytes, News news) {
        this.jobs = jobs;
        this.rules = rules;
        this.clock = clock;
        this.mostBytes = mostBytes;
        this.news = news;
    }

    StoreRead read(JobId id) throws SQLException {
        Row row = peek(id);
        return row == null ? StoreRead.ABSENT : row.job().read();
    }

    byte @Nullable [] result(JobId id) throws SQLException {
        Row row = peek(id);
        return row == null || row.job().record() == null ? null : jobs.result(row);
    }

    @Nullable JobWork work(JobId id) throws SQLException {
        Row row = peek(id);
        return row == null ? null : row.job().jobWork();
    }

    @Nullable NewJob submitted(JobId id) throws SQLException {
        Row row = peek(id);
        return row == null || row.job().record() == null ? null : jobs.submission(row);
    }

    StoreWrite create(JobId id, NewJob submitted, JobStore.Submission submission) throws SQLException {
        Row row = find(id);
        return take(row, rules.create(row == null ? null : row.job(), id, submitted, submission, this::requireRoom));
    }

    StoreWrite apply(JobId id, JobChange change, JobStore.Origin origin) throws SQLException {
        Row row = find(id);
        return take(row, rules.apply(row == null ? null : row.job(), id, change, origin, this::requireRoom));
    }

    JobPage list(JobQuery query) throws SQLException {
        return ListPart.page(List.of(jobs.part(query, clock.millis())), query.limit());
    }

    private StoreWrite take(@Nullable Row row, JobRules.Step step) throws SQLException {
        StoredJob after = step.after();
        if (after != null) {
            OutboxEvent told = step.tells() ? rules.outbox().event(step, submitted(row, after, step)) : null;
            jobs.write(row, after, step);
            if (step.event() != null) {
                news.event(step.event());
            }
            if (told != null) {
                news.outbox(jobs.tell(told), told);
            }
        }
        return step.answer();
    }

    /** The submission where its webhook matters. One that is damaged must not keep the job from its end. */
    private @Nullable NewJob submitted(@Nullable Row row, StoredJob after, JobRules.Step step) throws SQLException {
        if (step.submitted() != null || row == null || after.hooks().own() == StoredJob.Own.NONE) {
            return step.submitted();
        }
        try {
            return jobs.submission(row);
        } catch (StoreException damaged) {
            LOG.error("the webhook of job {} is told nothing: {}", after.id(), damaged.detail());
            return null;
        }
    }

    /** Writes rows of webhooks. */
    void write(List<WebhookJournal.Row> rows) throws SQLException {
        for (WebhookJournal.Row row : rows) {
            jobs.write(row);
        }
    }

    /**
     * The job as readers are told of it now: its deadline may have come, and the turn of its row not. Writes nothing, so that
     * reading goes on while the file can't be written.
     */
    private @Nullable Row peek(JobId id) throws SQLException {
        Row row = jobs.find(id);
        if (row == null || row.job().deadlineMillis() > clock.millis()) {
            return row;
        }
        JobRecord record = row.job().record();
        if (record == null) {
            return null;
        }
        if (!record.state().isTerminal()) {
            // Its end is to come, with what there is to tell of it.
            return row;
        }
        StoredJob tombstone = rules.timeIsOver(row.job()).after();
        return tombstone == null ? row : new Row(row.number(), tombstone);
    }

    /** The job as it is to be changed now. */
    private @Nullable Row find(JobId id) throws SQLException {
        long now = clock.millis();
        Row row = jobs.find(id);
        while (row != null && row.job().deadlineMillis() <= now) {
            age(row);
            row = jobs.find(id);
        }
        return row;
    }

    private void age(Row row) throws SQLException {
        JobRules.Step step = rules.timeIsOver(row.job());
        if (step.after() == null) {
            jobs.delete(row);
        } else {
            take(row, step);
        }
    }

    /** Ends, buries and forgets jobs whose time is over. */
    void ageDue() throws SQLException {
        long now = clock.millis();
        for (int i = 0; i < MOST_DUE; i++) {
            try {
                Row row = jobs.due(now);
                if (row == null) {
                    return;
                }
                age(row);
            } catch (DamagedRowException e) {
                LOG.error("a job's time is over, but {}", e.getMessage());
                jobs.postpone(e.number, now + DAMAGED_AGAIN_MILLIS);
            }
        }
    }

    /** How long until the next deadline; 0 where it has come. */
    long millisToDeadline() throws SQLException {
        return Math.max(0, jobs.nextDeadline() - clock.millis());
    }

    private void requireRoom() {
        if (jobs.usedBytes() >= mostBytes) {
            throw new StoreException(Kind.FULL, "the file store is full: store.file-bytes = " + mostBytes);
        }
    }
}
