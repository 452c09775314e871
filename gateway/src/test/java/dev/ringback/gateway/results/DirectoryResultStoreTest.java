package dev.ringback.gateway.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results in files. */
class DirectoryResultStoreTest extends ResultStoreContractTest {
    @TempDir
    private Path directory;

    @Override
    ResultStore open(Duration unsealedLife) throws Exception {
        return new DirectoryResultStore(directory.resolve("results"), unsealedLife, Clock.systemUTC());
    }

    /** Opening it sweeps. */
    @Override
    boolean endedUnsealed(ResultId upload) throws Exception {
        open(SHORT).close();
        return files().isEmpty();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("results"))) {
            return files.toList();
        }
    }

    @Test
    void sealedBytesOutliveTheStoreAndUnsealedOnesDoNotCount() throws Exception {
        append("", "sealed");
        get(store.seal(id, meta(6), LONG));
        ResultId half = ResultId.random(id.job(), new java.security.SecureRandom());
        get(store.append(half, 0, new byte[9]));
        store.close();
        store = open(LONG);

        assertThat(get(store.find(id))).isEqualTo(meta(6));
        assertThat(get(store.read(id, 0, 6))).hasSize(6);
        assertThat(get(store.find(half))).isNull();
    }

    @Test
    void sweepAtTheStartRemovesWhatHasEndedAndNothingOfOthers() throws Exception {
        append("", "ended");
        get(store.seal(id, meta(5), LONG));
        get(store.keepUntil(id, System.currentTimeMillis() - 1));
        ResultId kept = ResultId.random(id.job(), new java.security.SecureRandom());
        get(store.append(kept, 0, new byte[1]));
        get(store.seal(kept, meta(1), LONG));
        Path others = directory.resolve("results").resolve("thesis.part");
        Files.writeString(others, "not ours");
        Files.setLastModifiedTime(others, FileTime.fromMillis(0));
        store.close();
        store = open(LONG);

        assertThat(files()).hasSize(2).contains(others);
        assertThat(get(store.find(kept))).isNotNull();
    }

    @Test
    void fileThatWasCutOffIsNotTakenForAResult() throws Exception {
        append("", "whole");
        get(store.seal(id, meta(5), LONG));
        Files.write(files().get(0), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);

        assertThatThrownBy(() -> get(store.find(id))).hasCauseInstanceOf(StoreException.class);
    }

    @Test
    void idsNeverLeaveTheDirectory() throws Exception {
        ResultId dots = new ResultId(dev.ringback.protocol.JobId.of(".."), id.upload());
        get(store.append(dots, 0, new byte[1]));

        assertThat(files())
                .singleElement()
                .extracting(Path::getFileName)
                .asString()
                .matches("[0-9a-f]{64}-[0-9a-f]{32}\\.part");
    }

    @Test
    void directoryThatIsAFileIsRefusedAtTheStart() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> new DirectoryResultStore(file, LONG, Clock.systemUTC()))
                .isInstanceOf(IOException.class);
    }
}
