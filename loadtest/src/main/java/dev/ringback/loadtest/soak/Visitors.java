package dev.ringback.loadtest.soak;

import dev.ringback.loadtest.client.Target;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Visitors that come and go at the same time, each on a thread of its own, until they are told to stop. */
final class Visitors implements Closeable {
    private static final int MOST_COMPLAINTS = 20;

    private final Map<Visit, LongAdder> paid = new ConcurrentHashMap<>();
    private final Map<String, Integer> complaints = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    /** @param run tells the jobs of these visitors from those of others */
    void start(int visitors, Target target, String run, long seed) {
        for (int i = 0; i < visitors; i++) {
            Visitor visitor = new Visitor(target, run + "-" + i, seed * visitors + i);
            Thread thread = new Thread(() -> visit(visitor), "visitor-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    private void visit(Visitor visitor) {
        try (visitor) {
            while (!stopping) {
                pay(Visit.any(visitor.random), visitor);
            }
        } catch (IOException e) {
            complain("leaving: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pay(Visit visit, Visitor visitor) throws InterruptedException {
        try {
            visit.pay(visitor);
        } catch (IOException e) {
            complain(visit.words() + ": " + e.getMessage());
        }
        paid.computeIfAbsent(visit, unused -> new LongAdder()).increment();
    }

    /** Of many different complaints only the first are kept. */
    private void complain(String what) {
        String line = what.lines().findFirst().orElse("").replaceAll("soak-[0-9a-z-]+", "<job>");
        String key = complaints.containsKey(line) || complaints.size() < MOST_COMPLAINTS ? line : "others";
        complaints.merge(key, 1, Integer::sum);
    }

    long paid() {
        return paid.values().stream().mapToLong(LongAdder::sum).sum();
    }

    Map<String, Long> paidByKind() {
        Map<String, Long> kinds = new TreeMap<>();
        paid.forEach((visit, count) -> kinds.put(visit.words(), count.sum()));
        return kinds;
    }

    /** What servers answered that they should not have, and how often. */
    Map<String, Integer> complaints() {
        return new TreeMap<>(complaints);
    }

    /** Lets everyone finish the present visit, and waits for that. */
    void stop() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
        stopping = false;
    }

    @Override
    public void close() {
        stopping = true;
        threads.forEach(Thread::interrupt);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,d visits", paid());
    }
}
