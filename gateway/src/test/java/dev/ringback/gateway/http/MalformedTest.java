package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.TestGateway;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each broken request is answered as it deserves, once, and where its end is in doubt the connection ends with it. */
@Tag("conformance")
class MalformedTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("limits.header-timeout=500ms", "limits.body-timeout=500ms");
        try (RawConnection worker = new RawConnection(gateway)) {
            String event = RawConnection.withBody("POST", "/jobs/next/events", "{\"progress\":1}");
            assertThat(worker.exchange(event).status()).isEqualTo(200);
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    static Stream<Attack> requests() {
        return MalformedRequests.all();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void brokenRequestIsAnsweredOnceAndHarmsNoOther(Attack request) {
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(request.bytes() + Attack.NEXT);
            request.check(Answer.allIn(connection.rest()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /attack",
                "GET /attack HTTP/1.1\r\nHost: localhost\r\n",
                "POST /attack HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345",
                "POST /attack HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST /attack HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123",
                "POST /attack HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                "POST /attack HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n"
            })
    void requestThatStopsHalfwayIsToldSoInTime(String bytes) {
        try (RawConnection connection = new RawConnection(gateway)) {
            Answer answer = connection.send(bytes).answer();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.closes()).isTrue();
            assertThat(connection.rest()).isEmpty();
        }
    }

    @Test
    void silenceIsClosedInTime() {
        for (String bytes : new String[] {"", "\r\n", "\r\n\r\n\r\n"}) {
            try (RawConnection connection = new RawConnection(gateway)) {
                assertThat(Answer.allIn(connection.send(bytes).rest()))
                        .allMatch(answer -> answer.status() == 408)
                        .hasSizeLessThan(2);
            }
        }
    }

    @Test
    void requestThatIsCutOffIsNotAnswered() {
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(Attack.post("Content-Length: 10") + "12345").finish();
            assertThat(connection.rest()).doesNotContain("404");
        }
    }
}
