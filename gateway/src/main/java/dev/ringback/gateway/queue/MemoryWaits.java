package dev.ringback.gateway.queue;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.queue.DependencyStore.Waiting;
import dev.ringback.gateway.queue.QueueStore.Entry;
import dev.ringback.gateway.store.QueuedRow;
import dev.ringback.protocol.NewJob.Plan;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;

/** What a gateway without Redis knows of jobs that wait, for workers or for other jobs. */
public record MemoryWaits(MemoryQueueStore queue, MemoryDependencyStore dependencies) {
    /** Nothing waits yet. */
    public static MemoryWaits open(GatewayConfig config, Loop loop, InstantSource clock, SecureRandom random) {
        MemoryQueueStore.Parts parts = new MemoryQueueStore.Parts(
                config, loop, clock, QueueLimits.of(config.queues()), () -> LeaseToken.newName(random));
        return new MemoryWaits(new MemoryQueueStore(parts), new MemoryDependencyStore(config, loop, clock));
    }

    /**
     * Takes in what the record of a job says: it waits for others, or has a place in its queue. Before anything else is asked.
     */
    public void load(QueuedRow row) {
        Plan plan = row.plan();
        if (!plan.after().isEmpty()) {
            Entry entry = new Entry(
                    row.id(),
                    row.work().type(),
                    row.work().owner(),
                    row.priority(),
                    row.work().dueMillis());
            dependencies.load(new Waiting(entry, Set.copyOf(plan.after()), plan.afterFailure(), row.createdMillis()));
        } else {
            queue.load(row);
        }
    }

    /** Forgets all of it. */
    public void close() {
        queue.close();
        dependencies.close();
    }
}
