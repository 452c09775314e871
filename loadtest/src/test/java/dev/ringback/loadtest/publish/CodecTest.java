package dev.ringback.loadtest.publish;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.scenario.Scenario.PublisherKind;
import dev.ringback.loadtest.scenario.Scenario.ServerChoice;
import dev.ringback.loadtest.server.ServerKind;
import dev.ringback.loadtest.server.ServerKind.Change;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static final Target TARGET = new Target("127.0.0.1", 1);

    private final Codec.Answer answer = new Codec.Answer();

    @Test
    void anHttpAnswerIsReadOnlyWhenItIsWhole() {
        Codec codec = new HttpCodec(TARGET, ServerKind.of(ServerChoice.RINGBACK));
        wholeOnlyAtItsEnd(codec, "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"version\":17}");
        assertThat(answer.accepted).isTrue();
        assertThat(answer.version).isEqualTo(17);
        wholeOnlyAtItsEnd(codec, "HTTP/1.1 409 Conflict\r\ncontent-length: 2\r\n\r\n{}");
        assertThat(answer.accepted).isFalse();
        assertThat(answer.reason).isEqualTo("HTTP 409");
        wholeOnlyAtItsEnd(codec, "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        assertThat(answer.accepted).isTrue();
    }

    @Test
    void aRedisReplyIsReadOnlyWhenItIsWhole() {
        Codec codec = new RedisCodec(PublisherKind.REDIS_APPLY);
        wholeOnlyAtItsEnd(codec, "*3\r\n$7\r\napplied\r\n$13\r\n{\"version\":9}\r\n$-1\r\n");
        assertThat(answer.accepted).isTrue();
        assertThat(answer.version).isEqualTo(9);
        wholeOnlyAtItsEnd(codec, "*3\r\n$7\r\nrefused\r\n$2\r\n{}\r\n$0\r\n\r\n");
        assertThat(answer.accepted).isFalse();
        wholeOnlyAtItsEnd(codec, "-NOSCRIPT no script\r\n");
        assertThat(answer.accepted).isFalse();
        assertThat(answer.reason).contains("NOSCRIPT");
        wholeOnlyAtItsEnd(new RedisCodec(PublisherKind.REDIS_PUBLISH), ":3\r\n");
        assertThat(answer.accepted).isTrue();
    }

    @Test
    void aChangeSaysWhatTheServersWorkersWouldSay() {
        Change progress = new Change("j", 4, false, "{\"d\":1}");
        Change end = new Change("j", 5, true, "{\"d\":2}");
        String http = text(new HttpCodec(TARGET, ServerKind.of(ServerChoice.RINGBACK)).change(progress));
        assertThat(http)
                .startsWith("POST /jobs/j/events HTTP/1.1\r\n")
                .contains("Content-Length: " + "{\"status\":\"processing\",\"progress\":{\"d\":1}}".length() + "\r\n")
                .endsWith("\r\n\r\n{\"status\":\"processing\",\"progress\":{\"d\":1}}");
        assertThat(text(new HttpCodec(TARGET, ServerKind.of(ServerChoice.NCHAN)).change(end)))
                .startsWith("POST /pub/j ")
                .endsWith("{\"jobId\":\"j\",\"version\":5,\"status\":\"completed\",\"result\":{\"d\":2}}");
        assertThat(text(new RedisCodec(PublisherKind.REDIS_PUBLISH).change(end)))
                .isEqualTo(
                        "*3\r\n$7\r\nPUBLISH\r\n$5\r\njob:j\r\n$41\r\n{\"status\":\"completed\",\"result\":{\"d\":2}}\r\n"
                                .replace("$41", "$" + "{\"status\":\"completed\",\"result\":{\"d\":2}}".length()));
        assertThat(text(new RedisCodec(PublisherKind.REDIS_APPLY).change(end)))
                .contains("EVALSHA", "{job:j}:log", "completed", "{\"d\":2}");
    }

    private void wholeOnlyAtItsEnd(Codec codec, String reply) {
        byte[] bytes = ("xx" + reply + "yy").getBytes(ISO_8859_1);
        for (int end = 2; end < 2 + reply.length(); end++) {
            assertThat(codec.answer(bytes, 2, end, answer)).as("cut at " + end).isEqualTo(Codec.NEEDS_MORE);
        }
        assertThat(codec.answer(bytes, 2, bytes.length, answer)).isEqualTo(2 + reply.length());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }
}
