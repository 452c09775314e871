package dev.ringback.gateway.queue;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.gateway.store.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers that wait for jobs, in the order in which they came. Whenever there may be jobs, the first in line are asked for; what comes
 * when nobody waits any more is given back. Confined to its loop, except {@link #size}.
 */
final class LeaseWaits {
    /** Of one line, so that those who wait do not ask in a row. */
    private static final int MOST_ASKING = 8;

    /** For one who does not wait, where the queue has what is no job any more. */
    private static final int MOST_ASKED = 16;

    private static final long AFTER_FAILURE_MILLIS = 1_000;
    /** What nobody told of is found by then. */
    private static final long MOST_MILLIS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(LeaseWaits.class);

    /** Workers who may have the same jobs. */
    private record LineKey(String type, @Nullable String owner) {}

    /** One line. */
    private final class Line extends LoopTicker.Deadline {
        private final LineKey key;
        private final Deque<Taker> waiting = new ArrayDeque<>();
        private int asking;
        /** Whether there may be more than the answers to come know of: one of them may be older. */
        private boolean news;
        /** While nobody asks: whether that is because the last answer said that there is no more, and that there will be word. */
        private boolean rests;
        /** Whether the last answer was a job, and there may be more. */
        private boolean foundLast;
        /** When it asks by itself, while a deadline is set. */
        private long dueNanos;

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
    private final Map<String, List<Line>> byType = new HashMap<>();
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
        Line line = lines.computeIfAbsent(key(taker.wish()), this::newLine);
        line.waiting.add(taker);
        size.incrementAndGet();
        // Where somebody asks already, that answer says whether it is worth asking again.
        if (!line.rests && line.asking == 0) {
            ask(line, 1);
        }
    }

    private Line newLine(LineKey key) {
        Line line = new Line(key);
        byType.computeIfAbsent(key.type(), type -> new ArrayList<>()).add(line);
        return line;
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
            if (lines.remove(line.key, line)) {
                byType.computeIfPresent(line.key.type(), (type, ofType) -> {
                    ofType.remove(line);
                    return ofType.isEmpty() ? null : ofType;
                });
            }
        }
    }

    /** There may be jobs of this type. */
    void onWork(String type) {
        assert loop.inLoop();
        List.copyOf(byType.getOrDefault(type, List.of())).forEach(this::onNews);
    }

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
            Wish wish = taker.wish();
            // Never at once: as many may ask in a row as there are jobs.
            take(line.waiting.isEmpty() ? wish : wish.beforeOthers())
                    .whenComplete((begun, failure) -> loop.execute(() -> answered(line, taker, begun, failure)));
        }
    }

    /** Asks for one who stands in no line. */
    void ask(Taker taker) {
        assert loop.inLoop();
        askOnce(taker, MOST_ASKED);
    }

    private void askOnce(Taker taker, int times) {
        take(taker.wish())
                .whenComplete((begun, failure) -> loop.execute(() -> {
                    if (begun == null) {
                        taker.onFailure(named(Objects.requireNonNull(failure)));
                    } else if (!begun.leased().isEmpty()) {
                        give(taker, begun.leased());
                    } else if (begun.stale() && times > 1) {
                        askOnce(taker, times - 1);
                    } else {
                        var unused = taker.onNothing();
                    }
                }));
    }

    private CompletionStage<LeaseDesk.Begun> take(Wish wish) {
        try {
            return desk.take(wish);
        } catch (RuntimeException bug) {
            return CompletableFuture.failedFuture(bug);
        }
    }

    private void answered(Line line, Taker taker, LeaseDesk.@Nullable Begun begun, @Nullable Throwable failure) {
        line.asking--;
        line.rests = false;
        if (begun == null) {
            line.news = true;
            taker.onFailure(named(Objects.requireNonNull(failure)));
            askAfter(line, AFTER_FAILURE_MILLIS);
        } else if (!begun.leased().isEmpty()) {
            give(taker, begun.leased());
            more(line, begun);
        } else {
            line.foundLast = false;
            nothing(line, taker, begun);
        }
        dropIfEmpty(line);
    }

    /** Nobody waits for ever because of what nobody thought of. */
    private static StoreException named(Throwable failure) {
        try {
            return StoreException.of(failure);
        } catch (IllegalStateException bug) {
            LOG.error("jobs could not be leased", bug);
            return new StoreException(StoreException.Kind.CORRUPT, "the gateway's log has the details");
        }
    }

    private void give(Taker taker, List<LeasedJob> leased) {
        if (!taker.onLeased(leased)) {
            leased.forEach(desk::giveBack);
        }
    }

    private void more(Line line, LeaseDesk.Begun begun) {
        // Kept where there is nobody to ask for: an answer that is on its way may have been given before this one.
        line.news |= !begun.drained();
        if (!line.news) {
            line.foundLast = false;
            rest(line, begun.againMillis());
        } else {
            // Where there were two in a row there are often more: from then on those who ask double with each answer.
            ask(line, line.foundLast ? 2 : 1);
            line.foundLast = true;
        }
    }

    private void nothing(Line line, Taker taker, LeaseDesk.Begun begun) {
        if (taker.onNothing()) {
            line.waiting.addFirst(taker);
            size.incrementAndGet();
        }
        if (line.news || begun.stale()) {
            ask(line, 1);
        } else {
            rest(line, begun.againMillis());
        }
    }

    /** Until {@link #onWork} is called, or so many milliseconds later. */
    private void rest(Line line, long againMillis) {
        line.rests = true;
        askAfter(line, againMillis);
    }

    /** The earliest time counts, of several answers. */
    private void askAfter(Line line, long millis) {
        long now = loop.nanoTime();
        long nanos = TimeUnit.MILLISECONDS.toNanos(Math.min(millis, MOST_MILLIS));
        if (!line.isSet() || now + nanos - line.dueNanos < 0) {
            line.dueNanos = now + nanos;
            loop.ticker().set(line, now, nanos);
        }
    }

    /** Asks for nobody any more. */
    void close() {
        assert loop.inLoop();
        lines.values().forEach(line -> loop.ticker().clear(line));
        lines.clear();
        byType.clear();
    }
}
