package dev.ringback.gateway.store;

import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.JobState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lists of the jobs in the file, straight from its indexes. Confined to the file store's thread. */
final class FileLists {
    /** Behind every place that a list has. */
    private static final String AFTER_ALL_IDS = "\uffff";

    private static final Logger LOG = LoggerFactory.getLogger(FileLists.class);

    private final PreparedStatement list;
    private final PreparedStatement listOfOwner;

    FileLists(Connection connection) throws SQLException {
        String page = "SELECT id, created, status, type, state FROM jobs WHERE (created, id) < (?, ?)"
                + " AND (deadline > ? OR status IN ('queued', 'processing'))";
        String order = " ORDER BY created DESC, id DESC LIMIT " + (ListPart.MOST_LOOKED_AT + 1);
        list = connection.prepareStatement(page + order);
        listOfOwner = connection.prepareStatement(page + " AND owner = ?" + order);
    }

    /** Jobs whose time is over are left out, though their rows' turn may not have come yet. */
    ListPart part(JobQuery query, long nowMillis) throws SQLException {
        PreparedStatement statement = query.owner() == null ? list : listOfOwner;
        JobPlace after = query.after();
        statement.setLong(1, after == null ? Long.MAX_VALUE : after.createdMillis());
        statement.setString(2, after == null ? AFTER_ALL_IDS : after.id().toString());
        statement.setLong(3, nowMillis);
        if (query.owner() != null) {
            statement.setString(4, query.owner());
        }
        try (ResultSet rows = statement.executeQuery()) {
            return ListPart.of(new Listed(rows), query);
        } catch (IteratorFailure e) {
            throw e.cause;
        }
    }

    /** Rows of a list; the state of one is read only where it is asked for. */
    private static final class Listed implements Iterator<ListPart.Candidate>, ListPart.Candidate {
        private final ResultSet rows;
        private boolean ahead;

        private Listed(ResultSet rows) throws SQLException {
            this.rows = rows;
            this.ahead = rows.next();
        }

        private interface Column<T extends @Nullable Object> {
            T read() throws SQLException;
        }

        private static <T extends @Nullable Object> T column(Column<T> column) {
            try {
                return column.read();
            } catch (SQLException e) {
                throw new IteratorFailure(e);
            }
        }

        private boolean given;

        @Override
        public boolean hasNext() {
            if (given) {
                ahead = column(rows::next);
                given = false;
            }
            return ahead;
        }

        @Override
        public ListPart.Candidate next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            given = true;
            return this;
        }

        private JobId id() {
            return JobId.of(column(() -> rows.getString(1)));
        }

        @Override
        public JobPlace place() {
            return new JobPlace(column(() -> rows.getLong(2)), id());
        }

        @Override
        public JobState state() {
            return StoredJobFormat.state(id(), column(() -> rows.getString(3)));
        }

        @Override
        public @Nullable String type() {
            return column(() -> rows.getString(4));
        }

        @Override
        public @Nullable JobRecord record() {
            try {
                return StoredJobFormat.decode(id(), column(() -> rows.getBytes(5)))
                        .record();
            } catch (StoreException damaged) {
                LOG.error("a list leaves job {} out: {}", id(), damaged.detail());
                return null;
            }
        }
    }

    private static final class IteratorFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final SQLException cause;

        private IteratorFailure(SQLException cause) {
            super(cause);
            this.cause = cause;
        }
    }

    void close() throws SQLException {
        list.close();
        listOfOwner.close();
    }
}
