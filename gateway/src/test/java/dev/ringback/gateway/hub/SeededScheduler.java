package dev.ringback.gateway.hub;

import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Runs several loops, and the queues of simulated connections, one step at a time in an order that a seed decides. Each queue is
 * first in, first out, as loops and TCP are; between queues any order may happen. Time is virtual.
 */
final class SeededScheduler {
    /** Steps that happen in their order, each at any moment. */
    static final class Lane {
        private final Deque<Runnable> steps = new ArrayDeque<>();
        private boolean stalled;

        void add(Runnable step) {
            steps.add(step);
        }

        void clear() {
            steps.clear();
        }
    }

    /** A loop that runs when the scheduler says so. */
    final class SimulatedLoop implements Loop {
        private final int index;
        private final Lane lane = new Lane();
        private final LoopTicker ticker;

        private SimulatedLoop(int index) {
            this.index = index;
            this.ticker = new LoopTicker(now, nanos -> after(nanos, () -> execute(this::tick)));
        }

        private void tick() {
            ticker.tick(now);
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public boolean inLoop() {
            return running == this;
        }

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public LoopTicker ticker() {
            return ticker;
        }

        @Override
        public void execute(Runnable task) {
            lane.add(() -> {
                running = this;
                try {
                    task.run();
                } finally {
                    running = null;
                }
            });
        }
    }

    private record Timer(long at, long order, Runnable task) {}

    private final List<SimulatedLoop> loops = new ArrayList<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::order));
    private Random random = new Random(0);
    private SimulatedLoop running;
    private long now;
    private long timersMade;

    SeededScheduler(int loopCount) {
        for (int i = 0; i < loopCount; i++) {
            SimulatedLoop loop = new SimulatedLoop(i);
            loops.add(loop);
            lanes.add(loop.lane);
        }
    }

    /** Begins another run on the same loops. */
    void reset(long seed) {
        random = new Random(seed);
        lanes.subList(loops.size(), lanes.size()).clear();
    }

    List<SimulatedLoop> loops() {
        return loops;
    }

    /** Lets nothing out of the lane for a while. */
    void stall(Lane lane, long nanos) {
        lane.stalled = true;
        after(nanos, () -> lane.stalled = false);
    }

    Lane lane() {
        Lane lane = new Lane();
        lanes.add(lane);
        return lane;
    }

    Random random() {
        return random;
    }

    long now() {
        return now;
    }

    void after(long nanos, Runnable task) {
        timers.add(new Timer(now + Math.max(0, nanos), timersMade++, task));
    }

    /** Does one step of one lane, or of a timer that is due, or lets time pass; false where nothing is left but time beyond the horizon. */
    boolean step(long horizon) {
        Timer due = timers.peek();
        boolean timePasses = random.nextInt(due != null && due.at() <= now ? 4 : 64) == 0;
        Lane lane = timePasses ? null : someLane();
        if (lane != null) {
            lane.steps.remove().run();
            return true;
        }
        Timer next = timers.peek();
        if (next != null && next.at() <= horizon) {
            timers.remove();
            now = Math.max(now, next.at());
            next.task().run();
            return true;
        }
        lane = someLane();
        if (lane != null) {
            lane.steps.remove().run();
        }
        return lane != null;
    }

    private Lane someLane() {
        int start = random.nextInt(lanes.size());
        for (int i = 0; i < lanes.size(); i++) {
            Lane lane = lanes.get((start + i) % lanes.size());
            if (!lane.stalled && !lane.steps.isEmpty()) {
                return lane;
            }
        }
        return null;
    }
}
