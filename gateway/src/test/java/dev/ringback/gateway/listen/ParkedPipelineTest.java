package dev.ringback.gateway.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.Gateway;
import dev.ringback.gateway.listen.TransportTest.Frame;
import dev.ringback.gateway.listen.TransportTest.Wire;
import dev.ringback.gateway.testkit.TestGateway;
import io.netty.channel.ChannelHandlerContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A waiting connection holds one handler (I8), and a WebSocket's frame decoder comes and goes without losing a byte. */
class ParkedPipelineTest {
    private static final String JOB = "/jobs/parked";
    private static final int TEXT = 0x01;
    private static final int CONTINUATION = 0x00;
    private static final int PING = 0x89;
    private static final int FIN = 0x80;
    private static final String OURS = "ConnectionHandler";

    private static TestGateway start(NativeTransport transport) throws IOException {
        TestGateway gateway =
                TestGateway.start("listen.transport=" + transport.name().toLowerCase(java.util.Locale.ROOT));
        Wire.post(gateway, JOB + "/events", "{\"progress\":1}");
        await().until(() -> pipelines(gateway).isEmpty());
        return gateway;
    }

    /** The handlers of each client's connection by the names of their classes, in byte order. */
    private static List<List<String>> pipelines(TestGateway gateway) {
        List<List<String>> pipelines = new ArrayList<>();
        for (LoopConnections connections : listener(gateway).connectionsByLoop()) {
            CompletableFuture<List<List<String>>> ofLoop = new CompletableFuture<>();
            connections
                    .loop()
                    .run(() -> ofLoop.complete(connections.all().stream()
                            .map(ParkedPipelineTest::handlers)
                            .toList()));
            pipelines.addAll(ofLoop.join());
        }
        return pipelines;
    }

    private static List<String> handlers(ConnectionHandler connection) {
        ChannelHandlerContext context = (ChannelHandlerContext) read(connection, ConnectionOutput.class, "ctx");
        return context.pipeline().toMap().values().stream()
                .map(handler -> handler.getClass().getSimpleName())
                .toList();
    }

    private static Listener listener(TestGateway gateway) {
        return (Listener) read(gateway.gateway(), Gateway.class, "listener");
    }

    private static Object read(Object owner, Class<?> type, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return Objects.requireNonNull(field.get(owner));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitOneHandler(TestGateway gateway) {
        await().untilAsserted(() -> assertThat(pipelines(gateway)).containsExactly(List.of(OURS)));
    }

    @ParameterizedTest
    @EnumSource
    void heldRequestHasOneHandlerAndADecoderAgainAfterItsAnswer(NativeTransport transport) throws IOException {
        try (TestGateway gateway = start(transport);
                Wire wire = new Wire(gateway)) {
            for (int i = 0; i < 3; i++) {
                wire.get(JOB + "?wait=20");
                Wire.awaitWaiting(gateway, "long_poll", 1);
                awaitOneHandler(gateway);
                Wire.post(gateway, JOB + "/events", "{\"progress\":2}");
                assertThat(wire.answer().status()).isEqualTo(200);
                await().untilAsserted(
                                () -> assertThat(pipelines(gateway)).containsExactly(List.of("RequestDecoder", OURS)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void streamHasOneHandler(NativeTransport transport) throws IOException {
        try (TestGateway gateway = start(transport)) {
            for (String target : List.of(JOB + "/events", "/events?jobs=parked,other")) {
                try (Wire wire = new Wire(gateway).get(target)) {
                    assertThat(wire.head().status()).isEqualTo(200);
                    assertThat(wire.event().name()).isEqualTo("retry");
                    assertThat(wire.event().name()).isEqualTo("progress");
                    awaitOneHandler(gateway);
                    Wire.post(gateway, JOB + "/events", "{\"progress\":2}");
                    assertThat(wire.event().name()).isIn("progress", "gone");
                    awaitOneHandler(gateway);
                }
                await().until(() -> pipelines(gateway).isEmpty());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void webSocketHasOneHandlerBeforeAndBetweenMessages(NativeTransport transport) throws IOException {
        try (TestGateway gateway = start(transport);
                Wire wire = new Wire(gateway).upgrade("/ws")) {
            awaitOneHandler(gateway);
            for (int i = 0; i < 3; i++) {
                assertThat(wire.text("{\"ping\":" + i + "}").frame().text()).isEqualTo("{\"pong\":" + i + "}");
                awaitOneHandler(gateway);
            }
            wire.send(Wire.maskedFrame(PING, "control".getBytes(UTF_8)));
            assertThat(wire.frame().opcode()).isEqualTo(0xA);
            awaitOneHandler(gateway);
            assertThat(wire.text("{\"subscribe\":\"parked\"}").frame().text()).contains("parked");
            assertThat(wire.frame().text()).contains("\"event\":\"progress\"");
            Wire.post(gateway, JOB + "/events", "{\"progress\":2}");
            assertThat(wire.frame().text()).contains("\"event\":\"progress\"");
            awaitOneHandler(gateway);
        }
    }

    @ParameterizedTest
    @EnumSource
    void frameDecoderStaysUntilAFragmentedMessageIsWhole(NativeTransport transport) throws IOException {
        try (TestGateway gateway = start(transport);
                Wire wire = new Wire(gateway).upgrade("/ws")) {
            wire.send(Wire.maskedFrame(TEXT, "{\"pi".getBytes(UTF_8)));
            await().untilAsserted(() -> assertThat(pipelines(gateway).get(0)).hasSize(4));
            wire.send(Wire.maskedFrame(PING, new byte[] {1}));
            assertThat(wire.frame().payload()).containsExactly(1);
            assertThat(pipelines(gateway).get(0)).hasSize(4);
            wire.send(Wire.maskedFrame(CONTINUATION, "ng\":".getBytes(UTF_8)));
            byte[] last = Wire.maskedFrame(FIN | CONTINUATION, "99}".getBytes(UTF_8));
            wire.send(Arrays.copyOf(last, 3));
            wire.send(Arrays.copyOfRange(last, 3, last.length));
            assertThat(wire.frame().text()).isEqualTo("{\"pong\":99}");
            awaitOneHandler(gateway);
            assertThat(wire.text("{\"ping\":100}").frame().text()).isEqualTo("{\"pong\":100}");
        }
    }

    /** A decoder that left with a byte of the next frame in it would lose that byte. */
    @Test
    void framesAreReadWhereverTheyAreSplit() throws IOException {
        byte[] messages = concat(
                Wire.maskedFrame(FIN | TEXT, "{\"ping\":1}".getBytes(UTF_8)),
                Wire.maskedFrame(TEXT, "{\"ping\"".getBytes(UTF_8)),
                Wire.maskedFrame(FIN | CONTINUATION, ":2}".getBytes(UTF_8)),
                Wire.maskedFrame(FIN | TEXT, "{\"ping\":3}".getBytes(UTF_8)));
        try (TestGateway gateway = TestGateway.start("listen.loops=1", "websocket.commands-per-second=10000");
                Wire wire = new Wire(gateway).upgrade("/ws")) {
            for (int split = 1; split < messages.length; split++) {
                sendInTwo(gateway, wire, messages, split);
                for (int pong = 1; pong <= 3; pong++) {
                    assertThat(wire.frame().text()).as("split at %d", split).isEqualTo("{\"pong\":" + pong + "}");
                }
            }
            awaitOneHandler(gateway);
        }
    }

    @Test
    void framesRightBehindTheUpgradeAreReadWhereverTheyAreSplit() throws IOException {
        byte[] upgrade = (Wire.request("GET", "/none", "") + Wire.upgradeRequest("/ws")).getBytes(UTF_8);
        byte[] all = concat(
                upgrade,
                Wire.maskedFrame(PING, new byte[] {42}),
                Wire.maskedFrame(FIN | TEXT, "{\"ping\":7}".getBytes(UTF_8)));
        try (TestGateway gateway = TestGateway.start("listen.loops=1")) {
            for (int split = all.length; split > upgrade.length - 20; split--) {
                try (Wire wire = new Wire(gateway)) {
                    sendInTwo(gateway, wire, all, split);
                    assertThat(wire.answer().status()).isEqualTo(404);
                    assertThat(wire.head().status()).as("split at %d", split).isEqualTo(101);
                    assertThat(wire.frame().payload()).as("split at %d", split).containsExactly(42);
                    assertThat(wire.frame().text()).as("split at %d", split).isEqualTo("{\"pong\":7}");
                }
            }
        }
    }

    @Test
    void requestBehindTheUpgradeIsNoFrame() throws IOException {
        try (TestGateway gateway = TestGateway.start();
                Wire wire = new Wire(gateway)) {
            wire.send(Wire.upgradeRequest("/ws") + Wire.request("GET", JOB, ""));
            assertThat(wire.head().status()).isEqualTo(101);
            Frame close = wire.frame();
            assertThat(close.closeCode()).isEqualTo(1002);
            assertThat(wire.isClosed()).isTrue();
        }
    }

    /** The scrape between the parts is served by the same loop, which has then read the first part. */
    private static void sendInTwo(TestGateway gateway, Wire wire, byte[] bytes, int split) throws IOException {
        wire.send(Arrays.copyOf(bytes, split));
        Wire.waiting(gateway, "websocket");
        wire.send(Arrays.copyOfRange(bytes, split, bytes.length));
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }
}
