package dev.ringback.gateway.hub;

import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.GoneReason;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one job, and everyone who is told of it: events and reads come in, and go out as bursts, resets and ends.
 * Where only another read can tell what is true, it asks its topic for one. Confined to the shard's loop.
 */
final class Telling {
    final Audience audience;
    final KnownJob known;
    private final Shard shard;
    private final Topic topic;

    Telling(Shard shard, Topic topic) {
        this.shard = shard;
        this.topic = topic;
        this.audience = new Audience(shard, topic.id());
        this.known = new KnownJob(shard.cache());
    }

    /** Takes in what a read found. Where in doubt, it asks for one more. */
    void merge(@Nullable JobEvent knownWhenSent, StoreRead read) {
        Verdict verdict = Verdict.of(known.present(), knownWhenSent, read);
        JobSnapshot snapshot = read.snapshot();
        if (snapshot != null) {
            known.ownedBy(snapshot.owner());
            mergeFound(verdict, snapshot.present());
        } else if (verdict == Verdict.VANISHED) {
            vanish(read.status() == StoreRead.Status.EXPIRED ? GoneReason.EXPIRED : GoneReason.EVICTED);
        } else if (verdict == Verdict.ABSENT) {
            known.knowAbsent(read.status() == StoreRead.Status.ABSENT);
        } else {
            topic.readNow();
        }
    }

    private void mergeFound(Verdict verdict, JobEvent found) {
        switch (verdict) {
            case FOUND -> {
                // Those who waited for it without being allowed to see it go on waiting for nothing.
                audience.expel(subscriber -> subscriber.maySee(known.owner()));
                known.know(found);
                addToBurst(found);
            }
            case NEWER -> {
                shard.counters().recovered.increment();
                advance(found);
            }
            case SAME -> known.know(found);
            case WENT_BACK -> reset(found);
            case OLDER -> shard.counters().stale.increment();
            case IN_DOUBT -> topic.readNow();
            case ABSENT, VANISHED -> throw new IllegalStateException(verdict + " with " + found);
        }
    }

    void mergeHeld() {
        JobEvent event = known.takeHeld();
        if (event != null && known.isOfThisLife(event)) {
            advance(event);
        } else if (event != null) {
            topic.readNow();
        }
    }

    void advance(JobEvent event) {
        JobEvent before = known.present();
        if (before != null && event.version() <= before.version()) {
            shard.counters().stale.increment();
            if (event.contradicts(before)) {
                topic.readNow();
            }
            return;
        }
        if (before != null && before.state().isTerminal()) {
            handOverBurst();
        }
        known.know(event);
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
    void handOverBurst() {
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
        known.know(found);
        audience.reset(found, known.owner());
        if (found.state().isTerminal()) {
            dismiss();
        }
    }

    private void vanish(GoneReason reason) {
        handOverBurst();
        known.knowAbsent(reason == GoneReason.EVICTED);
        audience.tellAttached(s -> s.onGone(topic.id(), reason));
        dismiss();
    }

    private void dismiss() {
        audience.detachAll();
        topic.onDismissed();
    }
}
