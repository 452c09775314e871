package dev.ringback.gateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A network that goes wrong on demand: it passes the connections made to its port on to an upstream port of this machine, each
 * direction through a bounded delay line.
 *
 * <p>Faults are set on {@link #existing() connections that exist now}, on {@link #coming() those still to come}, or on
 * {@link #all() both}. A connection that lost bytes in a black hole is never whole again: no fault gives them back, and its end is
 * swallowed too, so that each side goes on believing in the other.
 */
public final class TcpProxy implements AutoCloseable {
    /** A direction of a connection. */
    public enum Direction {
        TO_UPSTREAM,
        FROM_UPSTREAM
    }

    /** Small, so that a held connection soon pushes back on whoever writes. */
    private static final int SOCKET_BUFFER_BYTES = 32 << 10;

    private static final int CONNECT_MILLIS = 2_000;

    private volatile int upstreamPort;
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool(TcpProxy::daemon);
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Map<Direction, DelayLine.Faults> comingFaults = new EnumMap<>(Direction.class);
    private final Map<Direction, AtomicLong> passed = new EnumMap<>(Direction.class);
    private final Map<Direction, AtomicLong> vanished = new EnumMap<>(Direction.class);
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger toRefuse = new AtomicInteger();

    private TcpProxy(int upstreamPort) throws IOException {
        this.upstreamPort = upstreamPort;
        for (Direction direction : Direction.values()) {
            comingFaults.put(direction, DelayLine.Faults.NONE);
            passed.put(direction, new AtomicLong());
            vanished.put(direction, new AtomicLong());
        }
        server = new ServerSocket();
        server.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        threads.execute(this::acceptAndLink);
    }

    /** Listens on a free port. */
    public static TcpProxy to(int upstreamPort) {
        try {
            return new TcpProxy(upstreamPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "tcp-proxy");
        thread.setDaemon(true);
        return thread;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Passes the connections still to come on to another port, as a virtual address moves to another machine. */
    public void retarget(int newUpstreamPort) {
        upstreamPort = newUpstreamPort;
    }

    // ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────

    /** Connections, to be broken together; methods without a direction concern both. */
    public final class Selection {
        private final List<Link> chosen;
        private final boolean coming;

        private Selection(List<Link> chosen, boolean coming) {
            this.chosen = chosen;
            this.coming = coming;
        }

        public int size() {
            return chosen.size();
        }

        /** Whatever comes takes so long, and up to the jitter longer, but arrives in its order. */
        public void delay(Duration latency, Duration jitter, Direction... directions) {
            change(faults -> faults.delayedBy(latency.toNanos(), jitter.toNanos()), directions);
        }

        /** Bytes are read and thrown away, and so is the connection's end; the connections stay open. */
        public void blackhole(Direction... directions) {
            change(DelayLine.Faults::swallowing, directions);
        }

        /** Bytes wait, in the proxy and then in the sockets before it. */
        public void hold(Direction... directions) {
            change(faults -> faults.holding(true), directions);
        }

        /** Held bytes flow again. */
        public void release(Direction... directions) {
            change(faults -> faults.holding(false), directions);
        }

        /** Ends the connections that exist with a reset on both sides. */
        public void reset() {
            chosen.forEach(Link::reset);
        }

        private void change(UnaryOperator<DelayLine.Faults> change, Direction... directions) {
            for (Direction direction : directions.length == 0 ? Direction.values() : directions) {
                if (coming) {
                    synchronized (comingFaults) {
                        comingFaults.computeIfPresent(direction, (d, faults) -> change.apply(faults));
                    }
                }
                chosen.forEach(link -> link.line(direction).change(change));
            }
        }
    }

    /** The connections that are open now. */
    public Selection existing() {
        return existing(port -> true);
    }

    /** Those of the open connections whose port, as the upstream sees it, is wanted. */
    public Selection existing(Predicate<Integer> portSeenUpstream) {
        return new Selection(
                links.stream()
                        .filter(link -> portSeenUpstream.test(link.portSeenUpstream()))
                        .toList(),
                false);
    }

    /** The connections that are not made yet. */
    public Selection coming() {
        return new Selection(List.of(), true);
    }

    public Selection all() {
        return new Selection(List.copyOf(links), true);
    }

    /** Ends all connections with a reset on both sides. */
    public void resetAll() {
        existing().reset();
    }

    /** Resets the next connections at once; at most so many. */
    public void refuse(int connections) {
        toRefuse.set(connections);
    }

    public void refuseAll() {
        refuse(Integer.MAX_VALUE);
    }

    public void acceptAll() {
        refuse(0);
    }

    // ── counters ───────────────────────────────────────────────────────────────────────────────────────────────

    /** Connections passed on so far. */
    public int accepted() {
        return accepted.get();
    }

    /** Connections refused so far, on demand or because the upstream is away. */
    public int refused() {
        return refused.get();
    }

    public int open() {
        return links.size();
    }

    /** Bytes that arrived on the other side. */
    public long passed(Direction direction) {
        return counter(passed, direction).get();
    }

    /** Bytes that a black hole took. */
    public long vanished(Direction direction) {
        return counter(vanished, direction).get();
    }

    private static AtomicLong counter(Map<Direction, AtomicLong> counters, Direction direction) {
        return Objects.requireNonNull(counters.get(direction));
    }

    // ── connections ────────────────────────────────────────────────────────────────────────────────────────────

    private void acceptAndLink() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                boolean refuse = toRefuse.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
                if (refuse || !link(client)) {
                    refused.incrementAndGet();
                    Link.reset(client);
                }
            } catch (IOException e) {
                // The server socket is closed, or the client left before it was accepted.
            }
        }
    }

    private boolean link(Socket client) {
        Socket upstream = new Socket();
        try {
            upstream.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
            upstream.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), upstreamPort), CONNECT_MILLIS);
        } catch (IOException e) {
            Link.reset(upstream);
            return false;
        }
        accepted.incrementAndGet();
        synchronized (comingFaults) {
            Link link = new Link(client, upstream);
            links.add(link);
            try {
                link.start();
            } catch (RejectedExecutionException e) {
                // It came while the proxy was being closed.
                link.reset();
            }
        }
        return true;
    }

    private DelayLine line(Direction direction) {
        return new DelayLine(
                comingFaults.getOrDefault(direction, DelayLine.Faults.NONE),
                new Random(),
                counter(passed, direction),
                counter(vanished, direction));
    }

    /** One connection and its continuation. */
    private final class Link {
        private final Socket client;
        private final Socket upstream;
        private final DelayLine toUpstream = TcpProxy.this.line(Direction.TO_UPSTREAM);
        private final DelayLine fromUpstream = TcpProxy.this.line(Direction.FROM_UPSTREAM);
        private final AtomicInteger ended = new AtomicInteger();

        private Link(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        private void start() {
            run(toUpstream, client, upstream);
            run(fromUpstream, upstream, client);
        }

        private void run(DelayLine line, Socket from, Socket to) {
            threads.execute(() -> line.readFrom(from));
            threads.execute(() -> {
                if (!line.writeTo(to)) {
                    reset();
                } else if (ended.incrementAndGet() == 2) {
                    close();
                }
            });
        }

        private DelayLine line(Direction direction) {
            return direction == Direction.TO_UPSTREAM ? toUpstream : fromUpstream;
        }

        private int portSeenUpstream() {
            return upstream.getLocalPort();
        }

        private void reset() {
            reset(client);
            reset(upstream);
            close();
        }

        private void close() {
            links.remove(this);
            toUpstream.close();
            fromUpstream.close();
            Sockets.close(client);
            Sockets.close(upstream);
        }

        /** A close that lingers for no time is a reset. */
        private static void reset(Socket socket) {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                // It is closed already.
            }
            Sockets.close(socket);
        }
    }

    @Override
    public void close() {
        Sockets.close(server);
        threads.shutdown();
        List.copyOf(links).forEach(Link::close);
        try {
            if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("connections are still open: " + links.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
