package dev.ringback.loadtest.publish;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.client.FakeGateway;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.scenario.Scenario.ServerChoice;
import dev.ringback.loadtest.server.ServerKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkTest {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    @Test
    void gatheredRequestsLeaveTogetherAndAreAnsweredInTheirOrder() throws Exception {
        try (FakeGateway server = new FakeGateway();
                Link link = link(server)) {
            FakeGateway.Connection socket = server.accept();
            link.gather("one".getBytes(ISO_8859_1), sent(1, 3));
            link.gather("two".getBytes(ISO_8859_1), sent(2, 3));
            assertThat(link.underWay()).isEqualTo(2);
            link.flush();
            link.send("end\r\n\r\n".getBytes(ISO_8859_1), sent(3, 7));
            assertThat(socket.request()).isEqualTo("onetwoend\r\n\r\n");
            socket.send(ANSWER + ANSWER + ANSWER);
            List<Long> answered = new ArrayList<>();
            assertThat(Poll.until(Duration.ofSeconds(5), () -> {
                        link.work((request, answer) -> answered.add(request.version()));
                        return answered.size() == 3;
                    }))
                    .isTrue();
            assertThat(answered).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void gatheredRequestsTakeRoomBeforeTheyLeave() throws Exception {
        try (FakeGateway server = new FakeGateway();
                Link link = link(server)) {
            assertThat(link.hasRoom(Link.MOST_UNANSWERED_BYTES)).isTrue();
            link.gather(new byte[3_000], sent(1, 3_000));
            assertThat(link.hasRoom(500)).isTrue();
            assertThat(link.hasRoom(501)).isFalse();
        }
    }

    private static Link link(FakeGateway server) throws Exception {
        return new Link(server.target().address(), new HttpCodec(server.target(), ServerKind.of(ServerChoice.FLOOR)));
    }

    private static Link.Sent sent(long version, int bytes) {
        return new Link.Sent(0, version, false, false, bytes);
    }
}
