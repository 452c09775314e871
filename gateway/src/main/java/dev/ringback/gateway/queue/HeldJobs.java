package dev.ringback.gateway.queue;

import dev.ringback.protocol.JobId;
import org.jspecify.annotations.Nullable;

/** The jobs of a queue by their ids: a hash table that needs no object for each entry. Confined to the store's loop. */
final class HeldJobs {
    private static final int LEAST = 16;

    private @Nullable HeldJob[] chains = new HeldJob[LEAST];
    private int size;

    int size() {
        return size;
    }

    @Nullable HeldJob find(JobId id) {
        HeldJob job = chains[chainOf(id)];
        while (job != null && !job.id.equals(id)) {
            job = job.next;
        }
        return job;
    }

    /** The job must not be in it. */
    void add(HeldJob job) {
        if (size == chains.length) {
            resize(2 * size);
        }
        link(job);
        size++;
    }

    /** The job must be in it. */
    void remove(HeldJob job) {
        int chain = chainOf(job.id);
        HeldJob before = chains[chain];
        while (before != null && before != job && before.next != job) {
            before = before.next;
        }
        if (before == null || before == job) {
            chains[chain] = job.next;
        } else {
            before.next = job.next;
        }
        job.next = null;
        size--;
        if (chains.length > LEAST && size < chains.length / 4) {
            resize(chains.length / 2);
        }
    }

    private void link(HeldJob job) {
        int chain = chainOf(job.id);
        job.next = chains[chain];
        chains[chain] = job;
    }

    private void resize(int length) {
        @Nullable HeldJob[] before = chains;
        chains = new HeldJob[length];
        for (HeldJob first : before) {
            HeldJob job = first;
            while (job != null) {
                HeldJob next = job.next;
                link(job);
                job = next;
            }
        }
    }

    /** The length is a power of 2, and hashes of ids are well mixed. */
    private int chainOf(JobId id) {
        return id.hashCode() & (chains.length - 1);
    }
}
