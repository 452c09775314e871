package dev.ringback.gateway.listen;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.loop.NettyLoop;
import dev.ringback.protocol.Problem;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What each accepted connection gets, in byte order: the request decoder, which leaves when the connection is parked, and our one
 * handler, which stays.
 */
final class ConnectionPipeline extends ChannelInitializer<Channel> {
    private final ConnectionContext context;
    private final Admission admission;
    private final boolean countsAddresses;
    private final List<LoopConnections> connectionsByLoop = new ArrayList<>();
    private final List<EventLoop> eventLoops = new ArrayList<>();

    ConnectionPipeline(ConnectionContext context, Admission admission, List<NettyLoop> loops) {
        this.context = context;
        this.admission = admission;
        this.countsAddresses = context.limits().connectionsPerAddress() > 0;
        for (NettyLoop loop : loops) {
            eventLoops.add(loop.eventLoop());
            connectionsByLoop.add(new LoopConnections(loop));
        }
    }

    List<LoopConnections> connectionsByLoop() {
        return connectionsByLoop;
    }

    @Override
    protected void initChannel(Channel channel) {
        SocketAddress address = countsAddresses ? channel.remoteAddress() : null;
        String limit = admission.enter(address);
        if (limit != null) {
            refuse(channel, limit);
            return;
        }
        context.counters().accepted.increment();
        context.counters().open.increment();
        channel.closeFuture().addListener(closed -> leave(address));

        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new RequestDecoder(context.limits()));
        pipeline.addLast(new ConnectionHandler(context, connectionsOf(channel)));
    }

    private void leave(@Nullable SocketAddress address) {
        context.counters().open.decrement();
        admission.leave(address);
    }

    private LoopConnections connectionsOf(Channel channel) {
        for (int i = 0; i < eventLoops.size(); i++) {
            if (eventLoops.get(i) == channel.eventLoop()) {
                return connectionsByLoop.get(i);
            }
        }
        throw new IllegalStateException("a connection on a foreign loop");
    }

    /** Over a limit: told so at once, without reading what it wants. */
    private void refuse(Channel channel, String limit) {
        context.counters().refused.increment();
        Problem problem = new Problem(503, "too-many-connections", "Too many connections", limit + " is reached");
        Reply reply = Reply.problem(problem).header("Retry-After", "5");
        channel.writeAndFlush(ReplyEncoder.encode(reply, false, true, channel.alloc()))
                .addListener(ChannelFutureListener.CLOSE);
    }
}
