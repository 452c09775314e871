package dev.ringback.loadtest.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Threads, each with a connection of its own, that share the work of counting to a number. The first failure stops them all. */
public final class Crew implements AutoCloseable {
    /** What is done for each number. */
    @FunctionalInterface
    public interface Task {
        void perform(int index, HttpConnection connection) throws IOException, InterruptedException;
    }

    private final int count;
    private final Task task;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();

    private Crew(int count, Task task) {
        this.count = count;
        this.task = task;
    }

    /** Starts so many threads, which do the task for 0 to {@code count - 1}. */
    public static Crew start(int threads, Target target, int count, Task task) {
        Crew crew = new Crew(count, task);
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> crew.work(target), "crew-" + i);
            thread.setDaemon(true);
            crew.threads.add(thread);
        }
        crew.threads.forEach(Thread::start);
        return crew;
    }

    private void work(Target target) {
        try (HttpConnection connection = new HttpConnection(target)) {
            int index = next.getAndIncrement();
            while (index < count && failure.get() == null) {
                task.perform(index, connection);
                index = next.getAndIncrement();
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    public boolean hasFailed() {
        return failure.get() != null;
    }

    /** Waits for the end of the work, or for the first failure, which it throws. */
    public void join() throws IOException, InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        Exception first = failure.get();
        if (first instanceof IOException) {
            throw new IOException(first.getMessage(), first);
        }
        if (first != null) {
            throw new IllegalStateException(first);
        }
    }

    /** Gives up what is left to do. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
