package dev.ringback.gateway.simulation;

import dev.ringback.gateway.simulation.SeededScheduler.SimulatedLoop;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Lets a world's faults happen, and heals them. */
final class Faults {
    static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(900);
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    private final World world;
    private int unhealed;

    Faults(World world) {
        this.world = world;
    }

    boolean areHealed() {
        return unhealed == 0;
    }

    /** Lets a fault happen after a while; of some it depends on the moment whether there is anything to break. */
    void schedule(FaultKind kind, long afterNanos) {
        unhealed++;
        world.after(afterNanos, () -> {
            long nanos = world.between(SHORTEST_NANOS, LONGEST_NANOS);
            if (fire(kind, nanos)) {
                world.figures.count("fault: " + kind);
            }
            world.after(nanos, () -> unhealed--);
        });
    }

    private boolean fire(FaultKind kind, long nanos) {
        return switch (kind) {
            case PUB_SUB_BREAKS, PUB_SUB_DEAF, PUB_SUB_MUTE -> onLink(kind, 0, pubSub());
            case COMMANDS_BREAK, COMMANDS_DEAF, COMMANDS_MUTE -> onLink(kind, 0, commands());
            case COMMANDS_SLOW -> onLink(kind, nanos, commands());
            case GATEWAY_KILLED -> killGateway(nanos);
            case LOOP_STALLS -> stallLoop(nanos);
            case CLIENT_SLOW, CLIENT_BREAKS -> onClient(kind, nanos);
            default -> onServer(kind, nanos);
        };
    }

    private ServerLink pubSub() {
        return oneOf(world.someGateway().relays);
    }

    private ServerLink commands() {
        return oneOf(world.someGateway().commands);
    }

    private <T> T oneOf(List<T> all) {
        return all.isEmpty() ? null : all.get(world.random().nextInt(all.size()));
    }

    /** A dead connection is no fault that lasts: another could be had at once, by whoever notices. */
    private boolean onLink(FaultKind kind, long nanos, ServerLink end) {
        SimulatedLink link = end.link();
        if (link == null) {
            return false;
        }
        world.chronicle.fault(kind, "", nanos);
        switch (kind) {
            case PUB_SUB_DEAF, COMMANDS_DEAF -> link.goDeaf();
            case PUB_SUB_MUTE, COMMANDS_MUTE -> link.goMute();
            case COMMANDS_SLOW ->
                world.scheduler.stall(world.random().nextBoolean() ? link.toServer() : link.toGateway(), nanos);
            default -> link.breakOff();
        }
        return true;
    }

    private boolean killGateway(long nanos) {
        SimulatedGateway victim = world.someGateway();
        if (!victim.isUp()) {
            return false;
        }
        world.chronicle.fault(FaultKind.GATEWAY_KILLED, "", nanos);
        victim.kill();
        world.after(nanos, () -> world.replace(victim));
        return true;
    }

    private boolean stallLoop(long nanos) {
        SimulatedGateway gateway = world.someGateway();
        SimulatedLoop loop = oneOf(gateway.loops);
        world.chronicle.fault(FaultKind.LOOP_STALLS, "", nanos);
        world.scheduler.stall(loop.lane(), nanos);
        return gateway.isUp();
    }

    /** The clients of one gateway all stop reading for a while; or the connection of one of them breaks. */
    private boolean onClient(FaultKind kind, long nanos) {
        List<SimulatedConnection> connections = world.someGateway().connections();
        if (connections.isEmpty()) {
            return false;
        }
        boolean slow = kind == FaultKind.CLIENT_SLOW;
        world.chronicle.fault(kind, "", slow ? nanos : 0);
        if (slow) {
            connections.forEach(connection -> connection.stall(nanos));
        } else {
            oneOf(connections).breakOff();
        }
        return true;
    }

    private boolean onServer(FaultKind kind, long nanos) {
        SimulatedServer server = world.server;
        switch (kind) {
            case RELAY_LOSES -> server.relayFaults.lose(nanos);
            case RELAY_DELAYS -> server.relayFaults.delay(nanos);
            case RELAY_REPEATS -> server.relayFaults.repeat(nanos);
            case READS_FAIL -> world.readFaults.fail(nanos);
            case REDIALS_REFUSED -> server.refuseConnections(nanos);
            default -> {
                return restartServer(kind, nanos);
            }
        }
        world.chronicle.fault(kind, "", nanos);
        return true;
    }

    private boolean restartServer(FaultKind kind, long nanos) {
        SimulatedServer server = world.server;
        if (!server.isUp()) {
            return false;
        }
        int changes = server.changes();
        int kept = switch (kind) {
            case SERVER_ROLLS_BACK -> changes == 0 ? 0 : world.random().nextInt(changes);
            case SERVER_FLUSHED -> 0;
            default -> changes;
        };
        world.chronicle.fault(kind, "keeps " + kept + " of " + changes, nanos);
        server.kill();
        world.after(nanos, () -> {
            server.restart(kept);
            if (kept < changes) {
                world.dataWasLost();
            }
        });
        return true;
    }
}
