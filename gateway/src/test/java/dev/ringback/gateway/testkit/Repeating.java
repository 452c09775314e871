package dev.ringback.gateway.testkit;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Does something again and again, in the caller's thread. */
public final class Repeating {
    private Repeating() {}

    /** What fails while Redis is away is tried again with the next. */
    public static void whileNot(AtomicBoolean over, Runnable step) {
        CountDownLatch never = new CountDownLatch(1);
        while (!over.get()) {
            try {
                step.run();
            } catch (RuntimeException failed) {
                awaitALittle(never);
            }
        }
    }

    private static void awaitALittle(CountDownLatch never) {
        try {
            var unused = never.await(5, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
