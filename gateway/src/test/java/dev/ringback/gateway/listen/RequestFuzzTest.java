package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ringback.gateway.simulation.LoggedErrors;
import dev.ringback.protocol.JobState;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Whatever a client sends, through the very decoder, router, endpoints and streams that serve it: each answer is well formed, none is a
 * failure of ours, and in the end the connection is closed with nothing left of it.
 */
class RequestFuzzTest {
    private static final int LONGEST_SECONDS = 600;

    private static LoggedErrors errors;

    @BeforeAll
    static void listen() {
        errors = new LoggedErrors();
    }

    @AfterAll
    static void stopListening() {
        errors.close();
    }

    /** The first byte says in pieces of how many bytes the others arrive, 0 in one. */
    @FuzzTest
    @DictionaryEntries({
        " HTTP/1.1\\x0D\\x0AHost: a\\x0D\\x0A",
        "GET /jobs/live",
        "GET /jobs/done",
        "PUT /jobs/x/result",
        "POST /jobs",
        "POST /jobs/live/events",
        "/result/url",
        "?wait=1",
        "&after=life1-1",
        "Accept: text/event-stream\\x0D\\x0A",
        "Content-Length: ",
        "Transfer-Encoding: chunked\\x0D\\x0A\\x0D\\x0A",
        "Last-Event-ID: life1-1\\x0D\\x0A",
        "If-None-Match: W/\\x22life1-1\\x22\\x0D\\x0A",
        "Prefer: wait=1\\x0D\\x0A",
        "Idempotency-Key: k\\x0D\\x0A",
        "Expect: 100-continue\\x0D\\x0A",
        "Range: bytes=0-1\\x0D\\x0A",
        "Connection: close\\x0D\\x0A",
        "{\\x22type\\x22:\\x22t\\x22}",
        "{\\x22status\\x22:\\x22completed\\x22,\\x22result\\x22:1}"
    })
    void whateverIsSentIsAnsweredOrClosed(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        check(bytes, input[0] == 0 ? Math.max(1, bytes.length) : input[0] & 0xFF);
    }

    static void check(byte[] bytes, int pieceBytes) {
        EmbeddedGateway gateway = new EmbeddedGateway();
        gateway.send(bytes, pieceBytes);
        gateway.move("live", JobState.COMPLETED);
        for (int seconds = 0; gateway.isOpen(); seconds++) {
            assertThat(seconds).as("seconds after the last byte").isLessThan(LONGEST_SECONDS);
            gateway.pass(1000);
        }
        gateway.pass(2000);
        assertThat(new SentBytes(gateway.sent()).statuses()).doesNotContain(500);
        assertThat(errors.take()).isEmpty();
        gateway.checkNothingIsLeft();
    }
}
