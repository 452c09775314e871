package dev.ringback.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringback.gateway.testkit.RedisSocket;
import dev.ringback.protocol.ApplyScript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the script does not take: it says why, and writes nothing. */
abstract class ApplyScriptRefusalsContractTest extends ScriptFixture {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,]",
                "{\"a\":}",
                "01",
                "1.",
                ".5",
                "-",
                "+1",
                "-.5",
                "1e",
                "0x10",
                "NaN",
                "nan",
                "Infinity",
                "-inf",
                "tru",
                "'a'",
                "\"a",
                "\"a\nb\"",
                "\"a\tb\"",
                "\"\u0001\"",
                "\"\\x\"",
                "[1 2]",
                "{\"a\":1,}",
                "{a:1}",
                "1 2",
                "[[1.5,2.]]",
                "{\"a\":[\"ok\",00]}",
                "\"\\ud800\"",
            })
    void whatIsNoStrictJsonIsRefusedAndNothingIsWritten(String json) {
        assertThat(refusal("apply", "status", "done", "result", json)).startsWith("RINGBACK result is not valid JSON");
        assertNothingWritten();
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() throws IOException {
        for (String hex : List.of(
                "c328", "a0", "e228a1", "e282", "f0288cbc", "f8a1a1a1", "c0af", "eda080", "f4908080", "e2c3a982ac")) {
            byte[] inside = java.util.HexFormat.of().parseHex(hex);
            byte[] json = Arrays.copyOf(new byte[] {'"'}, inside.length + 2);
            System.arraycopy(inside, 0, json, 1, inside.length);
            json[json.length - 1] = '"';
            assertThat(evaluate(json).toString()).as(hex).contains("RINGBACK result is not valid JSON");
        }
        assertNothingWritten();
        assertThat(evaluate("\"\u0080\u07ff\u0800\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff\""
                        .getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(List.class);
    }

    private Object evaluate(byte[] result) throws IOException {
        try (RedisSocket socket = redis().connect()) {
            byte[][] command = bytes(
                    "EVALSHA", ApplyScript.sha1(), "3", RECORD, LOG, RESULT, "apply", "status", "done", "result", "?");
            command[command.length - 1] = result;
            return socket.call(command);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "move",
                "apply",
                "apply status",
                "apply status bla",
                "apply stat done",
                "apply status done status done",
                "apply status processing result 1",
                "apply status queued resultUrl /x",
                "apply status done progress []",
                "apply status done progress true",
                "apply status done error 5",
                "apply status done resultUrl ftp://x",
                "apply status done resultUrl //x",
                "apply status done resultUrl https://ä",
                "apply status done inlineBytes x",
                "apply status done inlineBytes -1",
                "apply status done resultTtlMillis 0",
                "apply status done logEvents 1.5",
                "apply status done maxAgeMillis 99999999999999999999",
                "apply status done checked 2",
                "apply status done create yes",
                "apply status done ttlMillis 5",
                "apply status done eventId \u0007",
                "create status done",
                "create priority 1.5",
                "create priority 1000001",
                "create ttlMillis 0",
                "create webhook 1",
                "create input {",
                "create type \u0085",
                "create fingerprint \u0000",
                "create originalJobId a/b",
                "create originalJobId job:",
                "apply status done originalJobId 7",
                "apply status done lease a:b",
                "apply status done lease \u00e4",
                "apply status processing lease",
                "apply status processing begins 1",
                "apply status processing lease a begins 2",
                "apply status done lease a begins 1",
                "apply status queued lease a begins 1",
                "apply status queued delayMillis 1",
                "apply status queued lease a delayMillis -1",
                "apply status processing lease a delayMillis 1",
                "apply status failed retryBaseMillis 1 retryMaxMillis 1 jitterPerMillion 1",
                "apply status done lease a retryBaseMillis 1 retryMaxMillis 1 jitterPerMillion 1",
                "apply status failed lease a retryBaseMillis 1",
                "apply status failed lease a retryBaseMillis 1 retryMaxMillis 1",
                "apply status failed lease a retryBaseMillis 1 jitterPerMillion 1",
                "apply status failed lease a retryMaxMillis 1 jitterPerMillion 1",
                "apply status failed lease a retryBaseMillis 86400001 retryMaxMillis 1 jitterPerMillion 1",
                "apply status failed lease a retryBaseMillis 1 retryMaxMillis 86400001 jitterPerMillion 1",
                "apply status failed lease a retryBaseMillis 1 retryMaxMillis 1 jitterPerMillion 1000001",
                "apply status done deadTtlMillis 1",
                "apply status done lease a deadTtlMillis -1",
                "apply status done lease a plain gw",
                "apply status done maxAttempts 1",
                "create maxAttempts 1",
                "create type t maxAttempts 1001",
                "create type t maxAttempts -1",
                "create runAtMillis -1",
                "create runAtMillis 253402300800000",
                "create plannedAttempts 1001",
                "create after {}",
                "create after [1,]",
                "create afterFailure no",
                "create type t lease a",
            })
    void wrongArgumentsAreRefusedInWordsAndNothingIsWritten(String arguments) {
        String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");

        assertThat(refusal(words)).startsWith("RINGBACK ").hasSizeBetween(25, 420);
        assertNothingWritten();
    }

    @Test
    void keysThatAreNotTheJobsAreRefused() {
        assertThat(error(redis().cli("EVALSHA", ApplyScript.sha1(), "1", RECORD, "apply", "status", "done")))
                .startsWith("RINGBACK takes 3 keys");
        assertThat(error(redis().cli(
                                "EVALSHA",
                                ApplyScript.sha1(),
                                "3",
                                RECORD,
                                "{job:124}:log",
                                RESULT,
                                "apply",
                                "status",
                                "done")))
                .startsWith("RINGBACK the second and third key");
        for (String record : List.of("123", "job:", "job:job:1", "job:a b", "job:" + "x".repeat(129), "job:ä")) {
            Object reply = redis().cli(
                            "EVALSHA",
                            ApplyScript.sha1(),
                            "3",
                            record,
                            "{" + record + "}:log",
                            "{" + record + "}:result",
                            "apply",
                            "status",
                            "done");
            assertThat(error(reply)).startsWith("RINGBACK the first key must be job:<id>");
        }
        assertNothingWritten();
    }

    @Test
    void keysOfAnotherTypeAreLeftAlone() {
        redis().cli("SET", RECORD, "x");
        assertThat(refusal("apply", "status", "done")).startsWith(ApplyScript.DAMAGED_PREFIX);
        assertThat(redis().cli("GET", RECORD)).isEqualTo("x");

        redis().cli("DEL", RECORD);
        redis().cli("HSET", RECORD, "somebody", "else's");
        assertThat(refusal("apply", "status", "done")).startsWith(ApplyScript.DAMAGED_PREFIX);
        assertThat(redis().cli("HLEN", RECORD)).isEqualTo(1L);

        redis().cli("DEL", RECORD);
        redis().cli("SET", LOG, "x");
        assertThat(refusal("apply", "status", "done")).startsWith(ApplyScript.DAMAGED_PREFIX);
        assertThat(redis().cli("EXISTS", RECORD)).isEqualTo(0L);

        redis().cli("DEL", LOG);
        redis().cli("SADD", RESULT, "x");
        assertThat(refusal("apply", "status", "done", "result", "123", "inlineBytes", "0"))
                .startsWith(ApplyScript.DAMAGED_PREFIX);
        assertThat(redis().cli("EXISTS", RECORD)).isEqualTo(0L);
    }

    @ParameterizedTest
    @CsvSource({
        "version,1.5",
        "version,0",
        "version,-1",
        "version,9007199254740991",
        "version,x",
        "incarnation,a-b",
        "incarnation,''",
        "status,done",
        "status,''",
        "created,yesterday",
        "updated,''",
        "attempt,x",
        "maxAttempts,1001",
        "maxAttempts,x",
        "released,-1",
        "leaseId,a|b",
        "due,soon",
        "dead,2",
    })
    void damagedRecordIsNotBuiltUpon(String field, String value) {
        reply("apply", "progress", "1");
        redis().cli("HSET", RECORD, field, value);
        Object before = redis().cli("HMGET", RECORD, "doc", "version", "updated", field);

        assertThat(refusal("apply", "progress", "2")).startsWith(ApplyScript.DAMAGED_PREFIX);
        assertThat(redis().cli("HMGET", RECORD, "doc", "version", "updated", field))
                .isEqualTo(before);
    }

    @Test
    void whoMayNotPublishMayNotWrite() throws IOException {
        assumeTrue(redis().majorVersion() >= 7, "needs Redis 7: a script can't ask what its user may");
        redis().cli("ACL", "SETUSER", "mute", "on", "nopass", "~*", "+@all", "resetchannels");
        try (RedisSocket socket = redis().connect()) {
            socket.call("AUTH", "mute", "x");
            Object reply =
                    socket.call("EVALSHA", ApplyScript.sha1(), "3", RECORD, LOG, RESULT, "apply", "status", "done");
            assertThat(error(reply)).isEqualTo("RINGBACK this user may not publish to job:123");
        }
        assertNothingWritten();
    }

    @Test
    void withoutRoomNothingIsWritten() {
        redis().cli("CONFIG", "SET", "maxmemory", "1");
        try {
            assertThat(error(run("apply", "status", "done", "result", "12345", "inlineBytes", "0")))
                    .contains("OOM");
        } finally {
            redis().cli("CONFIG", "SET", "maxmemory", "0");
        }
        assertNothingWritten();
    }

    private static byte[][] bytes(String... texts) {
        return Arrays.stream(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }
}
