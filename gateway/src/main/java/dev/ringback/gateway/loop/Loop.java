package dev.ringback.gateway.loop;

import java.util.concurrent.Executor;

/**
 * One event loop: a thread that runs tasks in the order in which they were given, and owns the state that is confined to it.
 * Netty's loops in production; a seeded scheduler with virtual time in tests.
 */
public interface Loop extends Executor {
    /** The position among the gateway's loops, from 0. */
    int index();

    /** True on the loop's own thread. */
    boolean inLoop();

    /** The loop's clock in nanoseconds: only differences mean something. */
    long nanoTime();

    /** Deadlines of everything that this loop owns. Call it on the loop. */
    LoopTicker ticker();

    /** Runs the task in so many nanoseconds, or at the ticker's first tick after them. Any thread. */
    default void executeAfter(long nanos, Runnable task) {
        run(() -> ticker().set(
                        new LoopTicker.Deadline() {
                            @Override
                            protected void onDeadline() {
                                task.run();
                            }
                        },
                        nanoTime(),
                        nanos));
    }

    /** Runs the task now where the caller is on the loop already, else hands it over. */
    default void run(Runnable task) {
        if (inLoop()) {
            task.run();
        } else {
            execute(task);
        }
    }
}
