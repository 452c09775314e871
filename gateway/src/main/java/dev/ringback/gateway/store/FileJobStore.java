package dev.ringback.gateway.store;

import dev.ringback.gateway.config.StoreConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Jobs in a file of this machine, for one gateway without Redis: what it acknowledges is on the disk, through {@code kill -9} and,
 * with {@code store.fsync: batch}, through a power cut. One thread has the file ({@link FileThread}), no loop ever waits for the
 * disk, and readers too are told only what is safe.
 *
 * <p>When {@code store.file-bytes} are in use, new jobs and longer progress are refused; the end of a job never is. While the file
 * can't be written, changes fail by name, reads go on, and {@link #outage} says why.
 */
public final class FileJobStore implements JobStore {
    private final List<? extends Loop> loops;
    private final ToIntFunction<JobId> shardOf;
    private final FileCounters counters;
    private final InstantSource clock;
    private final JobFile file;
    private final FileThread thread;
    private final long timeoutNanos;
    private final byte[] secret;
    private final Journal journal = new Journal();

    private FileJobStore(
            List<? extends Loop> loops, ToIntFunction<JobId> shardOf, MemoryJobStore.Parts parts, JobFile file)
            throws SQLException {
        StoreConfig config = parts.config().store();
        this.loops = loops;
        this.shardOf = shardOf;
        this.clock = parts.clock();
        this.file = file;
        this.counters = new FileCounters();
        this.timeoutNanos = config.timeout().toNanos();
        JobRules rules = new JobRules(parts, true);
        FileJobs jobs = new FileJobs(file.connection());
        this.secret = jobs.secret();
        this.thread = new FileThread(new FileThread.Parts(
                file,
                jobs,
                news -> new FileSteps(jobs, rules, parts.clock(), config.fileBytes(), news),
                new FileDelivery(loops, shardOf, parts),
                counters));
    }

    /**
     * Opens {@code store.path}. Blocks while it does. Calls are served from {@link #start} on.
     *
     * @throws UnusableFileException where the file can't be used; it is left as it is
     */
    public static FileJobStore open(
            List<? extends Loop> shardLoops, ToIntFunction<JobId> shardOf, MemoryJobStore.Parts parts)
            throws UnusableFileException {
        StoreConfig config = parts.config().store();
        JobFile file = JobFile.open(Path.of(config.path()), config.fsync());
        try {
            return new FileJobStore(shardLoops, shardOf, parts, file);
        } catch (SQLException e) {
            file.abandon();
            throw new UnusableFileException("store.path = " + config.path() + " can't be read: " + e.getMessage(), e);
        }
    }

    /** Begins to serve calls, and to end jobs whose time is over: whoever is to hear of that is there. */
    public void start() {
        thread.start();
    }

    /**
     * Gives the jobs that have a place in a queue, in the order in which they were made. To be called before {@link #start}. Blocks
     * while it reads.
     *
     * @throws UnusableFileException where the file can't be read
     */
    public void queued(Consumer<QueuedRow> rows) throws UnusableFileException {
        try {
            FileQueued.read(file.connection(), clock.millis(), rows);
        } catch (SQLException e) {
            throw new UnusableFileException("store.path can't be read: " + e.getMessage(), e);
        }
    }

    /** Where the file keeps what is known of webhooks. */
    public WebhookJournal journal() {
        return journal;
    }

    private final class Journal implements WebhookJournal {
        @Override
        public List<Row> load() throws UnusableFileException {
            try {
                return FileJobs.webhooks(file.connection());
            } catch (SQLException e) {
                throw new UnusableFileException("store.path can't be read: " + e.getMessage(), e);
            }
        }

        @Override
        public CompletionStage<Void> write(List<Row> rows) {
            return ask(newCall(0, true, steps -> {
                steps.write(rows);
                return null;
            }));
        }

        @Override
        public @Nullable String outage() {
            return thread.outage();
        }
    }

    @Override
    public CompletionStage<StoreRead> read(JobId id) {
        return call(id, false, steps -> steps.read(id));
    }

    @Override
    public CompletionStage<byte @Nullable []> result(JobId id) {
        return call(id, false, steps -> steps.result(id));
    }

    @Override
    public CompletionStage<@Nullable JobWork> work(JobId id) {
        return call(id, false, steps -> steps.work(id));
    }

    @Override
    public CompletionStage<@Nullable NewJob> submitted(JobId id) {
        return call(id, false, steps -> steps.submitted(id));
    }

    @Override
    public CompletionStage<StoreWrite> create(JobId id, NewJob job, Submission submission) {
        return call(id, true, steps -> steps.create(id, job, submission));
    }

    @Override
    public CompletionStage<StoreWrite> apply(JobId id, JobChange change, Origin origin) {
        return call(id, true, steps -> steps.apply(id, change, origin));
    }

    @Override
    public CompletionStage<JobPage> list(JobQuery query) {
        return ask(newCall(0, false, steps -> steps.list(query)));
    }

    @Override
    public CompletionStage<byte[]> secret() {
        return CompletableFuture.completedFuture(secret);
    }

    private <T> CompletionStage<T> call(JobId id, boolean writes, FileCall.Step<T> step) {
        return ask(newCall(shardOf.applyAsInt(id), writes, step));
    }

    private <T> FileCall<T> newCall(int shard, boolean writes, FileCall.Step<T> step) {
        return new FileCall<>(shard, loops.get(shard), writes, step, counters);
    }

    private <T> CompletionStage<T> ask(FileCall<T> call) {
        loops.get(call.shard()).run(() -> {
            call.expectWithin(timeoutNanos);
            thread.take(call);
        });
        return call.answer();
    }

    @Override
    public @Nullable String outage() {
        return thread.outage();
    }

    public FileCounters counters() {
        return counters;
    }

    /** Calls that wait for the file's thread. */
    public long waiting() {
        return thread.waiting();
    }

    /** What the file takes of the disk. */
    public long fileBytes() {
        return file.bytes();
    }

    /** Serves what was asked before, and gives the file back. Blocks until then; not to be called on a loop. */
    @Override
    public void close() {
        thread.close(newCall(0, false, steps -> null));
    }
}
