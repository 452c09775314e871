package dev.ringback.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.RedisSocket;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the script does for a worker in any language. */
abstract class ApplyScriptContractTest extends ScriptFixture {
    @Test
    void lineOfTheReadmeCompletesAJob() {
        List<?> reply = reply("apply", "status", "completed", "result", "{\"ok\":true}");

        assertThat(reply.get(0)).isEqualTo("applied");
        assertThat(reply.get(1).toString())
                .startsWith("{\"jobId\":\"123\",\"status\":\"completed\",\"version\":1,\"incarnation\":\"")
                .contains(",\"result\":{\"ok\":true},\"attempt\":1}");
        assertThat(reply.get(2)).isEqualTo("");
        assertThat(reply.get(3)).isEqualTo(redis().cli("HGET", RECORD, "created"));
        assertThat(reply.get(4)).as("no webhook is told").isEqualTo("");
        assertThat(reply.get(5)).as("it waits in no queue").isEqualTo("");
        assertThat(reply).hasSize(6);
        assertThat(redis().cli("HGET", RECORD, "doc")).isEqualTo(reply.get(1));
    }

    @Test
    void defaultsKeepAJobForADayAndItsResultForAnHour() {
        reply("apply", "progress", "{\"current\":1}");
        assertThat(hoursLeft(RECORD)).as("ten minutes more").isBetween(48.1, 48.17);
        reply("apply", "status", "done", "result", "\"" + "x".repeat(40_000) + "\"");

        assertThat(hoursLeft(RECORD)).isBetween(24.9, 25.0);
        assertThat(hoursLeft(LOG)).isBetween(24.9, 25.0);
        assertThat(hoursLeft(RESULT)).isBetween(0.9, 1.0);
    }

    @Test
    void nextTryNamesTheFirstAndIsAnotherSubmission() {
        List<?> created = reply("create", "type", "t", "originalJobId", "job:first");
        List<?> repeated = reply("create", "type", "t", "originalJobId", "job:first");

        assertThat(document(created)).contains(",\"attempt\":1,\"originalJobId\":\"first\"}");
        assertThat(repeated.get(0)).isEqualTo("repeated");
        assertThat(repeated.subList(1, 6)).isEqualTo(created.subList(1, 6));
        assertThat(reply("create", "type", "t").get(0)).isEqualTo("conflict");
        assertThat(reply("create", "type", "t", "originalJobId", "second").get(0))
                .isEqualTo("conflict");
        assertThat(document(reply("apply", "status", "failed"))).contains("\"originalJobId\":\"first\"");
    }

    @Test
    void unknownJobIsAnsweredWithNothing() {
        assertThat(run("apply", "status", "done", "create", "0")).isEqualTo(List.of("unknown", "", "", "", "", ""));
    }

    @Test
    void limitsReplaceTheDefaults() {
        reply(
                "apply",
                "status",
                "done",
                "result",
                "[1,2]",
                "inlineBytes",
                "4",
                "resultTtlMillis",
                "7200000",
                "tombstoneMillis",
                "0");

        assertThat(hoursLeft(RECORD)).isBetween(1.9, 2.0);
        assertThat(redis().cli("GET", RESULT)).isEqualTo("[1,2]");
        assertThat(redis().cli("HGET", RECORD, "doc").toString())
                .contains("\"resultUrl\":\"/jobs/123/result\"")
                .doesNotContain("[1,2]");
    }

    @Test
    void resultIsKeptInOnePlaceOnly() {
        reply("apply", "status", "done", "result", "\"needle\"");

        assertThat(redis().cli("HGETALL", RECORD).toString().split("needle")).hasSize(2);
        assertThat(redis().cli("EXISTS", RESULT)).isEqualTo(0L);
        assertThat(redis().cli("LRANGE", LOG, "0", "-1").toString()).doesNotContain("needle");
    }

    @Test
    void logKeepsTheLastEventsWithoutTheirResults() {
        for (int i = 1; i <= 20; i++) {
            reply("apply", "progress", "{\"current\":" + i + "}", "logEvents", "3");
        }
        String last = document(
                reply("apply", "status", "failed", "result", "[1]", "error", "{\"code\":\"x\"}", "logEvents", "3"));

        List<?> log = (List<?>) redis().cli("LRANGE", LOG, "0", "-1");
        assertThat(log).hasSize(3);
        assertThat(log.get(0).toString()).contains("\"current\":19");
        assertThat(log.get(2)).isEqualTo(last.replace(",\"result\":[1]", ""));
    }

    @Test
    void noLogIsKeptWhereNoneIsWanted() {
        reply("apply", "progress", "1", "logEvents", "0");

        assertThat(redis().cli("EXISTS", LOG)).isEqualTo(0L);
    }

    @Test
    void eachAcceptedChangeIsPublishedOnceAndNothingElseIs() throws IOException {
        try (RedisSocket subscriber = redis().connect()) {
            subscriber.call("SUBSCRIBE", RECORD);
            List<String> documents = new ArrayList<>();
            documents.add(document(reply("create", "type", "t")));
            reply("create", "type", "t");
            reply("apply", "status", "queued");
            documents.add(document(reply("apply", "progress", "1", "eventId", "e")));
            reply("apply", "progress", "1", "eventId", "e");
            refusal("apply", "status", "nonsense");
            documents.add(document(reply("apply", "status", "done")));
            reply("apply", "status", "done");
            redis().cli("PUBLISH", RECORD, "end");

            for (String document : documents) {
                assertThat(published(subscriber)).isEqualTo("{\"rb\":1," + document.substring(1));
            }
            assertThat(published(subscriber)).isEqualTo("end");
        }
    }

    private static Object published(RedisSocket subscriber) throws IOException {
        return ((List<?>) subscriber.read()).get(2);
    }

    @ParameterizedTest
    @CsvSource({
        "queued,queued", "pending,queued", "RUNNING,processing", "started,processing", "Active,processing",
        "processing,processing", "complete,completed", "done,completed", "success,completed", "succeeded,completed",
        "finished,completed", "completed,completed", "error,failed", "failure,failed", "failed,failed",
        "canceled,cancelled", "revoked,cancelled", "cancelled,cancelled",
    })
    void statusIsReadInAllItsSpellings(String spelling, String status) {
        assertThat(document(reply("apply", "status", spelling))).contains("\"status\":\"" + status + "\"");
    }

    @Test
    void simpleProgressAndErrorBecomeObjects() {
        assertThat(document(reply("apply", "progress", "0.5"))).contains("\"progress\":{\"current\":0.5}");
        assertThat(document(reply("apply", "status", "failed", "error", "\"no disk\"")))
                .contains("\"progress\":{\"current\":0.5}")
                .contains("\"error\":{\"message\":\"no disk\"}");
    }

    @Test
    void jsonNullIsAsGoodAsNothing() {
        String document =
                document(reply("apply", "status", "done", "result", " null ", "progress", "null", "error", "null"));

        assertThat(document).doesNotContain("null", "result", "progress", "error");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "0",
                "-0",
                "-0.0e-10",
                "1E+2",
                "12345678901234567",
                "1e400",
                "\"1e400\"",
                " [ 1,\r\n\t2 ] ",
                "\"\"",
                "\"äö€😀\"",
                "\"\\u00e4\\ud83d\\ude00\\/\\\"\\\\\"",
                "\"nan 01 1. {[,:\"",
                "{\"\":{\"\":[[]]}}",
                "\"\u007f\"",
            })
    void strictJsonIsSplicedAsItIs(String json) {
        assertThat(document(reply("apply", "status", "done", "result", json))).contains(",\"result\":" + json + ",");
    }

    @Test
    void plainProgressIsOneGatewaysForAWhileAndPlainEndsAreAnybodys() {
        assertThat(reply("apply", "progress", "1", "plain", "a").get(0)).isEqualTo("applied");
        assertThat(reply("apply", "progress", "1", "plain", "b").get(0)).isEqualTo("leased");
        assertThat(reply("apply", "progress", "2", "plain", "a").get(0)).isEqualTo("applied");
        assertThat(reply("apply", "progress", "3").get(0)).as("not plain").isEqualTo("applied");
        assertThat(reply("apply", "progress", "4", "plain", "b").get(0)).isEqualTo("leased");

        redis().cli("HSET", RECORD, "plainUntil", Long.toString(nowMillis() - 1));
        assertThat(reply("apply", "progress", "4", "plain", "b").get(0))
                .as("the lease is over")
                .isEqualTo("applied");
        assertThat(reply("apply", "progress", "5", "plain", "a").get(0)).isEqualTo("leased");
        assertThat(reply("apply", "status", "done", "plain", "a").get(0)).isEqualTo("applied");
        assertThat(reply("apply", "status", "done", "plain", "b").get(0)).isEqualTo("duplicate");
        assertThat(document(reply("apply", "status", "done"))).contains("\"version\":5,");
    }

    @Test
    void submissionByHandIsRepeatedByTheSameArguments() {
        assertThat(reply("create", "type", "t", "input", "[1]").get(0)).isEqualTo("created");
        assertThat(reply("create", "type", "t", "input", "[1]").get(0)).isEqualTo("repeated");
        assertThat(reply("create", "type", "t", "input", "[2]").get(0)).isEqualTo("conflict");
        assertThat(redis().cli("HMGET", RECORD, "input", "priority")).isEqualTo(List.of("[1]", "0"));
    }

    @Test
    void livesOfAJobHaveNamesOfTheirOwn() {
        Set<String> incarnations = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            reply("apply", "status", "processing");
            incarnations.add((String) redis().cli("HGET", RECORD, "incarnation"));
            redis().cli("DEL", RECORD);
        }

        assertThat(incarnations).hasSize(300).allMatch(name -> name.matches("[a-z0-9]{8,10}"));
    }

    @Test
    void newLifeBeginsWithoutTheOldOnesLogAndResult() {
        reply("apply", "status", "done", "result", "12345", "inlineBytes", "0");
        redis().cli("DEL", RECORD);
        reply("apply", "status", "processing");

        assertThat(redis().cli("LLEN", LOG)).isEqualTo(1L);
        assertThat(redis().cli("EXISTS", RESULT)).isEqualTo(0L);
    }

    @Test
    void timesAreWrittenAsTheyAre() {
        String source = source();
        String formatter =
                source.substring(0, source.indexOf("-- Arguments ---")) + "\nreturn time_text(tonumber(ARGV[1]))";
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Long> times = new ArrayList<>(
                List.of(0L, 951_782_400_000L, 951_868_799_999L, 4_107_542_400_000L, 253_402_300_799_999L));
        for (int i = 0; i < 500; i++) {
            times.add(random.nextLong(253_402_300_800_000L));
        }
        for (long time : times) {
            String expected =
                    "\"" + Instant.ofEpochMilli(time).plusNanos(1).toString().replaceAll("\\d{6}Z", "Z") + "\"";
            assertThat(redis().cli("EVAL", formatter, "0", Long.toString(time)))
                    .as("seed " + seed)
                    .isEqualTo(expected);
        }
    }

    @Test
    void timesAreRedissOwn() {
        long before = nowMillis();
        reply("apply", "status", "done");
        long after = nowMillis();

        assertThat(Long.parseLong((String) redis().cli("HGET", RECORD, "created")))
                .isBetween(before, after);
        assertThat(Long.parseLong((String) redis().cli("HGET", RECORD, "expires")))
                .isBetween(before + 3_600_000, after + 3_600_000);
    }
}
