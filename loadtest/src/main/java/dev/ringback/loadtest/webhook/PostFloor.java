package dev.ringback.loadtest.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.loadtest.client.ClientLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The least that a sender of webhooks does: the same bytes again and again over connections that are kept, each request as soon as
 * the one before is answered. No store, no signature, no schedule, no reading of answers; one loop.
 */
final class PostFloor implements AutoCloseable {
    private final EventLoopGroup loops = ClientLoops.start(1);

    /**
     * Begins at once.
     *
     * @param ports of the sink's endpoints
     * @param connections in all, spread over the endpoints
     * @param request one whole request
     * @param answerBytes how long the answer to it is
     */
    PostFloor(List<Integer> ports, int connections, byte[] request, int answerBytes) {
        ByteBuf bytes = Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(request.length).writeBytes(request));
        Bootstrap bootstrap = ClientLoops.bootstrap(loops).handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel socket) {
                socket.pipeline().addLast(new Sender(bytes, answerBytes));
            }
        });
        for (int i = 0; i < connections; i++) {
            bootstrap.connect("127.0.0.1", ports.get(i % ports.size())).awaitUninterruptibly();
        }
    }

    /** As many bytes as a gateway's, by its headers. */
    static byte[] request(int bodyBytes) {
        String head = "POST " + SinkConnection.PATH
                + "0 HTTP/1.1\r\nhost: 127.0.0.1:65535\r\ncontent-type: application/json\r\n"
                + "content-length: " + bodyBytes + "\r\nuser-agent: Ringback/1\r\naccept: */*\r\n"
                + "webhook-id: " + "i".repeat(32) + "\r\nwebhook-timestamp: 1700000000\r\n"
                + "webhook-signature: v1," + "s".repeat(44) + "\r\n\r\n";
        return (head + "x".repeat(bodyBytes)).getBytes(ISO_8859_1);
    }

    /** One request under way. */
    private static final class Sender extends ChannelInboundHandlerAdapter {
        private final ByteBuf request;
        private final int answerBytes;
        private int left;

        Sender(ByteBuf request, int answerBytes) {
            this.request = request;
            this.answerBytes = answerBytes;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            send(ctx);
        }

        private void send(ChannelHandlerContext ctx) {
            left = answerBytes;
            var unused = ctx.writeAndFlush(request.duplicate(), ctx.voidPromise());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf answer = (ByteBuf) message;
            left -= answer.readableBytes();
            answer.release();
            if (left <= 0) {
                send(ctx);
            }
        }

        /** The sink has gone. */
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var unused = ctx.close();
        }
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
