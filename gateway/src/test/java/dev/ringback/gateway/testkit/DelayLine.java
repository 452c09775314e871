package dev.ringback.gateway.testkit;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One direction of a proxied connection: one thread puts bytes in, another takes them out when they are due. It is bounded. */
final class DelayLine {
    private static final int MAX_QUEUED_BYTES = 64 << 10;
    private static final int CHUNK_BYTES = 16 << 10;

    /**
     * What goes wrong.
     *
     * @param swallows bytes, and the end of the connection, vanish
     */
    record Faults(long latencyNanos, long jitterNanos, boolean holds, boolean swallows) {
        static final Faults NONE = new Faults(0, 0, false, false);

        Faults delayedBy(long latency, long jitter) {
            return new Faults(latency, jitter, holds, swallows);
        }

        Faults holding(boolean held) {
            return new Faults(latencyNanos, jitterNanos, held, swallows);
        }

        Faults swallowing() {
            return new Faults(latencyNanos, jitterNanos, holds, true);
        }
    }

    private enum Kind {
        BYTES,
        END,
        RESET
    }

    private record Chunk(Kind kind, byte[] bytes, long dueNanos) {}

    private final RandomGenerator random;
    private final AtomicLong passed;
    private final AtomicLong vanished;

    /** Guarded by this, as are the others. */
    private final Queue<Chunk> chunks = new ArrayDeque<>();

    private Faults faults;
    private int queuedBytes;
    private long lastDueNanos = System.nanoTime();
    private boolean closed;

    DelayLine(Faults faults, RandomGenerator random, AtomicLong passed, AtomicLong vanished) {
        this.faults = faults;
        this.random = random;
        this.passed = passed;
        this.vanished = vanished;
    }

    synchronized void change(UnaryOperator<Faults> change) {
        faults = change.apply(faults);
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Puts in what the socket receives, to its end. */
    void readFrom(Socket socket) {
        byte[] buffer = new byte[CHUNK_BYTES];
        try {
            for (int read = socket.getInputStream().read(buffer);
                    read >= 0;
                    read = socket.getInputStream().read(buffer)) {
                put(Kind.BYTES, Arrays.copyOf(buffer, read));
            }
            put(Kind.END, new byte[0]);
        } catch (IOException e) {
            put(Kind.RESET, new byte[0]);
        }
    }

    private synchronized void put(Kind kind, byte[] bytes) {
        awaitThat(() -> closed || queuedBytes < MAX_QUEUED_BYTES);
        long delay = faults.latencyNanos + (long) (faults.jitterNanos * random.nextDouble());
        lastDueNanos = Math.max(lastDueNanos, System.nanoTime() + delay);
        chunks.add(new Chunk(kind, bytes, lastDueNanos));
        queuedBytes += bytes.length;
        notifyAll();
    }

    /** Takes out what is due, to the end; false where the connection was reset and the other side is to be told. */
    boolean writeTo(Socket socket) {
        try {
            for (Chunk chunk = take(); chunk != null; chunk = take()) {
                if (chunk.kind == Kind.RESET) {
                    return false;
                }
                if (chunk.kind == Kind.END) {
                    socket.shutdownOutput();
                    return true;
                }
                socket.getOutputStream().write(chunk.bytes);
                passed.addAndGet(chunk.bytes.length);
            }
            return true;
        } catch (IOException e) {
            return isClosed();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** The next chunk that passes; null once closed. */
    private synchronized @Nullable Chunk take() {
        while (true) {
            awaitThat(() -> closed || isNextToGo());
            Chunk next = chunks.poll();
            if (closed || next == null) {
                return null;
            }
            queuedBytes -= next.bytes.length;
            notifyAll();
            if (!faults.swallows) {
                return next;
            }
            vanished.addAndGet(next.bytes.length);
        }
    }

    private boolean isNextToGo() {
        Chunk next = chunks.peek();
        return next != null && (faults.swallows || !faults.holds && next.dueNanos <= System.nanoTime());
    }

    private interface Condition {
        boolean holds();
    }

    /** Waits, with the lock given up, until something changes or the next chunk is due, and again until the condition holds. */
    private void awaitThat(Condition condition) {
        try {
            while (!condition.holds()) {
                Chunk next = chunks.peek();
                long left = next == null ? 0 : next.dueNanos - System.nanoTime();
                if (left > 0) {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } else {
                    wait();
                }
            }
        } catch (InterruptedException e) {
            closed = true;
            Thread.currentThread().interrupt();
        }
    }
}
