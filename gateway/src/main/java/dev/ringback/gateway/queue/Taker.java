package dev.ringback.gateway.queue;

import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.gateway.store.StoreException;
import java.util.List;

/** A worker that stands in line for jobs. Called on the loop of the line. */
public interface Taker {
    Wish wish();

    /** Takes jobs, and stands in line no more; false where nobody is there to have them. */
    boolean onLeased(List<LeasedJob> leased);

    /** There is nothing now. Whether it goes on waiting. */
    boolean onNothing();

    /** What there is can't be known now. It stands in line no more. */
    void onFailure(StoreException failure);
}
