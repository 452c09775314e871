package dev.ringback.gateway.listen;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/** What a connection can be asked whatever it is doing: to write, and how far that has come. Confined to the connection's loop. */
abstract class ConnectionOutput extends LoopTicker.Deadline implements QuietInboundHandler, ClientConnection {
    final LoopConnections connections;

    @Nullable ChannelHandlerContext ctx;

    private boolean flushDue;

    ConnectionOutput(LoopConnections connections) {
        this.connections = connections;
    }

    final ChannelHandlerContext context() {
        if (ctx == null) {
            throw new IllegalStateException("not active yet");
        }
        return ctx;
    }

    @Override
    public final void write(ByteBuf bytes) {
        if (ctx == null || !ctx.channel().isActive()) {
            bytes.release();
            return;
        }
        // A failed write of a void promise arrives at exceptionCaught, without an object per write.
        var unused = ctx.write(bytes, ctx.voidPromise());
        if (!flushDue) {
            flushDue = true;
            connections.flushLater(this);
        }
    }

    final void flushNow() {
        flushDue = false;
        context().flush();
    }

    @Override
    public final void closeNow() {
        var unused = context().close();
    }

    @Override
    public final Loop loop() {
        return connections.loop();
    }

    @Override
    public final ByteBufAllocator allocator() {
        return context().alloc();
    }

    @Override
    public final boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public final long queuedBytes() {
        ChannelOutboundBuffer buffer = context().channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    @Override
    public final int backlogMark() {
        ChannelOutboundBuffer buffer = context().channel().unsafe().outboundBuffer();
        Object first = buffer == null ? null : buffer.current();
        if (buffer == null || first == null) {
            return 0;
        }
        return (System.identityHashCode(first) * 31 + (int) buffer.currentProgress()) | 1;
    }

    @Override
    public final void setDeadline(long delayNanos) {
        if (context().channel().isActive()) {
            loop().ticker().set(this, loop().nanoTime(), delayNanos);
        }
    }

    final void clearDeadline() {
        loop().ticker().clear(this);
    }
}
