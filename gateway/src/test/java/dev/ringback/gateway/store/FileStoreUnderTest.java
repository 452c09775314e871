package dev.ringback.gateway.store;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.testkit.ShardLoops;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The file store on real loops, in a directory of its own; it publishes into a list. */
final class FileStoreUnderTest implements StoreUnderTest {
    private static final AtomicInteger INCARNATIONS = new AtomicInteger();

    private final ShardLoops loops = new ShardLoops(2);
    private final List<JobEvent> published = new CopyOnWriteArrayList<>();
    private final Path directory;
    private final boolean deletes;
    private final FileJobStore store;

    /** In a directory that goes with it. */
    FileStoreUnderTest(String... settings) {
        this(temporary(), true, Clock.systemUTC(), settings);
    }

    /** In a directory that goes with it, by this clock. */
    FileStoreUnderTest(InstantSource clock, String... settings) {
        this(temporary(), true, clock, settings);
    }

    /** In this directory, which stays. */
    FileStoreUnderTest(Path directory, InstantSource clock, String... settings) {
        this(directory, false, clock, settings);
    }

    private FileStoreUnderTest(Path directory, boolean deletes, InstantSource clock, String... settings) {
        this.directory = directory;
        this.deletes = deletes;
        List<String> all = new ArrayList<>(List.of("store.kind=file", "store.path=" + file()));
        all.addAll(List.of(settings));
        MemoryJobStore.Parts parts = new MemoryJobStore.Parts(
                GatewayConfig.of(all.toArray(String[]::new)),
                clock,
                () -> "life" + INCARNATIONS.incrementAndGet(),
                (shard, event) -> published.add(event));
        try {
            store = FileJobStore.open(loops.loops(), loops::shardOf, parts);
            store.start();
        } catch (UnusableFileException e) {
            loops.close();
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("ringback-file");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return directory.resolve("jobs.db");
    }

    @Override
    public FileJobStore store() {
        return store;
    }

    @Override
    public Loop loopOf(JobId id) {
        return loops.loop(loops.shardOf(id));
    }

    @Override
    public void follow(JobId id) {
        // Everything is published here from the start.
    }

    @Override
    public List<JobEvent> relayed(JobId id) {
        return published.stream().filter(event -> event.jobId().equals(id)).toList();
    }

    @Override
    public void close() {
        store.close();
        loops.close();
        if (!deletes) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> file.delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
