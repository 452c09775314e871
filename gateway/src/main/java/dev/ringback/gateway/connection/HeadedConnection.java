package dev.ringback.gateway.connection;

import dev.ringback.gateway.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection for the time of one request whose answer carries some headers whatever it is. */
public final class HeadedConnection implements ClientConnection {
    private final ClientConnection connection;
    private final List<String> headers;

    /** @param headers names and values in turn, printable ASCII */
    public HeadedConnection(ClientConnection connection, List<String> headers) {
        this.connection = connection;
        this.headers = headers;
    }

    @Override
    public List<String> answerHeaders() {
        return headers;
    }

    @Override
    public void reply(Reply reply) {
        connection.reply(headed(reply));
    }

    @Override
    public void stream(Reply head, Parked body) {
        connection.stream(headed(head), body);
    }

    private Reply headed(Reply reply) {
        for (int i = 0; i < headers.size(); i += 2) {
            reply.header(headers.get(i), headers.get(i + 1));
        }
        return reply;
    }

    @Override
    public void receiveBody(boolean wanted) {
        connection.receiveBody(wanted);
    }

    @Override
    public Loop loop() {
        return connection.loop();
    }

    @Override
    public ByteBufAllocator allocator() {
        return connection.allocator();
    }

    @Override
    public void park(Parked wait) {
        connection.park(wait);
    }

    @Override
    public void parkWebSocket(ParkedWebSocket wait) {
        connection.parkWebSocket(wait);
    }

    @Override
    public void hold(ByteBuf bytes) {
        connection.hold(bytes);
    }

    @Override
    public @Nullable ByteBuf takeHeld() {
        return connection.takeHeld();
    }

    @Override
    public void write(ByteBuf bytes) {
        connection.write(bytes);
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable();
    }

    @Override
    public long queuedBytes() {
        return connection.queuedBytes();
    }

    @Override
    public int backlogMark() {
        return connection.backlogMark();
    }

    @Override
    public void setDeadline(long delayNanos) {
        connection.setDeadline(delayNanos);
    }

    @Override
    public void closeNow() {
        connection.closeNow();
    }

    @Override
    public void closeAfterWrites() {
        connection.closeAfterWrites();
    }
}
