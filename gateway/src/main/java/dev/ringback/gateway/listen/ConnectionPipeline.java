package dev.ringback.gateway.listen;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.loop.NettyLoop;
import dev.ringback.gateway.overload.Shortage;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What each accepted connection gets, in byte order: the request decoder, which leaves when the connection is parked, and our one
 * handler, which stays.
 */
final class ConnectionPipeline extends ChannelInitializer<Channel> {
    private final ConnectionContext context;
    private final Admission admission;
    private final boolean countsAddresses;
    private final Map<Shortage, ConnectionContext> turningAway = new EnumMap<>(Shortage.class);
    private final List<LoopConnections> connectionsByLoop = new ArrayList<>();
    private final List<EventLoop> eventLoops = new ArrayList<>();

    ConnectionPipeline(ConnectionContext context, Admission admission, List<NettyLoop> loops) {
        this.context = context;
        this.admission = admission;
        this.countsAddresses = admission.addresses().isCounting();
        for (Shortage shortage : Shortage.values()) {
            turningAway.put(shortage, context.turningAway(shortage));
        }
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
        InetAddress client = countsAddresses ? admission.addresses().direct(channel.remoteAddress()) : null;
        Shortage shortage = admission.enter(client);
        if (shortage != null) {
            turnAway(channel, shortage);
            return;
        }
        context.counters().accepted.increment();
        context.counters().open.increment();
        channel.closeFuture().addListener(closed -> leave(client));
        serve(channel, context);
    }

    private void serve(Channel channel, ConnectionContext port) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new RequestDecoder(port.limits()));
        pipeline.addLast(new ConnectionHandler(port, connectionsOf(channel)));
    }

    private void leave(@Nullable InetAddress client) {
        admission.leave(client);
        context.counters().open.decrement();
    }

    private LoopConnections connectionsOf(Channel channel) {
        for (int i = 0; i < eventLoops.size(); i++) {
            if (eventLoops.get(i) == channel.eventLoop()) {
                return connectionsByLoop.get(i);
            }
        }
        throw new IllegalStateException("a connection on a foreign loop");
    }

    /** Over a limit: heard, because the right answer depends on what it wants, but by a few at a time only. */
    private void turnAway(Channel channel, Shortage shortage) {
        context.counters().refused.increment();
        if (admission.enterDoor()) {
            channel.closeFuture().addListener(closed -> admission.leaveDoor());
            serve(channel, Objects.requireNonNull(turningAway.get(shortage)));
            return;
        }
        context.overload().turnedAway(shortage).increment();
        Reply reply = Reply.problem(shortage.problem())
                .header("Retry-After", Long.toString(context.overload().retrySeconds()));
        channel.writeAndFlush(ReplyEncoder.encode(reply, false, true, channel.alloc()))
                .addListener(ChannelFutureListener.CLOSE);
    }
}
