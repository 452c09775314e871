package dev.ringback.gateway.simulation;

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
public final class SeededScheduler {
    /** Steps that happen in their order, each at any moment. */
    public final class Lane {
        private final Deque<Runnable> steps = new ArrayDeque<>();
        /** Where it stands among the lanes that can go on; -1 where it can't. */
        private int place = -1;

        private int stalls;
        private boolean ended;

        private Lane() {}

        public void add(Runnable step) {
            if (!ended) {
                steps.add(step);
                settle();
            }
        }

        public void clear() {
            steps.clear();
            settle();
        }

        /** Nothing comes out of it any more. */
        public void end() {
            ended = true;
            clear();
        }

        private void settle() {
            boolean goesOn = !steps.isEmpty() && stalls == 0;
            if (goesOn && place < 0) {
                place = ready.size();
                ready.add(this);
            } else if (!goesOn && place >= 0) {
                Lane last = ready.remove(ready.size() - 1);
                if (last != this) {
                    ready.set(place, last);
                    last.place = place;
                }
                place = -1;
            }
        }

        private void step() {
            Runnable next = steps.remove();
            settle();
            next.run();
        }
    }

    /** A loop that runs when the scheduler says so. */
    public final class SimulatedLoop implements Loop {
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

        /** The queue of its tasks. */
        public Lane lane() {
            return lane;
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
    private final List<Lane> ready = new ArrayList<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::order));
    private Random random = new Random(0);
    private SimulatedLoop running;
    private long now;
    private long timersMade;

    /** With so many loops that outlive {@link #reset}. */
    public SeededScheduler(int loopCount) {
        for (int i = 0; i < loopCount; i++) {
            loops.add(loop(i));
        }
    }

    /** Begins another run on the same loops. */
    public void reset(long seed) {
        random = new Random(seed);
        List<Lane> others = new ArrayList<>(ready);
        others.removeIf(lane -> loops.stream().anyMatch(loop -> loop.lane == lane));
        others.forEach(Lane::end);
    }

    public List<SimulatedLoop> loops() {
        return loops;
    }

    /** Another loop, under the index that it has in its gateway. */
    public SimulatedLoop loop(int index) {
        return new SimulatedLoop(index);
    }

    /** Lets nothing out of the lane for a while. */
    public void stall(Lane lane, long nanos) {
        lane.stalls++;
        lane.settle();
        after(nanos, () -> {
            lane.stalls--;
            lane.settle();
        });
    }

    public Lane lane() {
        return new Lane();
    }

    public Random random() {
        return random;
    }

    public long now() {
        return now;
    }

    public void after(long nanos, Runnable task) {
        timers.add(new Timer(now + Math.max(0, nanos), timersMade++, task));
    }

    /**
     * Does one step of one lane, or of a timer that is due, or lets time pass; false where nothing is left but time beyond the
     * horizon.
     */
    public boolean step(long horizon) {
        Timer due = timers.peek();
        boolean timePasses = random.nextInt(due != null && due.at() <= now ? 4 : 64) == 0;
        if (!timePasses && !ready.isEmpty()) {
            someLane().step();
            return true;
        }
        if (due != null && due.at() <= horizon) {
            timers.remove();
            now = Math.max(now, due.at());
            due.task().run();
            return true;
        }
        if (ready.isEmpty()) {
            return false;
        }
        someLane().step();
        return true;
    }

    private Lane someLane() {
        return ready.get(random.nextInt(ready.size()));
    }
}
