package dev.ringback.loadtest.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.loadtest.client.EventStamp;
import dev.ringback.loadtest.crowd.Histograms;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SinkTest {
    private static final String ANSWER = "HTTP/1.1 204 No Content\r\n\r\n";
    private static final int PATIENCE_MILLIS = 10_000;

    private Sink sink;

    @BeforeEach
    void start() throws IOException {
        sink = new Sink(2);
    }

    @AfterEach
    void stop() throws IOException {
        sink.close();
    }

    @Test
    void countsEachDeliveryOnceAndRepeatsApart() throws Exception {
        sink.begin(new SinkRun("r", true, 2));
        try (Socket socket = dial("127.0.0.1", sink.ports().endpoints().get(1))) {
            send(socket, post(1, "load-r-0/i-2", event()));
            send(socket, post(1, "load-r-0/i-2", event()));
            send(socket, post(1, "load-r-1/i-2", event()));
        }
        SinkFigures figures = sink.read();
        assertThat(figures.received()).isEqualTo(3);
        assertThat(figures.distinct()).isEqualTo(2).isEqualTo(sink.distinct());
        assertThat(figures.repeats()).isEqualTo(1);
        assertThat(figures.foreign()).isZero();
        assertThat(figures.accepted()).isEqualTo(1);
        assertThat(figures.endpoints())
                .extracting(SinkFigures.OfEndpoint::distinct)
                .containsExactly(0L, 2L);
    }

    @Test
    void whatIsOfAnotherRunOrAtAnotherEndpointIsForeign() throws Exception {
        sink.begin(new SinkRun("r", false, 2));
        try (Socket socket = dial("127.0.0.1", sink.ports().endpoints().get(1))) {
            send(socket, post(1, "load-q-1/i-2", event()));
            send(socket, post(1, "load-r-0/i-2", event()));
            send(socket, post(1, "load-r-1/i-2", event()));
        }
        assertThat(sink.read().foreign()).isEqualTo(2);
        assertThat(sink.read().distinct()).isEqualTo(1);
    }

    @Test
    void timesCountFromTheMomentAnEventWasDueAtJudgedEndpointsOnly() throws Exception {
        sink.begin(new SinkRun("r", true, 1));
        String hourOld =
                body(EventStamp.value(System.nanoTime() - Duration.ofHours(1).toNanos(), 40));
        try (Socket socket = dial("127.0.0.1", sink.ports().endpoints().get(0))) {
            send(socket, post(0, "load-r-0/i-2", hourOld));
            send(socket, post(1, "load-r-0/i-2", event()));
        }
        Histogram judged = Histograms.decode(sink.read().hlog());
        assertThat(judged.getTotalCount()).isEqualTo(1);
        assertThat(judged.getMaxValue())
                .isBetween(
                        Duration.ofMinutes(59).toNanos(), Duration.ofMinutes(70).toNanos());
    }

    @Test
    void aBodyWithoutItsMomentIsCounted() throws Exception {
        sink.begin(new SinkRun("r", true, 2));
        try (Socket socket = dial("127.0.0.1", sink.ports().endpoints().get(0))) {
            send(socket, post(0, "load-r-0/i-2", body("{}")));
        }
        assertThat(sink.read().unstamped()).isEqualTo(1);
    }

    @Test
    void aRequestInPiecesIsOneAndTwoAtOnceAreTwo() throws Exception {
        sink.begin(new SinkRun("r", true, 2));
        String first = post(0, "load-r-0/i-2", event());
        try (Socket socket = dial("127.0.0.1", sink.ports().endpoints().get(0))) {
            socket.getOutputStream().write(first.substring(0, 30).getBytes(ISO_8859_1));
            // It is read before the rest comes: the sink's loop has turned around.
            sink.read();
            send(socket, first.substring(30));
            socket.getOutputStream()
                    .write((post(0, "load-r-1/i-2", event()) + post(0, "load-r-2/i-2", event())).getBytes(ISO_8859_1));
            assertThat(new String(socket.getInputStream().readNBytes(2 * ANSWER.length()), ISO_8859_1))
                    .isEqualTo(ANSWER + ANSWER);
        }
        assertThat(sink.distinct()).isEqualTo(3);
    }

    @Test
    void theSilentEndpointNeverAnswersAndTheRefusingOneRefuses() throws Exception {
        sink.begin(new SinkRun("r", true, 2));
        try (Socket socket = dial("127.0.3.7", sink.ports().silent())) {
            socket.getOutputStream().write(post(0, "load-r-0/i-2", event()).getBytes(ISO_8859_1));
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(sink.read().ignored()).isEqualTo(1);
        assertThat(sink.read().received()).isZero();
        assertThatThrownBy(() -> dial("127.0.3.8", sink.ports().refusing())).isInstanceOf(ConnectException.class);
    }

    private static Socket dial(String host, int port) throws IOException {
        Socket socket = new Socket(InetAddress.getByName(host), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static void send(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        assertThat(new String(socket.getInputStream().readNBytes(ANSWER.length()), ISO_8859_1))
                .isEqualTo(ANSWER);
    }

    private static String event() {
        return body(EventStamp.value(System.nanoTime(), 40));
    }

    private static String body(String result) {
        return "{\"type\":\"job.completed\",\"data\":{\"jobId\":\"j\",\"status\":\"completed\",\"version\":2,\"result\":"
                + result + "}}";
    }

    private static String post(int endpoint, String webhookId, String body) {
        return "POST /hook/" + endpoint + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length()
                + "\r\nWebhook-Id: " + webhookId + "\r\n\r\n" + body;
    }
}
