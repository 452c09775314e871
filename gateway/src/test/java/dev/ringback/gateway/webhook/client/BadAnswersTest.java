package dev.ringback.gateway.webhook.client;

import static dev.ringback.gateway.testkit.Receiver.after;
import static dev.ringback.gateway.testkit.Receiver.answer;
import static dev.ringback.gateway.testkit.Receiver.both;
import static dev.ringback.gateway.testkit.Receiver.endless;
import static dev.ringback.gateway.testkit.Receiver.hangUp;
import static dev.ringback.gateway.testkit.Receiver.headOnly;
import static dev.ringback.gateway.testkit.Receiver.large;
import static dev.ringback.gateway.testkit.Receiver.never;
import static dev.ringback.gateway.testkit.Receiver.raw;
import static dev.ringback.gateway.testkit.Receiver.reset;
import static dev.ringback.gateway.testkit.Receiver.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import dev.ringback.gateway.webhook.client.WebhookClient.Failure;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are none, break off, or go on and on. */
class BadAnswersTest {
    private final Receiver receiver = Receiver.start();
    private Caller caller = new Caller();

    @AfterEach
    void close() {
        caller.close();
        receiver.close();
    }

    private void callWith(String... settings) {
        caller.close();
        caller = new Caller(settings);
    }

    private Answer post() {
        return caller.post(receiver.url("/hook"));
    }

    @Test
    void nothingIsWaitedForLongerThanTheTimeout() {
        callWith("timeout=300ms");
        receiver.next(never(), after(Duration.ofSeconds(30), status(204)), raw("HTTP/1.1 200 OK\r\nX: "));

        for (int i = 0; i < 3; i++) {
            Answer answer = post();
            assertThat(answer.failure()).isEqualTo(Failure.TIMEOUT);
            assertThat(answer.status()).isZero();
            assertThat(answer.detail()).contains("300 ms", "waiting for the answer");
        }
        await().until(() -> caller.client().connections() == 0);
    }

    @Test
    void aResetWithoutAnAnswerIsOne() {
        receiver.next(reset(), hangUp(), both(raw("HTTP/1.1 200 OK\r\nX: "), hangUp()));

        for (int i = 0; i < 3; i++) {
            assertThat(post().failure()).isEqualTo(Failure.RESET);
        }
        assertThat(receiver.requests()).hasSize(3);
    }

    @Test
    void aResetAfterTheHeadDoesNotTakeTheStatusAway() {
        receiver.otherwise(both(raw("HTTP/1.1 410 Gone\r\nContent-Length: 100\r\n\r\nbye"), line -> {
            // Whoever resets at once takes back what it sent.
            line.pause(Duration.ofMillis(300));
            line.reset();
        }));

        Answer answer = post();

        assertThat(answer.status()).isEqualTo(410);
        assertThat(answer.excerpt()).isEqualTo("bye");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
            })
    void whatIsNoAnswerIsMalformed(String text) {
        receiver.otherwise(raw(text));

        Answer answer = post();

        assertThat(answer.failure()).as(text).isEqualTo(Failure.MALFORMED);
        assertThat(answer.detail()).isNotEmpty();
    }

    @Test
    void aHeadHasALimit() {
        receiver.next(
                raw("HTTP/1.1 200 OK\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"),
                raw("HTTP/1.1 200 " + "x".repeat(20_000) + "\r\n\r\n"),
                line -> {
                    line.send("HTTP/1.1 200 OK\r\n");
                    while (true) {
                        line.send("X: y\r\n".repeat(100));
                    }
                });

        for (int i = 0; i < 3; i++) {
            assertThat(post().failure()).isEqualTo(Failure.MALFORMED);
        }
    }

    @Test
    void interimAnswersArePassedOver() {
        receiver.otherwise(both(
                raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
                answer(202, "later")));

        assertThat(post().status()).isEqualTo(202);
        assertThat(post().excerpt()).isEqualTo("later");
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @Test
    void interimAnswersAloneAreNoAnswer() {
        callWith("timeout=300ms");
        receiver.otherwise(line -> {
            while (true) {
                line.send("HTTP/1.1 102 Processing\r\n\r\n");
                line.pause(Duration.ofMillis(20));
            }
        });

        assertThat(post().failure()).isEqualTo(Failure.TIMEOUT);
    }

    @Test
    void longAndEndlessBodiesAreLeftAndTheStatusCounts() {
        receiver.next(large(200, 10_000_000), endless(500), headOnly(201));

        assertThat(post().status()).isEqualTo(200);
        assertThat(post().status()).isEqualTo(500);
        Answer slow = post();
        assertThat(slow.status()).isEqualTo(201);
        assertThat(slow.latencyNanos())
                .isBetween(
                        Duration.ofMillis(900).toNanos(), Duration.ofSeconds(5).toNanos());
        await().until(() -> caller.client().connections() == 0);
        assertThat(receiver.connections()).isEqualTo(3);
    }

    @Test
    void bodiesEndInAnyWay() {
        receiver.next(
                both(raw("HTTP/1.1 200 OK\r\n\r\nuntil the end"), hangUp()),
                both(raw("HTTP/1.0 200 OK\r\n\r\nuntil the end"), hangUp()),
                raw(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nuntil\r\n8\r\n the end\r\n0\r\nT: t\r\n\r\n"),
                both(
                        raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\nuntil the end\r\nno chunk"),
                        hangUp()),
                both(raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nuntil the end"), hangUp()));

        for (int i = 0; i < 5; i++) {
            Answer answer = post();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.excerpt()).isEqualTo("until the end");
        }
    }
}
