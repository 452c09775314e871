package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.config.StoreConfig.Fsync;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.LockingMode;
import org.sqlite.SQLiteConfig.SynchronousMode;

/**
 * The file of the file store, an SQLite database: made whole or not at all, known for ours by its header before anything opens it,
 * and locked against other processes while it is open.
 *
 * <pre>
 *   ringback.db         the jobs, and what is known of webhooks
 *   ringback.db-wal     the latest commits; gone after a clean stop, and belongs to the file after any other
 *   ringback.db.lock    locked while a gateway has the file
 * </pre>
 */
final class JobFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobFile.class);

    /** The version of the tables and of {@link StoredJobFormat}. */
    static final int VERSION = 3;

    private static final int OLDEST_VERSION = 1;

    /** "Ring", where SQLite's format has a place for an application's mark. */
    private static final int APPLICATION = 0x52696e67;

    // Offsets of the database header: https://www.sqlite.org/fileformat2.html, section 1.3.
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(ISO_8859_1);
    private static final int PAGE_SIZE_OFFSET = 16;
    private static final int PAGES_OFFSET = 28;
    private static final int VERSION_OFFSET = 60;
    private static final int APPLICATION_OFFSET = 68;
    private static final int HEADER_BYTES = 100;

    private static final int CACHE_KIB = 16 * 1024;
    private static final int LARGEST_IDLE_WAL_BYTES = 16 << 20;

    /** Since version 2; version 3 changed the format of the rows alone. */
    private static final String WEBHOOKS =
            "CREATE TABLE webhooks (kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, key))";

    private static final String[] TABLES = {
        "CREATE TABLE jobs (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner TEXT, created INTEGER, status TEXT,"
                + " type TEXT, deadline INTEGER NOT NULL, state BLOB NOT NULL)",
        "CREATE INDEX jobs_by_age ON jobs (created, id)",
        "CREATE INDEX jobs_by_owner ON jobs (owner, created, id) WHERE owner IS NOT NULL",
        "CREATE INDEX jobs_by_deadline ON jobs (deadline)",
        "CREATE TABLE submissions (n INTEGER PRIMARY KEY, submission BLOB NOT NULL)",
        "CREATE TABLE results (n INTEGER PRIMARY KEY, json BLOB NOT NULL)",
        "CREATE TABLE secret (bytes BLOB NOT NULL)",
        "INSERT INTO secret VALUES (randomblob(32))",
        "CREATE TABLE probe (tries INTEGER NOT NULL)",
        "INSERT INTO probe VALUES (0)",
        "PRAGMA application_id = " + APPLICATION,
        WEBHOOKS,
        "PRAGMA user_version = " + VERSION
    };

    private final Path path;
    private final FileChannel lockFile;
    private final Connection connection;

    private JobFile(Path path, FileChannel lockFile, Connection connection) {
        this.path = path;
        this.lockFile = lockFile;
        this.connection = connection;
    }

    /**
     * Opens the file, and makes it where there is none. Blocks.
     *
     * @throws UnusableFileException where another process has it, it is none of ours, damaged, or can't be read and written; it is
     *     as it was then
     */
    static JobFile open(Path given, Fsync fsync) throws UnusableFileException {
        Path path = given.toAbsolutePath();
        FileChannel lockFile = null;
        try {
            Path directory = path.getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            lockFile = lock(path);
            if (!Files.exists(path) || Files.size(path) == 0) {
                create(path);
            }
            check(path);
            JobFile file = new JobFile(path, lockFile, connect(path, fsync));
            lockFile = null;
            return file;
        } catch (IOException | SQLException e) {
            throw new UnusableFileException("store.path = " + given + " can't be used: " + e.getMessage(), e);
        } finally {
            release(lockFile);
        }
    }

    private static FileChannel lock(Path path) throws IOException, UnusableFileException {
        FileChannel channel =
                FileChannel.open(beside(path, ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new UnusableFileException("store.path = " + path + " is in use by another gateway");
        }
        return channel;
    }

    /** Under another name first: a file under its own name is always whole. */
    private static void create(Path path) throws IOException, SQLException, UnusableFileException {
        if (Files.exists(beside(path, "-wal"))) {
            throw new UnusableFileException(
                    "store.path = " + path + " is missing or empty, but its -wal file is there: restore the file, or"
                            + " remove the -wal file to begin with nothing");
        }
        Path unfinished = beside(path, ".new");
        Files.deleteIfExists(unfinished);
        Files.deleteIfExists(beside(path, ".new-journal"));
        SQLiteConfig config = new SQLiteConfig();
        config.setSynchronous(SynchronousMode.FULL);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + unfinished);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
            statement.execute("BEGIN");
            for (String sql : TABLES) {
                statement.execute(sql);
            }
            statement.execute("COMMIT");
        }
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(path.resolveSibling("."), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** By the header's bytes alone: SQLite would begin to repair a file before it could be asked whose it is. */
    private static void check(Path path) throws IOException, UnusableFileException {
        byte[] header;
        try (var in = Files.newInputStream(path)) {
            header = in.readNBytes(HEADER_BYTES);
        }
        ByteBuffer fields = ByteBuffer.wrap(header);
        boolean ours = header.length == HEADER_BYTES
                && Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                && fields.getInt(APPLICATION_OFFSET) == APPLICATION;
        if (!ours) {
            throw new UnusableFileException("store.path = " + path + " is no file of Ringback's; it is left as it is");
        }
        int version = fields.getInt(VERSION_OFFSET);
        if (version < OLDEST_VERSION || version > VERSION) {
            throw new UnusableFileException("store.path = " + path + " has format " + version
                    + ", and this gateway knows formats " + OLDEST_VERSION + " to " + VERSION
                    + "; it is left as it is");
        }
        long bytes = (long) fields.getInt(PAGES_OFFSET) * (fields.getShort(PAGE_SIZE_OFFSET) & 0xffff);
        if (Files.size(path) < bytes && !Files.exists(beside(path, "-wal"))) {
            throw new UnusableFileException("store.path = " + path + " is damaged: it has " + Files.size(path)
                    + " bytes of " + bytes + "; restore it from a copy");
        }
    }

    private static Connection connect(Path path, Fsync fsync) throws SQLException, UnusableFileException {
        SQLiteConfig config = new SQLiteConfig();
        config.setLockingMode(LockingMode.EXCLUSIVE);
        config.setJournalMode(JournalMode.WAL);
        config.setJournalSizeLimit(LARGEST_IDLE_WAL_BYTES);
        config.setSynchronous(fsync == Fsync.BATCH ? SynchronousMode.FULL : SynchronousMode.NORMAL);
        config.setCacheSize(-CACHE_KIB);
        config.setBusyTimeout(0);
        Connection connection = config.createConnection("jdbc:sqlite:" + path);
        try (Statement statement = connection.createStatement()) {
            statement.execute("UPDATE probe SET tries = 0");
            requireSound(path, statement);
            upgrade(path, statement);
            return connection;
        } catch (SQLException | UnusableFileException e) {
            connection.close();
            throw e;
        }
    }

    private static void requireSound(Path path, Statement statement) throws SQLException, UnusableFileException {
        try (ResultSet check = statement.executeQuery("PRAGMA quick_check(1)")) {
            if (!check.next() || !"ok".equals(check.getString(1))) {
                throw new UnusableFileException(
                        "store.path = " + path + " is damaged: " + check.getString(1) + "; restore it from a copy");
            }
        }
    }

    /** Asked of SQLite, because the header may be older than the latest commits. */
    private static void upgrade(Path path, Statement statement) throws SQLException {
        int from;
        try (ResultSet version = statement.executeQuery("PRAGMA user_version")) {
            version.next();
            from = version.getInt(1);
        }
        if (from == VERSION) {
            return;
        }
        statement.execute("BEGIN IMMEDIATE");
        if (from == OLDEST_VERSION) {
            statement.execute(WEBHOOKS);
        }
        statement.execute("PRAGMA user_version = " + VERSION);
        statement.execute("COMMIT");
        // Into the header, which gateways of the version before look at.
        statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        LOG.info("store.path = {} has format {} now: gateways that know older ones only can't open it", path, VERSION);
    }

    private static Path beside(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    Connection connection() {
        return connection;
    }

    /** How many bytes of disk it takes; 0 where that can't be read. */
    long bytes() {
        return path.toFile().length() + beside(path, "-wal").toFile().length();
    }

    /** Closes it where nobody wants to hear how that went. */
    void abandon() {
        try {
            close();
        } catch (SQLException e) {
            // What led here is said already.
        }
    }

    @Override
    public void close() throws SQLException {
        try {
            connection.close();
        } finally {
            release(lockFile);
        }
    }

    private static void release(@Nullable FileChannel lockFile) {
        if (lockFile == null) {
            return;
        }
        try {
            lockFile.close();
        } catch (IOException e) {
            // The lock goes with the process.
        }
    }
}
