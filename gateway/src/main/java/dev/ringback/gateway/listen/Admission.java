package dev.ringback.gateway.listen;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.overload.Shortage;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts connections in and out, and says which are one too many. Thread-safe. */
final class Admission {
    /** File descriptors that are not for clients: Redis, logs, the jar, the admin port, and those who are turned away. */
    private static final int RESERVED_DESCRIPTORS = 256;
    /** Connections beyond the limit that are read, to be turned away as what they ask needs it. */
    private static final int MAX_AT_DOOR = 64;

    private final int maxConnections;
    private final ClientAddresses addresses;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger atDoor = new AtomicInteger();

    /** Of the port for operators, whom no crowd of clients keeps out. */
    private static final int MAX_OPERATORS = 100;

    private Admission(int maxConnections, ClientAddresses addresses) {
        this.maxConnections = maxConnections;
        this.addresses = addresses;
    }

    static Admission ofClients(GatewayConfig config, long maxFileDescriptors) {
        int limit = config.limits().connections();
        long fromDescriptors = Math.max(RESERVED_DESCRIPTORS, maxFileDescriptors - RESERVED_DESCRIPTORS);
        return new Admission(
                limit > 0 ? limit : (int) Math.min(Integer.MAX_VALUE, fromDescriptors),
                new ClientAddresses(config.limits().connectionsPerAddress(), config.listen()));
    }

    static Admission ofOperators(GatewayConfig config) {
        return new Admission(MAX_OPERATORS, new ClientAddresses(0, config.listen()));
    }

    ClientAddresses addresses() {
        return addresses;
    }

    /**
     * Lets a connection in.
     *
     * @param client whose it is, where that counts
     * @return null where it may stay, else what there is not enough of
     */
    @Nullable Shortage enter(@Nullable InetAddress client) {
        if (connections.incrementAndGet() > maxConnections) {
            connections.decrementAndGet();
            return Shortage.CONNECTIONS;
        }
        if (client != null && !addresses.enter(client)) {
            connections.decrementAndGet();
            return Shortage.CLIENT_CONNECTIONS;
        }
        return null;
    }

    /** A connection that was let in has ended. */
    void leave(@Nullable InetAddress client) {
        connections.decrementAndGet();
        if (client != null) {
            addresses.leave(client);
        }
    }

    /** Lets a connection that may not stay say what it wants; false where too many do. */
    boolean enterDoor() {
        if (atDoor.incrementAndGet() > MAX_AT_DOOR) {
            atDoor.decrementAndGet();
            return false;
        }
        return true;
    }

    void leaveDoor() {
        atDoor.decrementAndGet();
    }
}
