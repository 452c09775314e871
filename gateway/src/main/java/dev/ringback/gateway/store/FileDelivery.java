package dev.ringback.gateway.store;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.store.StoreException.Kind;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * What a batch has to tell, kept until it is committed: events and answers, for each shard in the order of the steps, handed over
 * as one task for each loop; what webhooks are to tell of goes straight to the outbox. Confined to the file store's thread.
 */
final class FileDelivery implements FileSteps.News {
    private final List<? extends Loop> loops;
    private final ToIntFunction<JobId> shardOf;
    private final MemoryJobStore.Parts parts;
    private final List<List<Runnable>> ofShards = new ArrayList<>();
    private final List<Runnable> ofOutbox = new ArrayList<>();

    FileDelivery(List<? extends Loop> loops, ToIntFunction<JobId> shardOf, MemoryJobStore.Parts parts) {
        this.loops = loops;
        this.shardOf = shardOf;
        this.parts = parts;
        loops.forEach(loop -> ofShards.add(new ArrayList<>()));
    }

    @Override
    public void event(JobEvent event) {
        int shard = shardOf.applyAsInt(event.jobId());
        ofShards.get(shard).add(() -> parts.publisher().publish(shard, event));
    }

    @Override
    public void outbox(long number, OutboxEvent event) {
        ofOutbox.add(() -> parts.outbox().accept(number, event));
    }

    void answer(FileCall<?> call) {
        ofShards.get(call.shard()).add(call::complete);
    }

    /** The batch is safe: everyone may know. */
    void deliver() {
        ofOutbox.forEach(Runnable::run);
        ofOutbox.clear();
        for (int shard = 0; shard < ofShards.size(); shard++) {
            List<Runnable> tellings = ofShards.get(shard);
            if (!tellings.isEmpty()) {
                ofShards.set(shard, new ArrayList<>());
                loops.get(shard).execute(() -> tellings.forEach(Runnable::run));
            }
        }
    }

    /** The batch never was. */
    void forget() {
        ofOutbox.clear();
        ofShards.forEach(List::clear);
    }

    void fail(List<FileCall<?>> calls, Function<FileCall<?>, Kind> kind, String detail) {
        for (FileCall<?> call : calls) {
            loops.get(call.shard()).execute(() -> call.fail(kind.apply(call), detail));
        }
    }
}
