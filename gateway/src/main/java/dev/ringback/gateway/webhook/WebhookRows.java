package dev.ringback.gateway.webhook;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.WebhookJournal;
import dev.ringback.gateway.store.WebhookJournal.Kind;
import dev.ringback.gateway.store.WebhookJournal.Row;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes what memory holds into the journal, and knows what could not be written. Confined to the loop. */
final class WebhookRows {
    /** The name of a row. */
    record Key(Kind kind, String name) {}

    private final Loop loop;
    private final @Nullable WebhookJournal journal;
    private final Function<Key, byte @Nullable []> present;
    /** What the file does not have as memory does. */
    private final Set<Key> unwritten = new LinkedHashSet<>();

    /**
     * Rows of this journal.
     *
     * @param journal null where nothing outlives the process
     * @param present what memory holds; null for nothing
     */
    WebhookRows(Loop loop, @Nullable WebhookJournal journal, Function<Key, byte @Nullable []> present) {
        this.loop = loop;
        this.journal = journal;
        this.present = present;
    }

    /** Why nothing can be written now; null where it can. */
    @Nullable String outage() {
        return journal == null ? null : journal.outage();
    }

    /** Writes these rows as memory has them now. */
    void keep(Set<Key> touched, Runnable done, Consumer<StoreException> failed) {
        if (journal == null || touched.isEmpty()) {
            done.run();
            return;
        }
        var unused = journal.write(touched.stream()
                        .map(key -> new Row(key.kind(), key.name(), present.apply(key)))
                        .toList())
                .whenComplete((written, failure) -> loop.run(() -> {
                    if (failure == null) {
                        done.run();
                    } else {
                        unwritten.addAll(touched);
                        String detail = StoreException.of(failure).detail();
                        failed.accept(new StoreException(StoreException.Kind.TIMEOUT, detail));
                    }
                }));
    }

    /** What is to be written yet; whoever asks does that. */
    Set<Key> takeUnwritten() {
        Set<Key> taken = new LinkedHashSet<>(unwritten);
        unwritten.clear();
        return taken;
    }
}
