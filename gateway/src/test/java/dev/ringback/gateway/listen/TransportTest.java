package dev.ringback.gateway.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.gateway.testkit.TestGateway;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real I/O on each transport, and the {@link Wire} that tests of this package speak through. */
class TransportTest {
    private static final String JOB = "/jobs/transported";

    @ParameterizedTest
    @EnumSource
    void everyWayToWaitWorks(NativeTransport transport) throws IOException {
        try (TestGateway gateway = start(transport)) {
            Wire.post(gateway, JOB + "/events", "{\"progress\":1}");
            try (Wire shortPoll = new Wire(gateway).get(JOB)) {
                assertThat(shortPoll.answer().json().at("/progress/current").asInt())
                        .isEqualTo(1);
            }
            try (Wire longPoll = new Wire(gateway).get(JOB + "?wait=20");
                    Wire sse = new Wire(gateway).get(JOB + "/events");
                    Wire webSocket = new Wire(gateway).upgrade(JOB)) {
                assertThat(sse.head().status()).isEqualTo(200);
                assertThat(sse.event().name()).isEqualTo("retry");
                assertThat(sse.event().name()).isEqualTo("progress");
                assertThat(List.of(webSocket.frame().text(), webSocket.frame().text()))
                        .anySatisfy(text -> assertThat(text).contains("\"event\":\"progress\""));
                Wire.awaitWaiting(gateway, "long_poll", 1);
                Wire.post(gateway, JOB + "/events", "{\"status\":\"completed\",\"result\":7}");
                assertThat(longPoll.answer().json().path("status").asText()).isEqualTo("completed");
                assertThat(sse.event().name()).isEqualTo("complete");
                assertThat(sse.event()).isEqualTo(Event.END);
                assertThat(webSocket.frame().text()).contains("\"event\":\"complete\"");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void largeBodiesPassBothWays(NativeTransport transport) throws IOException {
        try (TestGateway gateway = start(transport)) {
            String result = "\"" + "r".repeat(200 * 1024) + "\"";
            String submitted = "{\"type\":\"t\",\"input\":\"" + "i".repeat(64 * 1024) + "\"}";
            assertThat(Wire.exchange(gateway, "PUT", JOB, submitted).status()).isEqualTo(202);
            String ended = "{\"status\":\"completed\",\"result\":" + result + "}";
            assertThat(Wire.post(gateway, JOB + "/events", ended).status()).isEqualTo(200);
            try (Wire wire = new Wire(gateway).get(JOB + "/result")) {
                assertThat(wire.answer().body()).isEqualTo(result);
            }
        }
    }

    /** Newer classes on older natives pass {@code isAvailable()} and fail here. */
    @ParameterizedTest
    @EnumSource
    void nativesConnectAsClients(NativeTransport transport) throws Exception {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.ioHandlerFactory());
        try (TestGateway gateway = start(transport)) {
            Class<? extends Channel> type = switch (transport) {
                case EPOLL -> EpollSocketChannel.class;
                case IO_URING -> IoUringSocketChannel.class;
                case NIO -> NioSocketChannel.class;
            };
            Channel client = new Bootstrap()
                    .group(group)
                    .channel(type)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(gateway.address())
                    .sync()
                    .channel();
            await().until(() -> Wire.metric(gateway, "ringback_connections") == 1);
            client.close().sync();
            await().until(() -> Wire.metric(gateway, "ringback_connections") == 0);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    @Test
    void autoPicksEpollOnLinux() {
        assumeLinux();
        assertThat(Epoll.isAvailable()).isTrue();
        try (TestGateway gateway = TestGateway.start()) {
            assertThat(gateway.gateway().transport()).isEqualTo(NativeTransport.EPOLL);
        }
    }

    /** On Linux nothing is skipped: a transport that is not there is a failure. */
    private static TestGateway start(NativeTransport transport) {
        if (transport != NativeTransport.NIO) {
            assumeLinux();
        }
        TestGateway gateway =
                TestGateway.start("listen.transport=" + transport.name().toLowerCase(Locale.ROOT));
        assertThat(gateway.gateway().transport()).isEqualTo(transport);
        return gateway;
    }

    private static void assumeLinux() {
        assumeTrue(System.getProperty("os.name").startsWith("Linux"), "natives are for Linux");
    }

    /** An answer; header names in lower case. */
    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(body);
        }
    }

    /** A Server-Sent Event; {@code retry:} counts as one of that name. */
    record Event(String name, String id, String data) {
        static final Event END = new Event("end of stream", "", "");
    }

    /** A WebSocket frame from the server; opcode -1 for the end of the connection. */
    record Frame(int opcode, byte[] payload) {
        String text() {
            return new String(payload, opcode == 8 ? 2 : 0, payload.length - (opcode == 8 ? 2 : 0), UTF_8);
        }

        int closeCode() {
            return opcode == 8 && payload.length > 1 ? (payload[0] & 0xFF) << 8 | payload[1] & 0xFF : -1;
        }
    }

    /** One bare connection: bytes out exactly as given, answers, events and frames in. Reads give up after 10 s. */
    static final class Wire implements AutoCloseable {
        private static final String KEY = "cmluZ2JhY2stdGVzdC0wMQ==";

        final Socket socket;
        private final InputStream in;

        Wire(TestGateway gateway) throws IOException {
            this(gateway.http("/"));
        }

        Wire(URI server) throws IOException {
            socket = new Socket(server.getHost(), server.getPort());
            socket.setSoTimeout(10_000);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        }

        static Answer post(TestGateway gateway, String path, String body, String... headers) throws IOException {
            return exchange(gateway, "POST", path, body, headers);
        }

        /** One request on a connection of its own. */
        static Answer exchange(TestGateway gateway, String method, String path, String body, String... headers)
                throws IOException {
            try (Wire wire = new Wire(gateway).send(request(method, path, body, headers))) {
                return method.equals("HEAD") ? wire.head() : wire.answer();
            }
        }

        static String request(String method, String path, String body, String... headers) {
            StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: t\r\n");
            List.of(headers).forEach(header -> text.append(header).append("\r\n"));
            if (!body.isEmpty()) {
                text.append("Content-Length: ").append(body.length()).append("\r\n");
            }
            return text.append("\r\n").append(body).toString();
        }

        /** A sample of {@code /metrics}, named with its labels. */
        static double metric(TestGateway gateway, String sample) throws IOException {
            try (Wire wire = new Wire(gateway.admin("/")).get("/metrics")) {
                return wire.answer()
                        .body()
                        .lines()
                        .filter(line -> line.startsWith(sample + " "))
                        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no sample " + sample));
            }
        }

        static double waiting(TestGateway gateway, String transport) throws IOException {
            return metric(gateway, "ringback_waiting{transport=\"" + transport + "\"}");
        }

        static void awaitWaiting(TestGateway gateway, String transport, int count) {
            await().until(() -> waiting(gateway, transport) == count);
        }

        Wire send(String text) throws IOException {
            return send(text.getBytes(UTF_8));
        }

        Wire send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        }

        Wire get(String path, String... headers) throws IOException {
            return send(request("GET", path, "", headers));
        }

        static String upgradeRequest(String path) {
            return request(
                    "GET",
                    path,
                    "",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: " + KEY);
        }

        /** Opens a WebSocket. */
        Wire upgrade(String path) throws IOException {
            send(upgradeRequest(path));
            assertThat(head().status()).isEqualTo(101);
            return this;
        }

        Wire text(String message) throws IOException {
            return send(maskedFrame(0x81, message.getBytes(UTF_8)));
        }

        /** A client's frame of at most 125 bytes; the mask is all zero, which changes nothing. */
        static byte[] maskedFrame(int firstByte, byte[] payload) {
            byte[] frame = new byte[payload.length + 6];
            frame[0] = (byte) firstByte;
            frame[1] = (byte) (0x80 | payload.length);
            System.arraycopy(payload, 0, frame, 6, payload.length);
            return frame;
        }

        Answer answer() throws IOException {
            Answer head = head();
            String length = head.header("Content-Length");
            byte[] body = in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
            return new Answer(head.status(), head.headers(), new String(body, UTF_8));
        }

        /** The head of an answer, which is all of an answer to HEAD. */
        Answer head() throws IOException {
            String[] status = line().split(" ", 3);
            assertThat(status[0]).isEqualTo("HTTP/1.1");
            Map<String, String> headers = new TreeMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            return new Answer(Integer.parseInt(status[1]), headers, "");
        }

        /** The next event, comments left out; {@link Event#END} at the end. */
        Event event() throws IOException {
            Map<String, String> fields = new TreeMap<>();
            while (true) {
                String line = line();
                if (line.isEmpty() && atEnd) {
                    return Event.END;
                }
                if (line.isEmpty() && !fields.isEmpty()) {
                    String name = fields.containsKey("retry") ? "retry" : fields.getOrDefault("event", "message");
                    String data = fields.getOrDefault("data", fields.getOrDefault("retry", ""));
                    return new Event(name, fields.getOrDefault("id", ""), data);
                }
                int colon = line.indexOf(": ");
                if (colon > 0) {
                    fields.put(line.substring(0, colon), line.substring(colon + 2));
                }
            }
        }

        List<Event> eventsToEnd() throws IOException {
            List<Event> events = new ArrayList<>();
            for (Event event = event(); !event.equals(Event.END); event = event()) {
                events.add(event);
            }
            return events;
        }

        private boolean atEnd;

        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int next = in.read();
            while (next != '\n' && next >= 0) {
                line.write(next);
                next = in.read();
            }
            atEnd = next < 0;
            return line.toString(ISO_8859_1).stripTrailing();
        }

        Frame frame() throws IOException {
            int first = in.read();
            if (first < 0) {
                return new Frame(-1, new byte[0]);
            }
            DataInputStream data = new DataInputStream(in);
            int length = data.readUnsignedByte();
            long size = length == 126 ? data.readUnsignedShort() : length == 127 ? data.readLong() : length;
            return new Frame(first & 0x0F, in.readNBytes((int) size));
        }

        /** Whether the gateway has closed, by FIN or by RST, with nothing before it. */
        boolean isClosed() {
            try {
                return in.read() < 0;
            } catch (java.net.SocketTimeoutException stillOpen) {
                return false;
            } catch (IOException reset) {
                return true;
            }
        }

        /** Closes with RST in place of FIN. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
