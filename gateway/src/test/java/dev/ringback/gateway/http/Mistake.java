package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.TestGateway;
import java.util.ArrayList;
import java.util.List;

/**
 * A request that must be refused.
 *
 * @param statuses the answers that are right
 */
record Mistake(String name, String bytes, List<Integer> statuses) {
    private static final String NEXT = RawConnection.request("GET", "/next");

    static Mistake of(String name, String bytes, Integer... statuses) {
        return new Mistake(name, bytes, List.of(statuses));
    }

    /** A request without a body. */
    static Mistake get(String target, Integer... statuses) {
        return of("GET " + shortened(target), RawConnection.request("GET", target), statuses);
    }

    /** The gateway refuses it with a problem, and goes on with the connection or says that it does not. */
    Answer checkOn(TestGateway gateway) {
        try (RawConnection connection = new RawConnection(gateway)) {
            Answer answer = connection.exchange(bytes);
            assertThat(answer.status())
                    .as("%s: %s %s", name, answer.head(), answer.text())
                    .isIn(new ArrayList<Object>(statuses));
            assertThat(answer.header("Cache-Control")).as(answer.head()).contains("no-store");
            if (!bytes.startsWith("HEAD ")) {
                answer.isProblem();
            }
            if (answer.status() == 405) {
                assertThat(answer.header("Allow")).as(answer.head()).isNotBlank();
            }
            checkNext(connection, answer);
            return answer;
        }
    }

    private void checkNext(RawConnection connection, Answer answer) {
        if (answer.closes()) {
            assertThat(connection.rest()).as("what follows Connection: close").isEmpty();
            return;
        }
        Answer next = connection.exchange(NEXT);
        assertThat(next.status())
                .as("the next request after %s: %s", name, next.head())
                .isEqualTo(404);
        assertThat(next.text()).contains("no-such-route");
    }

    private static String shortened(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }

    @Override
    public String toString() {
        return name;
    }
}
