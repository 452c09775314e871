package dev.ringback.gateway.connection;

import dev.ringback.gateway.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client, whatever carries its bytes. It speaks HTTP until it is parked; a parked one waits, and either replies, which makes
 * it speak HTTP again, or writes a stream until it is closed. Confined to its loop, except {@link #loop}.
 */
public interface ClientConnection {
    Loop loop();

    ByteBufAllocator allocator();

    /**
     * Headers that the answer to the present request carries whatever it is, names and values in turn: {@link #reply} adds them, and a
     * stream's head has to.
     */
    default List<String> answerHeaders() {
        return List.of();
    }

    /** Answers the present request, parked or not; the connection then takes the next request, or closes. */
    void reply(Reply reply);

    /** Reads on in a body that is taken in parts, or lets the client wait. */
    void receiveBody(boolean wanted);

    /**
     * Answers the present request, parked or not, with a head whose body the wait then writes: so many bytes as the head states, and the
     * connection ends with them.
     */
    void stream(Reply head, Parked body);

    /** Lets everything go that a waiting connection does not need. What arrives and happens from now on is the wait's. */
    void park(Parked wait);

    /** As {@link #park}, with the client's bytes read as WebSocket frames. */
    void parkWebSocket(ParkedWebSocket wait);

    /** Keeps bytes that belong to the next request until the present one is answered; too many close the connection. */
    void hold(ByteBuf bytes);

    /** What is held; the caller owns it from now on. Null where there is nothing. */
    @Nullable ByteBuf takeHeld();

    /** Writes bytes of a stream and takes over the reference; they leave at the end of the loop's burst. */
    void write(ByteBuf bytes);

    /** False while so much waits to be sent that more should not be written. */
    boolean isWritable();

    /** Bytes that wait to be sent. */
    long queuedBytes();

    /** A number that changes when the client takes some of the bytes that wait; 0 while none do. */
    int backlogMark();

    /** Calls the wait's {@code onDeadline} after so many nanoseconds, in place of the time set before. */
    void setDeadline(long delayNanos);

    /** Closes now, whatever was still to be sent: the client is to notice that something is missing. */
    void closeNow();

    /** Closes once everything written is out; the wait hears nothing more. */
    void closeAfterWrites();
}
