package dev.ringback.gateway.simulation;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.simulation.SeededScheduler.SimulatedLoop;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreException.Kind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One shard's command connection to the simulated server: bounded, each call with a deadline, none sent twice. */
final class SimulatedCommands extends ServerLink {
    private static final int MAX_IN_FLIGHT = 64;
    private static final long NEVER = Long.MIN_VALUE;

    private final long timeoutNanos;
    private final Set<Call<?>> inFlight = new LinkedHashSet<>();
    /** Since when no call of the present connection was answered, by the first that got no answer. */
    private long silentSince = NEVER;

    private long lastReply = NEVER;

    SimulatedCommands(SeededScheduler scheduler, SimulatedServer server, SimulatedLoop loop, GatewayConfig config) {
        super(scheduler, server, loop);
        this.timeoutNanos = config.store().timeout().toNanos();
    }

    /**
     * Does something at the server. Any loop; completes on the shard's.
     *
     * @param atServer may throw a {@link StoreException}
     */
    <T> CompletableFuture<T> call(boolean writes, Supplier<T> atServer) {
        Call<T> call = new Call<>(writes);
        loop.run(() -> begin(call, atServer));
        return call.answer;
    }

    private <T> void begin(Call<T> call, Supplier<T> atServer) {
        call.began = loop.nanoTime();
        SimulatedLink link = link();
        if (link == null) {
            call.answer.completeExceptionally(new StoreException(Kind.UNAVAILABLE, "not connected"));
            return;
        }
        if (inFlight.size() >= MAX_IN_FLIGHT) {
            call.answer.completeExceptionally(new StoreException(Kind.OVERLOADED, "too many"));
            return;
        }
        inFlight.add(call);
        loop.ticker().set(call, loop.nanoTime(), timeoutNanos);
        link.send(() -> {
            T value = null;
            StoreException failure = null;
            try {
                value = atServer.get();
            } catch (StoreException refused) {
                failure = refused;
            }
            T found = value;
            StoreException refusal = failure;
            link.answer(() -> replied(call, found, refusal));
        });
    }

    private <T> void replied(Call<T> call, T value, StoreException refusal) {
        lastReply = loop.nanoTime();
        silentSince = NEVER;
        inFlight.remove(call);
        loop.ticker().clear(call);
        if (refusal == null) {
            call.answer.complete(value);
        } else {
            call.answer.completeExceptionally(refusal);
        }
    }

    /** As in the real one: where nothing is answered for twice a call's time, another connection may fare better. */
    private void onSilence(long began) {
        if (lastReply < began) {
            silentSince = silentSince == NEVER ? began : silentSince;
        }
        if (silentSince != NEVER && loop.nanoTime() - silentSince >= 2 * timeoutNanos) {
            drop();
        }
    }

    @Override
    void onUp(SimulatedLink opened) {
        silentSince = NEVER;
        server.opened(opened);
    }

    @Override
    void onDown() {
        List<Call<?>> lost = List.copyOf(inFlight);
        inFlight.clear();
        for (Call<?> call : lost) {
            loop.ticker().clear(call);
            call.answer.completeExceptionally(
                    new StoreException(call.writes ? Kind.TIMEOUT : Kind.UNAVAILABLE, "lost"));
        }
    }

    private final class Call<T> extends LoopTicker.Deadline {
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private final boolean writes;
        private long began;

        private Call(boolean writes) {
            this.writes = writes;
        }

        @Override
        protected void onDeadline() {
            onSilence(began);
            answer.completeExceptionally(new StoreException(Kind.TIMEOUT, "no answer in time"));
        }
    }
}
