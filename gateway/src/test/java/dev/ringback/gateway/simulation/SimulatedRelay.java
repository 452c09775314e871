package dev.ringback.gateway.simulation;

import dev.ringback.gateway.relay.JobRelay;
import dev.ringback.gateway.simulation.SeededScheduler.SimulatedLoop;
import dev.ringback.protocol.JobId;
import java.util.concurrent.CompletionStage;

/** One shard's pub/sub connection to the simulated server. */
final class SimulatedRelay extends ServerLink implements JobRelay {
    private final SimulatedCommands commands;
    private Listener listener;
    private SimulatedServer.Session session;
    /** Requests for the canary's channel on the present connection that have no answer yet. */
    private int unanswered;

    private long latestCanary;

    SimulatedRelay(SeededScheduler scheduler, SimulatedServer server, SimulatedLoop loop, SimulatedCommands commands) {
        super(scheduler, server, loop);
        this.commands = commands;
    }

    @Override
    public void start(Listener newListener) {
        listener = newListener;
        dial();
    }

    @Override
    void onUp(SimulatedLink opened) {
        SimulatedServer.Session own = new SimulatedServer.Session(opened, listener, this::onCanary);
        session = own;
        server.opened(opened);
        opened.send(() -> server.opened(own));
        unanswered = 0;
        latestCanary = 0;
        askForCanary(opened);
        listener.onConnected();
    }

    /** As in the real one, a canary counts as heard only when what was asked for before was answered too. */
    private void askForCanary(SimulatedLink own) {
        unanswered++;
        own.send(() -> own.answer(() -> {
            unanswered--;
            tellOfCanary();
        }));
    }

    private void onCanary(long number) {
        latestCanary = Math.max(latestCanary, number);
        tellOfCanary();
    }

    private void tellOfCanary() {
        if (unanswered == 0 && latestCanary > 0) {
            listener.onCanary(latestCanary);
        }
    }

    @Override
    void onDown() {
        listener.onDisconnected();
    }

    @Override
    public void subscribe(JobId id) {
        SimulatedServer.Session own = session;
        if (link() != null) {
            link().send(() -> own.subscribe(id));
        }
    }

    @Override
    public void unsubscribe(JobId id) {
        SimulatedServer.Session own = session;
        if (link() != null) {
            link().send(() -> own.unsubscribe(id));
        }
    }

    @Override
    public CompletionStage<Void> sendCanary(long number) {
        if (link() != null) {
            askForCanary(link());
        }
        return commands.call(false, () -> {
            server.publishCanary(listener, number);
            return null;
        });
    }

    @Override
    public void reconnect() {
        drop();
    }

    @Override
    public void close() {
        end();
    }
}
