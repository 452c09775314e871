package dev.ringback.gateway.queue;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.gateway.store.StoreException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Workers that wait for jobs, in the order in which they came. Whenever there may be jobs, the first in line are asked for; what comes
 * when nobody waits any more is given back. Confined to its loop, except {@link #size}.
 */
final class LeaseWaits {
    /** Of one line, so that those who wait do not ask in a row. */
    private static final int MOST_ASKING = 8;

    private static final long AFTER_FAILURE_MILLIS = 1_000;

    /** Workers who may have the same jobs. */
    private record LineKey(String type, @Nullable String owner) {}

    /** One line. */
    private final class Line extends LoopTicker.Deadline {
        private final LineKey key;
        private final Deque<Taker> waiting = new ArrayDeque<>();
        private int asking;
        /** Whether there may be more than the answers to come know of. */
        private boolean news;

        private Line(LineKey key) {
            this.key = key;
        }

        @Override
        protected void onDeadline() {
            ask(this, 1);
        }
    }

    private final Loop loop;
    private final LeaseDesk desk;
    private final Map<LineKey, Line> lines = new HashMap<>();
    private final AtomicInteger size = new AtomicInteger();

    LeaseWaits(Loop loop, LeaseDesk desk) {
        this.loop = loop;
        this.desk = desk;
    }

    /** How many wait. Any thread. */
    int size() {
        return size.get();
    }

    /** Somebody wants jobs, behind those who wait already. */
    void add(Taker taker) {
        assert loop.inLoop();
        Line line = lines.computeIfAbsent(key(taker.wish()), Line::new);
        line.waiting.add(taker);
        size.incrementAndGet();
        onNews(line);
    }

    /** Somebody wants none any more. One for whom an answer is under way hears that first. */
    void remove(Taker taker) {
        assert loop.inLoop();
        Line line = lines.get(key(taker.wish()));
        if (line != null && line.waiting.remove(taker)) {
            size.decrementAndGet();
            dropIfEmpty(line);
            var unused = taker.onNothing();
        }
    }

    private static LineKey key(Wish wish) {
        return new LineKey(wish.type(), wish.owner());
    }

    private void dropIfEmpty(Line line) {
        if (line.waiting.isEmpty() && line.asking == 0) {
            loop.ticker().clear(line);
            lines.remove(line.key, line);
        }
    }

    /** There may be jobs of this type. */
    void onWork(String type) {
        assert loop.inLoop();
        for (Line line : List.copyOf(lines.values())) {
            if (line.key.type().equals(type)) {
                onNews(line);
            }
        }
    }

    /** Where somebody asks already, that answer says whether it is worth asking again. */
    private void onNews(Line line) {
        line.news = true;
        if (line.asking == 0) {
            ask(line, 1);
        }
    }

    /** Asks for the first in line. Who is asked for stands in no line until the answer is there. */
    private void ask(Line line, int times) {
        for (int i = 0; i < times && line.asking < MOST_ASKING && !line.waiting.isEmpty(); i++) {
            Taker taker = line.waiting.remove();
            size.decrementAndGet();
            line.asking++;
            line.news = false;
            desk.take(taker.wish())
                    .whenComplete((begun, failure) -> loop.run(() -> answered(line, taker, begun, failure)));
        }
    }

    private void answered(Line line, Taker taker, LeaseDesk.@Nullable Begun begun, @Nullable Throwable failure) {
        line.asking--;
        if (begun == null) {
            taker.onFailure(StoreException.of(Objects.requireNonNull(failure)));
            askAfter(line, AFTER_FAILURE_MILLIS);
        } else if (!begun.leased().isEmpty()) {
            give(taker, begun.leased());
            // Where there was one there are often more: those who ask double with each answer.
            ask(line, 2);
        } else {
            nothing(line, taker, begun);
        }
        dropIfEmpty(line);
    }

    private void give(Taker taker, List<LeasedJob> leased) {
        if (!taker.onLeased(leased)) {
            leased.forEach(desk::giveBack);
        }
    }

    private void nothing(Line line, Taker taker, LeaseDesk.Begun begun) {
        if (taker.onNothing()) {
            line.waiting.addFirst(taker);
            size.incrementAndGet();
        }
        if (line.news || begun.stale()) {
            ask(line, 1);
        } else if (begun.againMillis() != Long.MAX_VALUE) {
            askAfter(line, begun.againMillis());
        }
    }

    private void askAfter(Line line, long millis) {
        loop.ticker().set(line, loop.nanoTime(), TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Asks for nobody any more. */
    void close() {
        assert loop.inLoop();
        lines.values().forEach(line -> loop.ticker().clear(line));
        lines.clear();
    }
}
