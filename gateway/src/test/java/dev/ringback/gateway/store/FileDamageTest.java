package dev.ringback.gateway.store;

import static dev.ringback.gateway.store.JobStoreFixture.ALICE;
import static dev.ringback.gateway.store.JobStoreFixture.bytes;
import static dev.ringback.gateway.store.JobStoreFixture.get;
import static dev.ringback.gateway.store.JobStoreFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.protocol.JobId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are not as a gateway left them: refused and left alone, or read as far as they were acknowledged. */
class FileDamageTest {
    private static final JobId FIRST = JobId.of("first");
    private static final JobId SECOND = JobId.of("second");

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("jobs.db");
    }

    private FileStoreUnderTest open() {
        return new FileStoreUnderTest(directory, Clock.systemUTC());
    }

    private void assertRefused(String why) throws IOException {
        byte[] before = Files.readAllBytes(file);

        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("store.path = ")
                .hasMessageContaining(why);

        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "SQLite format 3\0",
                "{\"notes\":[\"a file that someone else needs, longer than any header would be\"]}"
            })
    void fileThatIsNoDatabaseIsRefused(String content) throws IOException {
        Files.write(file, bytes(content));
        assertRefused("is no file of Ringback's");
    }

    @Test
    void databaseOfAnotherProgramIsRefused() throws IOException, SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE jobs (id TEXT)");
        }
        assertRefused("is no file of Ringback's");
    }

    @Test
    void fileOfAnotherFormatIsRefused() throws IOException {
        fill();
        overwrite(60, new byte[] {0, 0, 0, 99});
        assertRefused("has format 99");
    }

    @Test
    void fileThatIsCutShortIsRefused() throws IOException {
        fill();
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(cut.length() / 2);
        }
        assertRefused("is damaged: it has");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 20, 40})
    void fileWithAPageOfNonsenseIsRefused(int page) throws IOException {
        fill();
        byte[] nonsense = new byte[4096];
        Arrays.fill(nonsense, (byte) 0xa5);
        overwrite(page * 4096L, nonsense);
        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("store.path = ");
    }

    @Test
    void rowThatIsDamagedHidesNoOtherFromAList() throws SQLException {
        try (FileStoreUnderTest store = open()) {
            for (JobId id : List.of(FIRST, SECOND)) {
                JobStoreFixture.get(store.store().create(id, JobStoreFixture.job("t"), JobStoreFixture.ALICE));
            }
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE jobs SET state = x'00' WHERE id = 'first'");
        }
        try (FileStoreUnderTest store = open()) {
            JobPage page = JobStoreFixture.get(store.store().list(new JobQuery("alice", Set.of(), null, 10, null)));
            assertThat(page.jobs()).extracting(job -> job.present().jobId()).containsExactly(SECOND);
        }
    }

    @Test
    void missingFileWhoseLatestCommitsAreThereIsNotBegunAnew() throws IOException {
        Files.write(directory.resolve("jobs.db-wal"), bytes("commits"));

        assertThatThrownBy(this::open).hasMessageContaining("its -wal file is there");
        assertThat(file).doesNotExist();
    }

    @Test
    void fileThatAGatewayHasIsRefusedToAnother() {
        try (FileStoreUnderTest first = open()) {
            assertThatThrownBy(this::open).hasMessageContaining("is in use by another gateway");
            get(first.store().create(FIRST, job("t"), ALICE));
        }
        try (FileStoreUnderTest next = open()) {
            assertThat(status(next, FIRST)).isEqualTo(StoreRead.Status.FOUND);
        }
    }

    @Test
    void directoryInPlaceOfTheFileIsRefused() throws IOException {
        Files.createDirectory(file);
        assertThatThrownBy(this::open).hasMessageStartingWith("store.path = ");
    }

    /** A commit that was under way at a power cut: SQLite knows it by the checksums of its frames. */
    @ParameterizedTest
    @CsvSource({"cut, 1", "cut, 100", "cut, 4096", "garble, 1", "garble, 2000", "garble, 5000"})
    void tornLastCommitNeverWasAndAllBeforeItAreThere(String kind, int fromEnd) throws IOException {
        Path after = Files.createDirectory(directory.resolve("after"));
        try (FileStoreUnderTest running = open()) {
            get(running.store().create(FIRST, job("t"), ALICE));
            long acknowledged = Files.size(wal(directory));
            get(running.store().create(SECOND, job("t"), ALICE));
            assertThat(Files.size(wal(directory))).isGreaterThan(acknowledged + 5000);
            Files.copy(file, after.resolve("jobs.db"), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(wal(directory), wal(after));
        }
        tear(wal(after), kind, fromEnd);

        try (FileStoreUnderTest again = new FileStoreUnderTest(after, Clock.systemUTC())) {
            assertThat(status(again, FIRST)).isEqualTo(StoreRead.Status.FOUND);
            assertThat(status(again, SECOND)).isEqualTo(StoreRead.Status.ABSENT);
            get(again.store().create(SECOND, job("t"), ALICE));
        }
        try (FileStoreUnderTest again = new FileStoreUnderTest(after, Clock.systemUTC())) {
            assertThat(status(again, FIRST)).isEqualTo(StoreRead.Status.FOUND);
            assertThat(status(again, SECOND)).isEqualTo(StoreRead.Status.FOUND);
        }
    }

    private static void tear(Path wal, String kind, int fromEnd) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(wal.toFile(), "rw")) {
            long at = bytes.length() - fromEnd;
            if (kind.equals("cut")) {
                bytes.setLength(at);
            } else {
                bytes.seek(at);
                int there = bytes.read();
                bytes.seek(at);
                bytes.write(there ^ 0x40);
            }
        }
    }

    private static Path wal(Path directory) {
        return directory.resolve("jobs.db-wal");
    }

    private static StoreRead.Status status(FileStoreUnderTest tested, JobId id) {
        return get(tested.store().read(id)).status();
    }

    /** Enough jobs for some dozen pages, and a clean stop. */
    private void fill() {
        try (FileStoreUnderTest running = open()) {
            for (int i = 0; i < 400; i++) {
                get(running.store().create(JobId.of("job-" + i), job("t"), ALICE));
            }
        }
    }

    private void overwrite(long at, byte[] bytes) throws IOException {
        try (RandomAccessFile target = new RandomAccessFile(file.toFile(), "rw")) {
            target.seek(at);
            target.write(bytes);
        }
    }
}
