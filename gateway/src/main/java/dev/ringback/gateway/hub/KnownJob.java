package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import org.jspecify.annotations.Nullable;

/**
 * What a topic knows of its job. A topic is one object in three layers, this, {@link Telling} and {@link Topic}, and no three
 * objects: there may be a million of them. Confined to the shard's loop.
 */
abstract class KnownJob extends LoopTicker.Deadline {
    final Shard shard;
    private final JobId id;
    /** The job as last known, its document empty where the cache had no room; null where absent or never read. */
    private @Nullable JobEvent present;

    private @Nullable String owner;
    /** The store said that there is no such job. */
    private boolean absent;
    /** The newest event that can't be judged before a read. */
    private @Nullable JobEvent held;

    KnownJob(Shard shard, JobId id) {
        this.shard = shard;
        this.id = id;
    }

    final JobId id() {
        return id;
    }

    final @Nullable JobEvent present() {
        return present;
    }

    final @Nullable String owner() {
        return owner;
    }

    final void ownedBy(@Nullable String newOwner) {
        owner = newOwner;
    }

    /** Whether a newcomer can be answered from what is here. */
    final boolean isAnswerable() {
        return present == null ? absent : present.json().length > 0;
    }

    /** Whether what is here is as new as what a client has seen; where it is not, events are still on their way. */
    final boolean reaches(@Nullable Cursor seen) {
        return seen == null || present != null && (present.isAt(seen) || present.isNewerThan(seen));
    }

    /** Whether the job is known, and its document had to go: a newcomer can't be told of it without a read. */
    final boolean isWithoutDocument() {
        return present != null && present.json().length == 0;
    }

    /** Whether the event belongs to the life of the job that is known. */
    final boolean isOfThisLife(JobEvent event) {
        return present != null && present.incarnation().equals(event.incarnation());
    }

    /** Takes the event for the truth, with its document, until {@link #fit}. */
    final void know(JobEvent event) {
        unknow();
        absent = false;
        present = event;
        shard.cache().add(event);
    }

    /** Lets the document go where the cache has no room: not before everyone who needs it was told. */
    final void fit() {
        if (present != null) {
            present = shard.cache().fitted(present);
        }
    }

    final void knowAbsent(boolean isAbsent) {
        unknow();
        absent = isAbsent;
    }

    /** Knows nothing any more: what is here may be out of date. */
    final void forget() {
        knowAbsent(false);
        held = null;
    }

    private void unknow() {
        if (present != null) {
            shard.cache().remove(present);
            present = null;
        }
    }

    final void hold(JobEvent event) {
        boolean older =
                held != null && held.incarnation().equals(event.incarnation()) && held.version() >= event.version();
        if (!older) {
            held = event;
        }
    }

    /** What came on a connection that is lost: the read on the next one may find that the store went back behind it. */
    final void dropHeld() {
        held = null;
    }

    final @Nullable JobEvent takeHeld() {
        JobEvent taken = held;
        held = null;
        return taken;
    }
}
