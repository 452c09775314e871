package dev.ringback.loadtest.memory;

import dev.ringback.loadtest.client.CommonOptions;
import dev.ringback.loadtest.client.LoadJobs;
import dev.ringback.loadtest.client.Transport;
import dev.ringback.loadtest.client.WaiterListener;
import dev.ringback.loadtest.client.Waiters;
import dev.ringback.protocol.EventName;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Connections that wait for jobs of which nothing will be heard. */
final class WaitingCrowd implements AutoCloseable {
    private final Transport transport;
    private final Waiters waiters;
    private final AtomicInteger parked = new AtomicInteger();
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private volatile boolean leaving;
    private int opened;

    WaitingCrowd(CommonOptions options, Transport transport, int largest) throws IOException {
        this.transport = transport;
        this.waiters =
                new Waiters(new Waiters.Plan(options.url(), transport, options.loops(), largest), new WaiterListener() {
                    @Override
                    public void parked(int index) {
                        parked.incrementAndGet();
                    }

                    @Override
                    public void heard(int index, EventName event, long nanos) {}

                    @Override
                    public void ended(int index, String reason) {
                        if (!leaving) {
                            failure.compareAndSet(null, reason);
                        }
                    }
                });
    }

    Transport transport() {
        return transport;
    }

    /** Opens connections, each to a job of its own, until there are so many. */
    void growTo(int size, LoadJobs jobs) throws InterruptedException {
        leaving = false;
        for (; opened < size; opened++) {
            waiters.open(opened, jobs.id(opened));
        }
    }

    /**
     * Whether all wait, as far as the wire can tell.
     *
     * @throws IOException where one of them has ended
     */
    boolean isParked() throws IOException {
        String reason = failure.get();
        if (reason != null) {
            throw new IOException("a " + transport.spelling() + " connection ended: " + reason);
        }
        return parked.get() == opened;
    }

    /** Closes all connections. */
    void leave() {
        leaving = true;
        waiters.closeAll();
        opened = 0;
        parked.set(0);
    }

    @Override
    public void close() {
        leaving = true;
        waiters.close();
    }
}
