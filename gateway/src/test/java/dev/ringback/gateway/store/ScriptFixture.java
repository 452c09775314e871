package dev.ringback.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSocket.RedisReplyError;
import dev.ringback.protocol.ApplyScript;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** Runs the script as a worker in any language does: with a plain Redis client and nothing of the gateway's. */
abstract class ScriptFixture {
    static final String ID = "123";
    static final String RECORD = "job:" + ID;
    static final String LOG = "{job:" + ID + "}:log";
    static final String RESULT = "{job:" + ID + "}:result";

    abstract RedisProcess redis();

    @BeforeEach
    void startEmpty() {
        redis().cli("FLUSHALL");
        assertThat(redis().cli("SCRIPT", "LOAD", source())).isEqualTo(ApplyScript.sha1());
    }

    long nowMillis() {
        List<?> time = (List<?>) redis().cli("TIME");
        return Long.parseLong((String) time.get(0)) * 1000 + Long.parseLong((String) time.get(1)) / 1000;
    }

    double hoursLeft(String key) {
        return (Long) redis().cli("PTTL", key) / (double) Duration.ofHours(1).toMillis();
    }

    void assertNothingWritten() {
        assertThat(redis().cli("DBSIZE")).isEqualTo(0L);
    }

    List<?> reply(String... arguments) {
        Object reply = run(arguments);
        assertThat(reply).isInstanceOf(List.class);
        return (List<?>) reply;
    }

    String refusal(String... arguments) {
        return error(run(arguments));
    }

    Object run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("EVALSHA", ApplyScript.sha1(), "3", RECORD, LOG, RESULT));
        command.addAll(List.of(arguments));
        return redis().cli(command.toArray(String[]::new));
    }

    static String error(Object reply) {
        assertThat(reply).isInstanceOf(RedisReplyError.class);
        return ((RedisReplyError) reply).message();
    }

    static String document(List<?> reply) {
        return (String) reply.get(1);
    }

    static String source() {
        return new String(ApplyScript.source(), StandardCharsets.UTF_8);
    }
}
