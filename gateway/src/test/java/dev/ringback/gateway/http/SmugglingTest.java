package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.TestGateway;
import java.net.SocketException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No request is ever found inside another one's body, nor behind one that can't be read: each attack is either refused, which ends the
 * connection, or has exactly one meaning.
 */
@Tag("conformance")
class SmugglingTest {
    private static final String WAITING = "ringback_waiting{transport=\"long_poll\"}";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("limits.body-timeout=1s");
        move("next");
        move("held");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static void move(String job) {
        try (RawConnection worker = new RawConnection(gateway)) {
            String event = withBody("POST", "/jobs/" + job + "/events", "{\"progress\":1}");
            assertThat(worker.exchange(event).status()).isEqualTo(200);
        }
    }

    static Stream<Attack> attacks() {
        return SmugglingAttacks.all();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void hiddenRequestIsNotAnswered(Attack attack) {
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(attack.bytes() + Attack.NEXT);
            attack.check(Answer.allIn(connection.rest()));
        }
    }

    @ParameterizedTest
    @MethodSource("attacksThatAreHeld")
    void hiddenRequestThatComesByteByByteIsNotAnswered(Attack attack) {
        try (RawConnection connection = new RawConnection(gateway)) {
            // What is refused before its last byte was sent closes the connection, and the rest can't be sent.
            assertThatCode(() -> connection.drip(attack.bytes() + Attack.NEXT))
                    .satisfiesAnyOf(
                            sent -> assertThat(sent).isNull(),
                            cut -> assertThat(cut).hasCauseInstanceOf(SocketException.class));
            attack.check(Answer.allIn(connection.rest()));
        }
    }

    /** Longer ones close the connection, and are not held. */
    static Stream<Attack> attacksThatAreHeld() {
        return attacks().filter(attack -> attack.bytes().length() < 2048);
    }

    /** The decoder is another one then, and the bytes were held. */
    @ParameterizedTest
    @MethodSource("attacksThatAreHeld")
    void hiddenRequestBehindAHeldOneIsNotAnswered(Attack attack) {
        double waiting = Metrics.of(gateway, WAITING);
        try (RawConnection connection = new RawConnection(gateway)) {
            connection.send(request("GET", "/jobs/held?wait=30") + attack.bytes() + Attack.NEXT);
            await().until(() -> Metrics.of(gateway, WAITING) == waiting + 1);
            move("held");
            Answer held = connection.answer();
            assertThat(held.json().path("jobId").asText()).isEqualTo("held");
            attack.check(Answer.allIn(connection.rest()));
        }
    }
}
