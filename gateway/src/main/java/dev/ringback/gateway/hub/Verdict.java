package dev.ringback.gateway.hub;

import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobSnapshot;
import org.jspecify.annotations.Nullable;

/** What a read of the store means to a topic, which may have learned more while the read was under way. */
enum Verdict {
    /** What is known. */
    SAME,
    /** Less than is known, because more was learned while the read was under way. */
    OLDER,
    /** The job, of which nothing was known. */
    FOUND,
    /** A newer version than is known. */
    NEWER,
    /** The store went back, or the id lives again: what was known is no longer true. */
    WENT_BACK,
    /** No such job, and none was known. */
    ABSENT,
    /** No such job any more. */
    VANISHED,
    /** The job changed its identity while the read was under way: only another read can tell which came first. */
    IN_DOUBT;

    /**
     * Judges a read.
     *
     * @param known what the topic knows now
     * @param knownWhenSent what it knew when the read was sent: only against that can the answer be called older
     */
    static Verdict of(@Nullable JobEvent known, @Nullable JobEvent knownWhenSent, StoreRead read) {
        JobSnapshot snapshot = read.snapshot();
        if (snapshot != null) {
            return of(known, knownWhenSent, snapshot.present());
        }
        if (known == null) {
            return ABSENT;
        }
        return knownWhenSent != null && known.isAt(knownWhenSent.cursor()) ? VANISHED : IN_DOUBT;
    }

    private static Verdict of(@Nullable JobEvent known, @Nullable JobEvent knownWhenSent, JobEvent found) {
        if (known == null) {
            return FOUND;
        }
        if (!known.incarnation().equals(found.incarnation())) {
            boolean sameLife =
                    knownWhenSent != null && knownWhenSent.incarnation().equals(known.incarnation());
            return sameLife ? WENT_BACK : IN_DOUBT;
        }
        if (found.version() > known.version()) {
            return NEWER;
        }
        if (found.version() == known.version() && !found.contradicts(known)) {
            return SAME;
        }
        if (found.version() == known.version()) {
            return knownWhenSent != null && known.isAt(knownWhenSent.cursor()) ? WENT_BACK : IN_DOUBT;
        }
        return knownWhenSent != null && knownWhenSent.isNewerThan(found.cursor()) ? WENT_BACK : OLDER;
    }
}
