package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;

/**
 * Bytes that are meant to be read differently by two servers, or not at all.
 *
 * @param name the test's name in Http11Probe where it has one there, in lower case
 * @param rule the section that decides
 * @param bytes the request, each char a byte. Its own {@code X-Correlation-Id} is {@link #ITSELF}; a request that is hidden in it, or
 *     follows what can't be read, has {@link #SMUGGLED}
 * @param end what becomes of the connection
 * @param statuses the answers to it that are right
 */
record Attack(String name, String rule, String bytes, End end, Set<Integer> statuses) {
    static final String ITSELF = "attack";
    static final String SMUGGLED = "smuggled";

    static final String HOST = "Host: localhost\r\n";
    /** A request that nobody sent: it must never be answered. Nothing else asks for this path. */
    static final String HIDDEN = "GET /smuggled HTTP/1.1\r\n" + HOST + "X-Correlation-Id: " + SMUGGLED + "\r\n\r\n";

    /** What follows it, and ends the connection; the job is there. */
    static final String NEXT =
            "GET /jobs/next HTTP/1.1\r\n" + HOST + "X-Correlation-Id: next\r\nConnection: close\r\n\r\n";

    enum End {
        /** One answer, and the connection closes without a look at what follows. */
        REFUSED,
        /** It is a whole request, whose end RFC 9112 leaves no doubt about; the next one begins right behind it. */
        READ
    }

    /** A request that is answered, and ends where its bytes do. */
    static Attack read(String name, String rule, String bytes, Integer... statuses) {
        return new Attack(name, rule, bytes, End.READ, Set.of(statuses));
    }

    /** A request that can't be read, with one behind it that must not be. */
    static Attack refused(String name, String rule, String bytes, Integer... statuses) {
        return new Attack(name, rule, bytes + HIDDEN, End.REFUSED, Set.of(statuses));
    }

    /** The head of a request to a path that nothing is served at; its body is read and ignored. */
    static String head(String method, String... lines) {
        StringBuilder head =
                new StringBuilder(method).append(" /attack HTTP/1.1\r\n").append(HOST);
        head.append("X-Correlation-Id: ").append(ITSELF).append("\r\n");
        for (String line : lines) {
            head.append(line).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    static String post(String... lines) {
        return head("POST", lines);
    }

    /** One chunk, without the end of the body. */
    static String chunk(String data) {
        return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
    }

    /** These are the answers to it and to {@link #NEXT} behind it. */
    void check(List<Answer> all) {
        List<Answer> answers =
                all.stream().filter(answer -> answer.status() >= 200).toList();
        assertThat(answers)
                .as("answers to %s", shown())
                .isNotEmpty()
                .noneMatch(answer -> answer.header("X-Correlation-Id").equals(SMUGGLED));
        Answer first = answers.get(0);
        assertThat(statuses).as(first.head()).contains(first.status());
        assertThat(first.header("X-Correlation-Id")).as(first.head()).isIn("", ITSELF);
        if (end == End.REFUSED) {
            assertThat(answers).as("answers to %s", shown()).hasSize(1);
            assertThat(first.closes()).as(first.head()).isTrue();
            return;
        }
        assertThat(first.closes()).as(first.head()).isFalse();
        assertThat(answers).hasSize(2);
        assertThat(answers.get(1).header("X-Correlation-Id")).isEqualTo("next");
        assertThat(answers.get(1).json().path("jobId").asText()).isEqualTo("next");
    }

    private String shown() {
        return bytes.length() < 1_000 ? bytes : name;
    }

    @Override
    public String toString() {
        return name;
    }
}
