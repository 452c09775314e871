package dev.ringback.gateway.results;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploaded bytes in files of one directory, which several gateways may share. A file begins with {@value #HEADER_BYTES} bytes that say
 * what the rest is. It is written under the name {@code <upload>.part}, and sealed by forcing it to the disk and renaming it to
 * {@code <upload>.result}, so that a power cut leaves a whole result or none. The time of a {@code .result}'s last change is set to
 * the end of its life, and a sweep removes those whose time has come.
 */
public final class DirectoryResultStore implements ResultStore {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryResultStore.class);
    static final int HEADER_BYTES = 256;
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(30);

    private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}-[0-9a-f]{32}\\.(part|result)");

    private final Path directory;
    private final Duration unsealedLife;
    private final InstantSource clock;
    private final DiskThread thread = new DiskThread();

    /**
     * Opens the directory and removes what has ended. Blocks; not for event loops.
     *
     * @param unsealedLife how long an upload is kept after its last piece, until it is sealed
     * @throws IOException where it can't be made or written
     */
    public DirectoryResultStore(Path directory, Duration unsealedLife, InstantSource clock) throws IOException {
        this.directory = directory;
        this.unsealedLife = unsealedLife;
        this.clock = clock;
        Files.createDirectories(directory);
        Files.delete(Files.createTempFile(directory, "probe", ".part"));
        sweep();
        thread.every(SWEEP_EVERY, this::sweepOrLog);
    }

    @Override
    public CompletionStage<Void> append(ResultId id, long offset, byte[] piece) {
        return thread.run(() -> {
            try (FileChannel file = offset == 0 ? begin(id) : FileChannel.open(part(id), WRITE)) {
                requireSize(file, offset);
                writeAll(file, piece, HEADER_BYTES + offset);
            }
            return null;
        });
    }

    private FileChannel begin(ResultId id) throws IOException {
        FileChannel file = FileChannel.open(part(id), CREATE_NEW, WRITE);
        writeAll(file, new byte[HEADER_BYTES], 0);
        return file;
    }

    private static void writeAll(FileChannel file, byte[] bytes, long position) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            int written = file.write(rest, position + rest.position());
            assert written > 0 : "a blocking write writes something";
        }
    }

    private static void requireSize(FileChannel file, long length) throws IOException {
        if (file.size() != HEADER_BYTES + length) {
            throw new StoreException(Kind.UNAVAILABLE, "what was uploaded before is no longer there");
        }
    }

    @Override
    public CompletionStage<Void> seal(ResultId id, ResultMeta meta, Duration life) {
        return thread.run(() -> {
            try (FileChannel file = meta.length() == 0 ? begin(id) : FileChannel.open(part(id), WRITE)) {
                requireSize(file, meta.length());
                writeAll(file, header(meta), 0);
                file.force(true);
            }
            setEnd(part(id), clock.millis() + life.toMillis());
            Files.move(part(id), sealed(id), StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel names = FileChannel.open(directory, READ)) {
                names.force(true);
            }
            return null;
        });
    }

    private static byte[] header(ResultMeta meta) {
        byte[] header = new byte[HEADER_BYTES];
        byte[] text = meta.text().getBytes(ISO_8859_1);
        System.arraycopy(text, 0, header, 0, text.length);
        header[text.length] = '\n';
        return header;
    }

    private static void setEnd(Path file, long epochMillis) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(epochMillis));
    }

    @Override
    public CompletionStage<Void> keepUntil(ResultId id, long epochMillis) {
        return thread.run(() -> {
            setEnd(sealed(id), epochMillis);
            return null;
        });
    }

    @Override
    public void remove(ResultId id) {
        var unused = thread.run(() -> {
            Files.deleteIfExists(part(id));
            Files.deleteIfExists(sealed(id));
            return null;
        });
    }

    @Override
    public CompletionStage<@Nullable ResultMeta> find(ResultId id) {
        return thread.run(() -> {
            try (FileChannel file = FileChannel.open(sealed(id), READ)) {
                String header = new String(readAll(file, 0, HEADER_BYTES), ISO_8859_1);
                ResultMeta meta = ResultMeta.parse(header.substring(0, Math.max(0, header.indexOf('\n'))));
                if (meta == null || file.size() != HEADER_BYTES + meta.length()) {
                    throw new StoreException(Kind.CORRUPT, "a file is not what was written there");
                }
                return hasEnded(sealed(id), Duration.ZERO) ? null : meta;
            } catch (NoSuchFileException e) {
                return null;
            }
        });
    }

    @Override
    public CompletionStage<byte[]> read(ResultId id, long offset, int length) {
        return thread.run(() -> {
            try (FileChannel file = FileChannel.open(sealed(id), READ)) {
                return readAll(file, HEADER_BYTES + offset, length);
            } catch (NoSuchFileException | EOFException e) {
                throw new StoreException(Kind.CORRUPT, "the result's bytes are not all there");
            }
        });
    }

    private static byte[] readAll(FileChannel file, long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            if (file.read(rest, position + rest.position()) < 0) {
                throw new EOFException();
            }
        }
        return bytes;
    }

    /** Removes what has ended; a few more or less at once do not matter, and another gateway may be at it too. */
    private void sweep() throws IOException {
        try (var files = Files.newDirectoryStream(directory, DirectoryResultStore::isOurs)) {
            for (Path file : files) {
                boolean whole = file.toString().endsWith(".result");
                if (hasEnded(file, whole ? Duration.ZERO : unsealedLife)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Others' files in the directory are none of our business. */
    private static boolean isOurs(Path file) {
        return NAME.matcher(file.getFileName().toString()).matches();
    }

    private void sweepOrLog() {
        try {
            sweep();
        } catch (IOException | RuntimeException e) {
            LOG.warn("results that have ended can't be removed from results.path: {}", e.toString());
        }
    }

    private boolean hasEnded(Path file, Duration life) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toMillis() + life.toMillis() <= clock.millis();
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private Path part(ResultId id) {
        return directory.resolve(id.fileName() + ".part");
    }

    private Path sealed(ResultId id) {
        return directory.resolve(id.fileName() + ".result");
    }

    @Override
    public void close() {
        thread.close();
    }
}
