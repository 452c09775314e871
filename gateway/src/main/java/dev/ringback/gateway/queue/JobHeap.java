package dev.ringback.gateway.queue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** A binary heap of jobs that know their places in it, so that any of them is removed in O(log n). Confined to the store's loop. */
final class JobHeap {
    private static final int LEAST = 4;

    /** Which of two jobs comes first. */
    interface Order {
        boolean isBefore(HeldJob one, HeldJob other);
    }

    private final Order order;
    /** Whether the jobs keep their places here in {@link HeldJob#ageIndex}. */
    private final boolean byAge;

    private @Nullable HeldJob[] jobs = new HeldJob[LEAST];
    private int size;

    private JobHeap(Order order, boolean byAge) {
        this.order = order;
        this.byAge = byAge;
    }

    /** One in which a job is because of its place. */
    static JobHeap ofPlace(Order order) {
        return new JobHeap(order, false);
    }

    /** One in which the oldest come first. */
    static JobHeap ofAges() {
        return new JobHeap(HeldJob::isOlderThan, true);
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Null where there is none. */
    @Nullable HeldJob first() {
        return jobs[0];
    }

    void add(HeldJob job) {
        if (size == jobs.length) {
            jobs = Arrays.copyOf(jobs, size + (size >> 1));
        }
        put(job, size++);
        rise(job);
    }

    /** The job must be in it. */
    void remove(HeldJob job) {
        int index = indexOf(job);
        HeldJob last = at(--size);
        jobs[size] = null;
        if (last != job) {
            put(last, index);
            moved(last);
        }
        if (jobs.length > LEAST && size < jobs.length / 4) {
            jobs = Arrays.copyOf(jobs, Math.max(LEAST, jobs.length / 2));
        }
    }

    /** Finds the place of a job that is in it and comes earlier or later now. */
    void moved(HeldJob job) {
        rise(job);
        sink(job);
    }

    /** The first ones in their order; they stay. */
    List<HeldJob> firsts(int most) {
        List<HeldJob> firsts = new ArrayList<>();
        PriorityQueue<HeldJob> next = new PriorityQueue<>((one, other) -> order.isBefore(one, other) ? -1 : 1);
        addTo(next, 0);
        while (firsts.size() < most && !next.isEmpty()) {
            HeldJob job = next.remove();
            firsts.add(job);
            addTo(next, 2 * indexOf(job) + 1);
            addTo(next, 2 * indexOf(job) + 2);
        }
        return firsts;
    }

    private void addTo(PriorityQueue<HeldJob> next, int index) {
        if (index < size) {
            next.add(at(index));
        }
    }

    private void rise(HeldJob job) {
        int index = indexOf(job);
        while (index > 0 && order.isBefore(job, at((index - 1) / 2))) {
            put(at((index - 1) / 2), index);
            index = (index - 1) / 2;
        }
        put(job, index);
    }

    private void sink(HeldJob job) {
        int index = indexOf(job);
        for (int child = firstChild(index); child < size; child = firstChild(index)) {
            if (!order.isBefore(at(child), job)) {
                break;
            }
            put(at(child), index);
            index = child;
        }
        put(job, index);
    }

    /** The index of the one of two children that comes first; beyond the end where there is none. */
    private int firstChild(int index) {
        int left = 2 * index + 1;
        int right = left + 1;
        return right < size && order.isBefore(at(right), at(left)) ? right : left;
    }

    private HeldJob at(int index) {
        HeldJob job = jobs[index];
        assert job != null;
        return job;
    }

    private int indexOf(HeldJob job) {
        return byAge ? job.ageIndex : job.turnIndex;
    }

    private void put(HeldJob job, int index) {
        jobs[index] = job;
        if (byAge) {
            job.ageIndex = index;
        } else {
            job.turnIndex = index;
        }
    }
}
