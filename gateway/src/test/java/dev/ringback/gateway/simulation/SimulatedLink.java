package dev.ringback.gateway.simulation;

import dev.ringback.gateway.simulation.SeededScheduler.Lane;
import dev.ringback.gateway.simulation.SeededScheduler.SimulatedLoop;
import java.util.concurrent.TimeUnit;

/** One connection between a shard and the server: what it carries keeps its order each way, and takes any time. */
final class SimulatedLink {
    /** One in so many messages is late, and all behind it, for at most this long: time enough for others to overtake. */
    private static final int HICCUP_EVERY = 8;

    private static final long HICCUP_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    private final SeededScheduler scheduler;
    private final SimulatedLoop loop;
    private final Runnable onLost;
    private final Lane toServer;
    private final Lane toGateway;
    private Runnable onServerEnd = () -> {};
    /** The gateway's end, and the server's. */
    private boolean open = true;

    private boolean broken;
    private boolean deaf;
    private boolean mute;

    /**
     * @param onLost called on the loop, unless the gateway closes the connection itself
     */
    SimulatedLink(SeededScheduler scheduler, SimulatedLoop loop, Runnable onLost) {
        this.scheduler = scheduler;
        this.loop = loop;
        this.onLost = onLost;
        this.toServer = scheduler.lane();
        this.toGateway = scheduler.lane();
    }

    /** What the server does when its end is closed. */
    void onServerEnd(Runnable end) {
        onServerEnd = end;
    }

    Lane toServer() {
        return toServer;
    }

    Lane toGateway() {
        return toGateway;
    }

    /** From the gateway. */
    void send(Runnable atServer) {
        if (open && !mute) {
            toServer.add(atServer);
            hiccup(toServer);
        }
    }

    private void hiccup(Lane lane) {
        if (scheduler.random().nextInt(HICCUP_EVERY) == 0) {
            scheduler.stall(lane, (long) (HICCUP_NANOS * scheduler.random().nextDouble()));
        }
    }

    /** From the server. */
    void answer(Runnable atGateway) {
        if (!deaf) {
            toGateway.add(() -> loop.execute(() -> {
                if (open) {
                    atGateway.run();
                }
            }));
            hiccup(toGateway);
        }
    }

    /** From the server, overtaking and being overtaken. */
    void answerLater(long nanos, Runnable atGateway) {
        scheduler.after(nanos, () -> answer(atGateway));
    }

    /** Nothing that the server says arrives any more. */
    void goDeaf() {
        deaf = true;
        toGateway.end();
    }

    /** Nothing that the gateway says arrives any more. */
    void goMute() {
        mute = true;
        toServer.end();
    }

    /** The gateway gives it up: what it sent before still arrives. */
    void close() {
        open = false;
        toServer.add(onServerEnd);
    }

    /** It breaks: what was under way may still arrive at the server, but nothing comes back. */
    void breakOff() {
        if (broken || !open) {
            return;
        }
        broken = true;
        if (scheduler.random().nextBoolean()) {
            toServer.clear();
        }
        toServer.add(onServerEnd);
        if (mute) {
            onServerEnd.run();
        }
        toGateway.end();
        loop.execute(() -> {
            if (open) {
                open = false;
                onLost.run();
            }
        });
    }

    /** The server is gone, with all that was on its way to it. */
    void endAtServer() {
        toServer.end();
        breakOff();
    }
}
