package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.Gateway;
import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.ParkedWebSocket;
import dev.ringback.gateway.http.RequestHandler;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.testkit.TestGateway;
import dev.ringback.protocol.WebSocketEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.BindException;
import java.util.Objects;

/**
 * A gateway with one more port, whose WebSockets answer each message with itself: what a conformance suite needs of a server.
 *
 * <p>That port is a {@link Listener} of production, and its requests go to the gateway's own router, so the handshake, the parked
 * connection, the frame decoder that comes and goes, pings, pongs, closes and violations are {@code WebSocketStream}'s and those
 * below it. It differs in three things: a text is written back instead of being read as a command, and so not counted as one; a
 * binary message is taken as a text is, instead of being refused with 1003; both may be as long as {@code websocket.frame-bytes}
 * goes, and pings of the gateway's own are rare.
 */
final class EchoGateway implements AutoCloseable {
    private static final byte BINARY_HEADER = (byte) 0x82;

    private static final long MAX_DESCRIPTORS = 1024;

    private final TestGateway gateway;
    private final Listener listener;

    EchoGateway() throws BindException {
        gateway = TestGateway.start("websocket.frame-bytes=16MiB", "stream.heartbeat=10m");
        Listener real = read(gateway.gateway(), Gateway.class, "listener", Listener.class);
        ConnectionPipeline pipeline = read(real, Listener.class, "pipeline", ConnectionPipeline.class);
        ConnectionContext context = read(pipeline, ConnectionPipeline.class, "context", ConnectionContext.class);
        listener = new Listener(
                read(real, Listener.class, "runtime", Listener.Runtime.class),
                context.config(),
                echoing(context.handler()),
                Listener.Port.ofClients(
                        GatewayConfig.of("listen.port=0"), new ListenCounters(), Overload.none(), MAX_DESCRIPTORS));
    }

    String url() {
        return "ws://127.0.0.1:" + listener.address().getPort() + "/ws";
    }

    private static <T> T read(Object owner, Class<?> declaring, String name, Class<T> type) {
        try {
            Field field = declaring.getDeclaredField(name);
            field.setAccessible(true);
            return type.cast(Objects.requireNonNull(field.get(owner)));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static RequestHandler echoing(RequestHandler router) {
        return (head, body, connection) -> router.handle(head, body, echoing((ConnectionHandler) connection));
    }

    /** The connection, but what is parked on it as a WebSocket has its texts echoed. */
    private static ClientConnection echoing(ConnectionHandler connection) {
        return proxy(ClientConnection.class, connection, (method, arguments) -> {
            if (!method.getName().equals("parkWebSocket")) {
                return method.invoke(connection, arguments);
            }
            ChannelHandlerContext ctx = connection.context();
            BinaryAsText kind = new BinaryAsText();
            ctx.pipeline().addBefore(ctx.name(), "binary", kind);
            connection.parkWebSocket(echoing((ParkedWebSocket) arguments[0], connection, kind));
            return null;
        });
    }

    private static ParkedWebSocket echoing(ParkedWebSocket stream, ClientConnection connection, BinaryAsText kind) {
        return proxy(ParkedWebSocket.class, stream, (method, arguments) -> {
            if (!method.getName().equals("onText")) {
                return method.invoke(stream, arguments);
            }
            connection.write(frame((ByteBuf) arguments[0], kind.binary, connection));
            return null;
        });
    }

    private static ByteBuf frame(ByteBuf content, boolean binary, ClientConnection connection)
            throws ReflectiveOperationException {
        Method text = WebSocketEncoder.class.getDeclaredMethod("text", byte[].class, ByteBuf.class);
        text.setAccessible(true);
        ByteBuf out = connection.allocator().directBuffer(content.readableBytes() + WebSocketEncoder.MAX_HEADER);
        text.invoke(null, ByteBufUtil.getBytes(content), out);
        return binary ? out.setByte(out.readerIndex(), BINARY_HEADER) : out;
    }

    /** Lets binary messages through where texts go, and remembers of which kind the latest message was. */
    private static final class BinaryAsText extends ChannelInboundHandlerAdapter {
        /** Confined to the connection's loop. */
        private boolean binary;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            binary = message instanceof BinaryWebSocketFrame;
            ctx.fireChannelRead(
                    message instanceof BinaryWebSocketFrame frame ? new TextWebSocketFrame(frame.content()) : message);
        }
    }

    private interface Call {
        Object to(Method method, Object[] arguments) throws ReflectiveOperationException;
    }

    private static <T> T proxy(Class<T> type, T target, Call call) {
        assertThat(target).isNotNull();
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return call.to(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Override
    public void close() {
        listener.stopAccepting().join();
        gateway.close();
    }
}
