package dev.ringback.gateway.http;

import dev.ringback.gateway.store.Hmac;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.protocol.JobId;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Ids that follow from what a caller says, the same on every gateway that shares the store: one slot in the store is enough to find
 * a repeat. An HMAC under the store's secret keeps others from guessing them.
 */
final class DerivedIds {
    private final JobStore store;

    /** What an id is derived for: the same words mean another id for another purpose. */
    enum Purpose {
        IDEMPOTENCY_KEY,
        RETRY
    }

    DerivedIds(JobStore store) {
        this.store = store;
    }

    /**
     * The id that belongs to this key of this owner.
     *
     * @param owner null for nobody in particular, whose keys are shared by all who are nobody
     */
    CompletionStage<JobId> of(Purpose purpose, @Nullable String owner, String key) {
        return signature(store, purpose.name(), owner, key).thenApply(JobId::fromDigest);
    }

    /** HMAC-SHA256 (RFC 2104) of a text of this owner, under the store's secret; each purpose has a word of its own. */
    static CompletionStage<byte[]> signature(JobStore store, String purpose, @Nullable String owner, String text) {
        return store.secret().thenApply(secret -> Hmac.ofOwner(secret, purpose, owner, text));
    }
}
