package dev.ringback.gateway.listen;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;

/**
 * FIN first and the socket later: closing with unread bytes would reset the connection, and take the last answer from the client
 * (RFC 9112, section 9.6).
 */
final class GracefulClose {
    private GracefulClose() {}

    /** Sends what is written, then FIN, then tells one of the two; the client's own FIN closes the socket. */
    static void start(Channel channel, Runnable outputClosed, Runnable impossible) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (channel instanceof DuplexChannel duplex && duplex.isActive()) {
                shutdownOutput(duplex, outputClosed, impossible);
            } else {
                impossible.run();
            }
        });
    }

    private static void shutdownOutput(DuplexChannel channel, Runnable outputClosed, Runnable impossible) {
        channel.shutdownOutput().addListener(shut -> {
            if (shut.isSuccess()) {
                outputClosed.run();
            } else {
                impossible.run();
            }
        });
    }
}
