package dev.ringback.gateway.store;

import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.NewJob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the file store: reads and writes of single jobs, and the transaction around them, which the first write begins.
 * Confined to the file store's thread.
 */
final class FileJobs {
    private static final int VACUUMED_PAGES = 512;
    /** Up to this many free pages wait in the file for the next jobs. */
    private static final long KEPT_FREE_PAGES = 4096;

    /** A job, and the number of its row. */
    record Row(long number, StoredJob job) {}

    private final Connection connection;
    /** Made anew after each failure: the driver closes a statement that could not write. */
    private FileSql sql;

    private boolean writing;
    private long lastNumber;
    private long lastEvent;
    private long usedBytes;
    private long freePages;
    private final long pageBytes;
    private final byte[] secret;

    FileJobs(Connection connection) throws SQLException {
        this.connection = connection;
        sql = new FileSql(connection);
        lastNumber = number("SELECT coalesce(max(n), 0) FROM jobs");
        lastEvent = number("SELECT coalesce(max(CAST(key AS INTEGER)), 0) FROM webhooks WHERE kind = 'OUTBOX'");
        pageBytes = number("PRAGMA page_size");
        secret = bytes("SELECT bytes FROM secret");
        measure();
    }

    private long number(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet number = statement.executeQuery()) {
            number.next();
            return number.getLong(1);
        }
    }

    private byte[] bytes(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBytes(1);
        }
    }

    /** Made with the file, and the same as long as there is the file. */
    byte[] secret() {
        return secret;
    }

    /** All rows of webhooks, in the order in which they were first written; those that no version has written are left out. */
    static List<WebhookJournal.Row> webhooks(Connection connection) throws SQLException {
        List<WebhookJournal.Row> rows = new ArrayList<>();
        try (PreparedStatement statement =
                        connection.prepareStatement("SELECT kind, key, value FROM webhooks ORDER BY rowid");
                ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                String kind = found.getString(1);
                String key = found.getString(2);
                byte[] value = found.getBytes(3);
                Arrays.stream(WebhookJournal.Kind.values())
                        .filter(known -> known.name().equals(kind))
                        .forEach(known -> rows.add(new WebhookJournal.Row(known, key, value)));
            }
        }
        return rows;
    }

    @Nullable Row find(JobId id) throws SQLException {
        sql.find.setString(1, id.toString());
        try (ResultSet found = sql.find.executeQuery()) {
            return found.next() ? new Row(found.getLong(1), StoredJobFormat.decode(id, found.getBytes(2))) : null;
        }
    }

    @Nullable NewJob submission(Row row) throws SQLException {
        byte[] bytes = sql.submissions.read(row.number());
        return bytes == null ? null : StoredJobFormat.decodeSubmission(row.job().id(), bytes);
    }

    byte @Nullable [] result(Row row) throws SQLException {
        return sql.results.read(row.number());
    }

    /**
     * Writes what a step comes to.
     *
     * @param before the job as it is; null for none
     */
    void write(@Nullable Row before, StoredJob after, JobRules.Step step) throws SQLException {
        beginWriting();
        long number = before == null ? ++lastNumber : before.number();
        if (before == null) {
            sql.insert.setLong(7, number);
            sql.insert.setString(8, after.id().toString());
            setColumns(sql.insert, after);
            sql.insert.executeUpdate();
        } else if (movesInNoIndex(before.job(), after)) {
            JobRecord record = Objects.requireNonNull(after.record());
            sql.updateState.setString(1, record.state().wireName());
            sql.updateState.setBytes(2, StoredJobFormat.encode(after));
            sql.updateState.setLong(3, number);
            sql.updateState.executeUpdate();
        } else {
            sql.update.setLong(7, number);
            setColumns(sql.update, after);
            sql.update.executeUpdate();
        }
        writeSides(number, before == null ? null : before.job(), after, step);
    }

    private static void setColumns(PreparedStatement statement, StoredJob job) throws SQLException {
        JobRecord record = job.record();
        statement.setString(1, record == null ? null : record.owner());
        if (record == null) {
            statement.setNull(2, Types.INTEGER);
        } else {
            statement.setLong(2, record.times().created());
        }
        statement.setString(3, record == null ? null : record.state().wireName());
        statement.setString(4, record == null ? null : record.type());
        statement.setLong(5, job.deadlineMillis());
        statement.setBytes(6, StoredJobFormat.encode(job));
    }

    /** Most changes are progress, and are spared the three indexes. */
    private static boolean movesInNoIndex(StoredJob before, StoredJob after) {
        JobRecord was = before.record();
        JobRecord is = after.record();
        return was != null
                && is != null
                && before.deadlineMillis() == after.deadlineMillis()
                && Objects.equals(was.owner(), is.owner())
                && Objects.equals(was.type(), is.type());
    }

    private void writeSides(long number, @Nullable StoredJob before, StoredJob after, JobRules.Step step)
            throws SQLException {
        if (after.record() == null) {
            sql.submissions.write(number, null);
            sql.results.write(number, null);
            return;
        }
        if (step.submitted() != null) {
            sql.submissions.write(number, StoredJobFormat.encode(step.submitted()));
        }
        byte[] result = step.largeResult().json();
        boolean mayHaveOne =
                before != null && before.record() != null && before.record().resultUrl() != null;
        if (result != null || (mayHaveOne && !step.largeResult().kept())) {
            sql.results.write(number, result);
        }
    }

    /** Puts an event into the outbox, and says under which number. */
    long tell(OutboxEvent event) throws SQLException {
        long number = ++lastEvent;
        write(new WebhookJournal.Row(WebhookJournal.Kind.OUTBOX, Long.toString(number), OutboxFormat.encode(event)));
        return number;
    }

    /** Writes or deletes a row of webhooks. */
    void write(WebhookJournal.Row row) throws SQLException {
        beginWriting();
        PreparedStatement statement = row.value() == null ? sql.deleteWebhook : sql.putWebhook;
        statement.setString(1, row.kind().name());
        statement.setString(2, row.key());
        if (row.value() != null) {
            statement.setBytes(3, row.value());
        }
        statement.executeUpdate();
    }

    void delete(Row row) throws SQLException {
        beginWriting();
        sql.delete.setLong(1, row.number());
        sql.delete.executeUpdate();
    }

    /** The job whose deadline is the first and not after now; null for none. */
    @Nullable Row due(long nowMillis) throws SQLException {
        try (ResultSet first = sql.firstDue.executeQuery()) {
            if (!first.next() || first.getLong(3) > nowMillis) {
                return null;
            }
            long number = first.getLong(1);
            try {
                return new Row(number, StoredJobFormat.decode(JobId.of(first.getString(2)), first.getBytes(4)));
            } catch (StoreException e) {
                throw new DamagedRowException(number, e);
            }
        }
    }

    /** A row that is due can't be read. */
    static final class DamagedRowException extends SQLException {
        private static final long serialVersionUID = 1L;
        final long number;

        DamagedRowException(long number, StoreException cause) {
            super(cause.detail());
            this.number = number;
        }
    }

    /** Looks at a row's deadline later. */
    void postpone(long number, long untilMillis) throws SQLException {
        beginWriting();
        sql.postpone.setLong(1, untilMillis);
        sql.postpone.setLong(2, number);
        sql.postpone.executeUpdate();
    }

    /** When the next deadline comes, since the epoch; far away where there is none. */
    long nextDeadline() throws SQLException {
        try (ResultSet first = sql.firstDue.executeQuery()) {
            return first.next() ? first.getLong(3) : Long.MAX_VALUE;
        }
    }

    ListPart part(JobQuery query, long nowMillis) throws SQLException {
        return sql.lists.part(query, nowMillis);
    }

    private void beginWriting() throws SQLException {
        if (!writing) {
            sql.begin.execute();
            writing = true;
        }
    }

    boolean isWriting() {
        return writing;
    }

    /** Returns when what was written is as safe as {@code store.fsync} says. */
    void commit() throws SQLException {
        sql.commit.execute();
        writing = false;
    }

    /** Forgets what was written since the last commit. SQLite may have done so by itself. */
    void rollback() {
        if (!writing) {
            return;
        }
        writing = false;
        try {
            sql.rollback.execute();
        } catch (SQLException e) {
            // There is no transaction any more: that is what was wanted.
        }
    }

    /** After a failure: forgets what was written, and begins with statements that the driver has not closed. */
    void recover() throws SQLException {
        rollback();
        sql.close();
        sql = new FileSql(connection);
    }

    /** Writes something that is nobody's, to see whether it can be. */
    void probe() throws SQLException {
        beginWriting();
        sql.probe.executeUpdate();
        commit();
    }

    /** Gives pages back to the file system where many are free; a bounded piece of the work for each call. */
    void shrink() throws SQLException {
        boolean manyAreFree = freePages > KEPT_FREE_PAGES && freePages * pageBytes > usedBytes / 4;
        if (!manyAreFree) {
            return;
        }
        try (PreparedStatement vacuum =
                        connection.prepareStatement("PRAGMA incremental_vacuum(" + VACUUMED_PAGES + ")");
                ResultSet pages = vacuum.executeQuery()) {
            while (pages.next()) {
                // Each row is a page that is free no more.
            }
        }
        measure();
    }

    /** Looks how much of the file is in use. */
    void measure() throws SQLException {
        try (ResultSet pages = sql.use.executeQuery()) {
            pages.next();
            freePages = pages.getLong(2);
            usedBytes = (pages.getLong(1) - freePages) * pageBytes;
        }
    }

    /** Bytes of pages that hold something, after the last commit. */
    long usedBytes() {
        return usedBytes;
    }

    void close() throws SQLException {
        rollback();
        sql.close();
    }
}
