package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One HTTP answer as it came.
 *
 * @param head the status line and the headers, for messages
 * @param headers by their names in lower case
 */
record Answer(int status, String head, Map<String, List<String>> headers, byte[] body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Answer of(String head, byte[] body) {
        String[] lines = head.split("\r\n");
        assertThat(lines[0]).matches("HTTP/1\\.1 [1-5][0-9][0-9] .*");
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(": ");
            assertThat(colon).as("a header: %s", lines[i]).isPositive();
            String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            headers.computeIfAbsent(name, key -> new ArrayList<>()).add(lines[i].substring(colon + 2));
        }
        return new Answer(Integer.parseInt(lines[0].substring(9, 12)), head, headers, body);
    }

    /** All answers in what came over a connection until its end; each body is as long as its head says. */
    static List<Answer> allIn(String bytes) {
        List<Answer> answers = new ArrayList<>();
        String rest = bytes;
        while (!rest.isEmpty()) {
            int end = rest.indexOf("\r\n\r\n");
            assertThat(end).as("the end of a head in: %s", rest).isNotNegative();
            Answer head = of(rest.substring(0, end), new byte[0]);
            rest = rest.substring(end + 4);
            // The answer to a HEAD has a length and no body.
            boolean bodiless = rest.isEmpty() || rest.startsWith("HTTP/1.1 ");
            int length = bodiless ? 0 : Integer.parseInt(head.header("Content-Length"));
            answers.add(of(head.head(), rest.substring(0, length).getBytes(ISO_8859_1)));
            rest = rest.substring(length);
        }
        return answers;
    }

    /** The only value of the header, or the empty string. */
    String header(String name) {
        List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        assertThat(values).as("%s in %s", name, head).hasSizeLessThan(2);
        return values.isEmpty() ? "" : values.get(0);
    }

    boolean closes() {
        return header("Connection").equalsIgnoreCase("close");
    }

    String text() {
        return new String(body, UTF_8);
    }

    JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text(), e);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Everything but what differs between two equal answers: the time. */
    String withoutDate() {
        return head.replaceAll("\r\nDate: [^\r]*", "") + "\r\n\r\n" + text();
    }

    /** The body is a problem as RFC 9457 has it, about this status. */
    void isProblem() {
        assertThat(header("Content-Type")).as(head).isEqualTo("application/problem+json");
        JsonNode problem = json();
        assertThat(problem.path("type").isTextual()).as(text()).isTrue();
        assertThat(problem.path("title").textValue()).as(text()).isNotBlank();
        assertThat(problem.path("status").intValue()).as(text()).isEqualTo(status);
        assertThat(problem.path("detail").textValue()).as(text()).isNotBlank();
    }
}
