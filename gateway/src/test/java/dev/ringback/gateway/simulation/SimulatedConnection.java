package dev.ringback.gateway.simulation;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Parked;
import dev.ringback.gateway.connection.ParkedWebSocket;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.simulation.SeededScheduler.Lane;
import dev.ringback.gateway.simulation.SeededScheduler.SimulatedLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;

/** One client's connection to a simulated gateway. What the client reads slowly is queued, up to a small high water mark. */
final class SimulatedConnection implements ClientConnection {
    private static final int HIGH_WATER_MARK = 600;

    /** The client, in steps of its own. */
    interface ClientEnd {
        void onReply(Reply reply);

        void onBytes(byte[] bytes);

        void onClosed();
    }

    private final SeededScheduler scheduler;
    private final SimulatedLoop loop;
    private final ByteBufAllocator allocator;
    private final ClientEnd client;
    private final Lane toGateway;
    private final Lane toClient;
    private final TimeOut timeOut = new TimeOut();
    private Parked parked;
    private int queued;
    private int taken;
    /** The gateway's end is closed, or about to be. */
    private boolean closed;
    /** The client knows that it is over, or does not want to know. */
    private boolean over;

    SimulatedConnection(SeededScheduler scheduler, SimulatedLoop loop, ByteBufAllocator allocator, ClientEnd client) {
        this.scheduler = scheduler;
        this.loop = loop;
        this.allocator = allocator;
        this.client = client;
        this.toGateway = scheduler.lane();
        this.toClient = scheduler.lane();
    }

    boolean isOver() {
        return over;
    }

    // ── the client's side ──────────────────────────────────────────────────────────────────────────────────────

    /** The client sends something, to be handled on the connection's loop. */
    void request(Runnable handling) {
        toGateway.add(() -> loop.execute(() -> {
            if (!closed) {
                handling.run();
            }
        }));
    }

    /** The client goes away, and hears nothing more. */
    void leave() {
        over = true;
        toClient.end();
        toGateway.add(() -> loop.execute(this::ended));
    }

    /** The connection breaks: both sides hear of it. */
    void breakOff() {
        toGateway.add(() -> loop.execute(this::ended));
        vanish();
    }

    /** The gateway is gone: only the client hears of it. */
    void vanish() {
        toClient.clear();
        tellClosed();
    }

    /** The client does not read for a while. */
    void stall(long nanos) {
        scheduler.stall(toClient, nanos);
    }

    private void tellClosed() {
        toClient.add(() -> {
            if (!over) {
                over = true;
                client.onClosed();
            }
        });
    }

    private void ended() {
        if (!closed) {
            closed = true;
            unpark();
        }
    }

    private void unpark() {
        loop.ticker().clear(timeOut);
        Parked wait = parked;
        parked = null;
        if (wait != null) {
            wait.onClosed();
        }
    }

    // ── the gateway's side ─────────────────────────────────────────────────────────────────────────────────────

    @Override
    public SimulatedLoop loop() {
        return loop;
    }

    @Override
    public ByteBufAllocator allocator() {
        return allocator;
    }

    @Override
    public void reply(Reply reply) {
        assert loop.inLoop();
        loop.ticker().clear(timeOut);
        parked = null;
        if (closed) {
            return;
        }
        toClient.add(() -> {
            if (!over) {
                client.onReply(reply);
            }
        });
        if (reply.isClosing()) {
            closed = true;
            tellClosed();
        }
    }

    @Override
    public void receiveBody(boolean wanted) {
        throw new UnsupportedOperationException("no simulated worker uploads");
    }

    @Override
    public void stream(Reply head, Parked body) {
        throw new UnsupportedOperationException("no simulated result is long");
    }

    @Override
    public void park(Parked wait) {
        assert loop.inLoop();
        parked = wait;
    }

    @Override
    public void parkWebSocket(ParkedWebSocket wait) {
        throw new UnsupportedOperationException("no simulated client speaks WebSocket");
    }

    @Override
    public void hold(ByteBuf bytes) {
        throw new UnsupportedOperationException("no simulated client sends ahead");
    }

    @Override
    public ByteBuf takeHeld() {
        return null;
    }

    @Override
    public void write(ByteBuf bytes) {
        assert loop.inLoop();
        byte[] written = ByteBufUtil.getBytes(bytes);
        bytes.release();
        if (closed) {
            return;
        }
        queued += written.length;
        toClient.add(() -> {
            if (!over) {
                client.onBytes(written);
            }
            loop.execute(() -> sent(written.length));
        });
    }

    private void sent(int bytes) {
        boolean wasFull = !isWritable();
        queued -= bytes;
        taken += bytes;
        if (wasFull && isWritable() && parked != null) {
            parked.onWritable();
        }
    }

    @Override
    public boolean isWritable() {
        return queued < HIGH_WATER_MARK;
    }

    @Override
    public long queuedBytes() {
        return queued;
    }

    @Override
    public int backlogMark() {
        return queued == 0 ? 0 : taken * 2 + 1;
    }

    @Override
    public void setDeadline(long delayNanos) {
        loop.ticker().set(timeOut, loop.nanoTime(), delayNanos);
    }

    @Override
    public void closeNow() {
        ended();
        vanish();
    }

    @Override
    public void closeAfterWrites() {
        if (!closed) {
            closed = true;
            parked = null;
            loop.ticker().clear(timeOut);
            tellClosed();
        }
    }

    private final class TimeOut extends LoopTicker.Deadline {
        @Override
        protected void onDeadline() {
            if (parked != null) {
                parked.onDeadline();
            }
        }
    }
}
