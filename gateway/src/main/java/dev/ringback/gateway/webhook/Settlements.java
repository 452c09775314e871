package dev.ringback.gateway.webhook;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What attempts came to, on the way to the store: it is told once for all that ended meanwhile. Confined to the loop. */
final class Settlements {
    private static final int MOST_AT_ONCE = 256;
    private static final int MOST_BYTES_AT_ONCE = 1 << 20;

    /** How a delivery stands, and whose it is. */
    private record Settlement(Courier courier, Delivery delivery) {}

    private final Dispatcher dispatcher;
    private final Deque<Settlement> waiting = new ArrayDeque<>();
    private boolean writing;

    Settlements(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    boolean isBusy() {
        return writing || !waiting.isEmpty();
    }

    /** The courier hears when it is written. */
    void add(Courier courier, Delivery delivery) {
        waiting.add(new Settlement(courier, delivery));
        if (waiting.size() == 1) {
            dispatcher.loop().execute(this::flush);
        }
    }

    void flush() {
        if (writing || waiting.isEmpty()) {
            return;
        }
        writing = true;
        List<Settlement> batch = new ArrayList<>();
        int bytes = 0;
        while (batch.size() < MOST_AT_ONCE && bytes < MOST_BYTES_AT_ONCE && !waiting.isEmpty()) {
            Settlement next = waiting.remove();
            bytes += next.delivery().sent().body().length;
            batch.add(next);
        }
        List<Delivery> deliveries = batch.stream().map(Settlement::delivery).toList();
        var unused = dispatcher
                .store()
                .settle(deliveries)
                .whenComplete((done, failure) -> dispatcher.loop().run(() -> {
                    writing = false;
                    if (failure == null) {
                        batch.forEach(one ->
                                one.courier().settled(List.of(one.delivery().id())));
                        flush();
                    } else {
                        // The next beat tries again: as long as the store is away, little is sent.
                        for (int i = batch.size() - 1; i >= 0; i--) {
                            waiting.addFirst(batch.get(i));
                        }
                        dispatcher.onStoreFailure("settling", failure);
                    }
                    dispatcher.checkStopped();
                }));
    }
}
