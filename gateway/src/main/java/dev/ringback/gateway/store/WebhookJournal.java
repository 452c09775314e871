package dev.ringback.gateway.store;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where a file keeps what is known of webhooks, beside its jobs. */
public interface WebhookJournal {
    /** What a row is of; the names are in the file. */
    enum Kind {
        /** An event, by its number; the job's own step writes it. */
        OUTBOX,
        ENDPOINT,
        DELIVERY
    }

    /**
     * One row.
     *
     * @param value null where the row is to go
     */
    record Row(Kind kind, String key, byte @Nullable [] value) {}

    /**
     * All rows as the file was opened, in the order in which they were first written. Blocks; to be asked before the store is started.
     *
     * @throws UnusableFileException where they can't be read
     */
    List<Row> load() throws UnusableFileException;

    /**
     * Writes the rows in one transaction. Any thread; completes when they are as safe as the jobs are, on one of the loops, or
     * exceptionally with a {@link StoreException}: then nobody knows whether they are.
     */
    CompletionStage<Void> write(List<Row> rows);

    /** Why nothing can be written now, in one line; null where it can. Any thread. */
    @Nullable String outage();
}
