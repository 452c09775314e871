package dev.ringback.gateway.listen;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.util.ReferenceCountUtil;

/** The last inbound handler of a pipeline, with no interest in what it does not override: an adapter for those that extend something else. */
interface QuietInboundHandler extends ChannelInboundHandler {
    @Override
    default void channelRegistered(ChannelHandlerContext ctx) {}

    @Override
    default void channelUnregistered(ChannelHandlerContext ctx) {}

    @Override
    default void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ReferenceCountUtil.release(event);
    }

    @Override
    default void handlerAdded(ChannelHandlerContext ctx) {}

    @Override
    default void handlerRemoved(ChannelHandlerContext ctx) {}
}
