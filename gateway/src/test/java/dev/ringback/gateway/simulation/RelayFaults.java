package dev.ringback.gateway.simulation;

import java.util.concurrent.TimeUnit;

/** What becomes of published events on their way: most arrive once and in order. */
final class RelayFaults {
    static final long LONGEST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final SeededScheduler scheduler;
    private final Figures figures;
    private int losing;
    private int delaying;
    private int repeating;

    RelayFaults(SeededScheduler scheduler, Figures figures) {
        this.scheduler = scheduler;
        this.figures = figures;
    }

    void lose(long nanos) {
        losing++;
        scheduler.after(nanos, () -> losing--);
    }

    void delay(long nanos) {
        delaying++;
        scheduler.after(nanos, () -> delaying--);
    }

    void repeat(long nanos) {
        repeating++;
        scheduler.after(nanos, () -> repeating--);
    }

    void carry(SimulatedLink link, Runnable arrival) {
        if (strikes(losing)) {
            figures.count("wire: events lost");
        } else if (strikes(delaying)) {
            figures.count("wire: events delayed");
            link.answerLater((long) (LONGEST_DELAY_NANOS * scheduler.random().nextDouble()), arrival);
        } else {
            link.answer(arrival);
        }
        if (strikes(repeating)) {
            figures.count("wire: events repeated");
            link.answerLater((long) (LONGEST_DELAY_NANOS * scheduler.random().nextDouble()), arrival);
        }
    }

    private boolean strikes(int active) {
        return active > 0 && scheduler.random().nextBoolean();
    }
}
