package dev.ringback.gateway.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statements that the file store runs again and again. Confined to its thread. */
final class FileSql implements AutoCloseable {
    private final Connection connection;
    private final List<PreparedStatement> statements = new ArrayList<>();
    final PreparedStatement begin;
    final PreparedStatement commit;
    final PreparedStatement rollback;
    final PreparedStatement find;
    final PreparedStatement insert;
    final PreparedStatement update;
    final PreparedStatement updateState;
    final PreparedStatement delete;
    final PreparedStatement firstDue;
    final PreparedStatement postpone;
    final PreparedStatement use;
    final PreparedStatement probe;
    final PreparedStatement putWebhook;
    final PreparedStatement deleteWebhook;
    final FileLists lists;
    final Side submissions;
    final Side results;

    /** A table of what stands beside some jobs. */
    record Side(PreparedStatement find, PreparedStatement put, PreparedStatement delete) {
        byte @Nullable [] read(long number) throws SQLException {
            find.setLong(1, number);
            try (ResultSet found = find.executeQuery()) {
                return found.next() ? found.getBytes(1) : null;
            }
        }

        void write(long number, byte @Nullable [] bytes) throws SQLException {
            PreparedStatement statement = bytes == null ? delete : put;
            statement.setLong(1, number);
            if (bytes != null) {
                statement.setBytes(2, bytes);
            }
            statement.executeUpdate();
        }
    }

    FileSql(Connection connection) throws SQLException {
        this.connection = connection;
        begin = prepare("BEGIN IMMEDIATE");
        commit = prepare("COMMIT");
        rollback = prepare("ROLLBACK");
        find = prepare("SELECT n, state FROM jobs WHERE id = ?");
        insert = prepare("INSERT INTO jobs (owner, created, status, type, deadline, state, n, id)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        update = prepare("UPDATE jobs SET owner = ?, created = ?, status = ?, type = ?, deadline = ?, state = ?"
                + " WHERE n = ?");
        updateState = prepare("UPDATE jobs SET status = ?, state = ? WHERE n = ?");
        delete = prepare("DELETE FROM jobs WHERE n = ?");
        firstDue = prepare("SELECT n, id, deadline, state FROM jobs ORDER BY deadline LIMIT 1");
        postpone = prepare("UPDATE jobs SET deadline = ? WHERE n = ?");
        use = prepare("SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count");
        probe = prepare("UPDATE probe SET tries = tries + 1");
        // A row that is written again keeps its place.
        putWebhook = prepare("INSERT INTO webhooks (kind, key, value) VALUES (?, ?, ?)"
                + " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value");
        deleteWebhook = prepare("DELETE FROM webhooks WHERE kind = ? AND key = ?");
        lists = new FileLists(connection);
        submissions = side("submissions", "submission");
        results = side("results", "json");
    }

    private PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statements.add(statement);
        return statement;
    }

    private Side side(String table, String column) throws SQLException {
        return new Side(
                prepare("SELECT " + column + " FROM " + table + " WHERE n = ?"),
                prepare("INSERT OR REPLACE INTO " + table + " VALUES (?, ?)"),
                prepare("DELETE FROM " + table + " WHERE n = ?"));
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : statements) {
            statement.close();
        }
        lists.close();
    }
}
