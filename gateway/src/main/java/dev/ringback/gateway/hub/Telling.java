package dev.ringback.gateway.hub;

import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one job, and everyone who is told of it: events and reads come in, and go out as bursts, resets and ends.
 * Where only another read can tell what is true, it asks for one. Confined to the shard's loop.
 */
abstract class Telling extends KnownJob {
    final Audience audience = new Audience(this);

    Telling(Shard shard, JobId id) {
        super(shard, id);
    }

    /** Only the store can tell what is true. */
    abstract void readNow();

    /** Nobody is attached any more. */
    abstract void onDismissed();

    /** Takes in what a read found. Where in doubt, it asks for one more. */
    final void merge(@Nullable JobEvent knownWhenSent, StoreRead read) {
        Verdict verdict = Verdict.of(present(), knownWhenSent, read);
        JobSnapshot snapshot = read.snapshot();
        if (snapshot != null) {
            ownedBy(snapshot.owner());
            mergeFound(verdict, snapshot.present());
        } else if (verdict == Verdict.VANISHED) {
            vanish(read.status() == StoreRead.Status.EXPIRED ? GoneReason.EXPIRED : GoneReason.EVICTED);
        } else if (verdict == Verdict.ABSENT) {
            knowAbsent(read.status() == StoreRead.Status.ABSENT);
        } else {
            readNow();
        }
    }

    private void mergeFound(Verdict verdict, JobEvent found) {
        switch (verdict) {
            case FOUND -> {
                // Those who waited for it without being allowed to see it go on waiting for nothing.
                audience.expel(subscriber -> subscriber.maySee(owner()));
                know(found);
                addToBurst(found);
            }
            case NEWER -> {
                shard.counters().recovered.increment();
                advance(found);
            }
            case SAME -> know(found);
            case WENT_BACK -> reset(found);
            case OLDER -> shard.counters().stale.increment();
            case IN_DOUBT -> readNow();
            case ABSENT, VANISHED -> throw new IllegalStateException(verdict + " with " + found);
        }
    }

    final void mergeHeld() {
        JobEvent event = takeHeld();
        if (event != null && isOfThisLife(event)) {
            advance(event);
        } else if (event != null) {
            readNow();
        }
    }

    final void advance(JobEvent event) {
        JobEvent before = present();
        if (before != null && event.version() <= before.version()) {
            shard.counters().stale.increment();
            if (event.contradicts(before)) {
                readNow();
            }
            return;
        }
        if (before != null && before.state().isTerminal()) {
            handOverBurst();
        }
        know(event);
        addToBurst(event);
    }

    private void addToBurst(JobEvent event) {
        shard.counters().events.increment();
        if (audience.addToBurst(event)) {
            shard.burstBegins(this);
        }
        if (audience.isBurstFull()) {
            handOverBurst();
        }
    }

    /** Hands the burst to the subscribers' loops; after a terminal event nobody stays. */
    final void handOverBurst() {
        JobEvent last = audience.handOverBurst();
        if (last != null && last.state().isTerminal()) {
            dismiss();
        }
    }

    private void reset(JobEvent found) {
        if (!shard.has(Safeguard.ROLLBACK_RULE)) {
            return;
        }
        shard.counters().resets.increment();
        handOverBurst();
        know(found);
        audience.reset(found, owner());
        if (found.state().isTerminal()) {
            dismiss();
        }
    }

    private void vanish(GoneReason reason) {
        handOverBurst();
        knowAbsent(reason == GoneReason.EVICTED);
        audience.tellAttached(s -> s.onGone(id(), reason));
        dismiss();
    }

    private void dismiss() {
        audience.detachAll();
        onDismissed();
    }
}
