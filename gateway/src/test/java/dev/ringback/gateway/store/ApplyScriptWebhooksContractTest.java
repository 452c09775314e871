package dev.ringback.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.testkit.RedisSocket;
import dev.ringback.protocol.ApplyScript;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the script tells webhooks of, whoever runs it. */
abstract class ApplyScriptWebhooksContractTest extends ScriptFixture {
    private static final String OUTBOX = "{ringback:webhooks}:outbox";
    private static final String WANTS = "{ringback:webhooks}:wants";
    private static final String DROPPED = "{ringback:webhooks}:dropped";
    private static final String ENDS = "{\"url\":\"https://a.example\"}";
    private static final String PROGRESS = "{\"url\":\"https://a.example\",\"events\":[\"completed\",\"progress\"]}";

    /** The fields of each event in the outbox. */
    private List<Map<String, String>> outbox() {
        List<?> entries = (List<?>) redis().cli("XRANGE", OUTBOX, "-", "+");
        return entries.stream()
                .map(entry -> fields((List<?>) ((List<?>) entry).get(1)))
                .toList();
    }

    private static Map<String, String> fields(List<?> namesAndValues) {
        Map<String, String> fields = new LinkedHashMap<>();
        IntStream.iterate(0, i -> i < namesAndValues.size(), i -> i + 2)
                .forEach(i -> fields.put((String) namesAndValues.get(i), (String) namesAndValues.get(i + 1)));
        return fields;
    }

    private List<String> told() {
        return outbox().stream()
                .map(event -> event.get("status") + " " + event.get("version"))
                .toList();
    }

    @Test
    void endOfAJobWithAWebhookIsToldWithAllThatIsNeeded() {
        reply("create", "type", "resize", "owner", "alice", "webhook", ENDS);
        assertThat(outbox()).as("nothing has happened yet").isEmpty();
        List<?> ended = reply("apply", "status", "completed", "result", "[1]");
        List<?> entries = (List<?>) redis().cli("XRANGE", OUTBOX, "-", "+");
        assertThat(ended.get(4)).isEqualTo(((List<?>) entries.get(0)).get(0));

        assertThat(outbox())
                .singleElement()
                .isEqualTo(Map.of(
                        "job", ID,
                        "incarnation", redis().cli("HGET", RECORD, "incarnation"),
                        "version", "2",
                        "status", "completed",
                        "progress", "0",
                        "owner", "alice",
                        "type", "resize",
                        "doc", document(ended),
                        "webhook", ENDS));
        reply("apply", "status", "completed");
        reply("apply", "status", "failed");
        assertThat(outbox()).as("an end comes once").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"completed", "failed", "cancelled"})
    void everyEndIsTold(String status) {
        reply("create", "webhook", ENDS);
        reply("apply", "status", status);

        assertThat(told()).containsExactly(status + " 2");
    }

    @Test
    void nobodyIsToldOfAJobWithoutAWebhookThatNobodyWants() {
        reply("create", "type", "t", "webhook", "null");
        reply("apply", "progress", "1");
        reply("apply", "status", "done");

        assertThat(redis().cli("KEYS", "{ringback:webhooks}*")).isEqualTo(List.of());
        assertThat(redis().cli("HMGET", RECORD, "hooks", "told", "webhook"))
                .isEqualTo(java.util.Arrays.asList(null, null, null));
    }

    @Test
    void jobThatNoCallerSubmittedIsToldOfWhereSomebodyWantsItsEnd() {
        redis().cli("SET", WANTS, "e");
        reply("apply", "progress", "1");
        reply("apply", "status", "done");

        assertThat(told()).containsExactly("completed 2");
        assertThat(outbox().get(0))
                .containsEntry("webhook", "")
                .containsEntry("owner", "")
                .containsEntry("type", "");
    }

    @Test
    void progressIsToldWhereSomebodyWantsItOnceInAWhile() {
        redis().cli("SET", WANTS, "p");
        reply("apply", "status", "processing");
        reply("apply", "progress", "1");
        reply("apply", "progress", "2");
        assertThat(told()).as("the first of it").containsExactly("processing 2");
        assertThat(outbox().get(0)).containsEntry("progress", "1");

        redis().cli("HSET", RECORD, "told", Long.toString(nowMillis() - 9_000));
        reply("apply", "progress", "3");
        reply("apply", "progress", "4", "progressIntervalMillis", "8000");
        reply("apply", "progress", "5", "progressIntervalMillis", "0");
        reply("apply", "status", "done", "progress", "6");

        assertThat(told()).containsExactly("processing 2", "processing 5", "processing 6", "completed 7");
    }

    @Test
    void clockThatWentBackDoesNotSilenceProgress() {
        reply("create", "webhook", PROGRESS);
        reply("apply", "progress", "1");
        redis().cli("HSET", RECORD, "told", Long.toString(nowMillis() + 3_600_000));
        reply("apply", "progress", "2");

        assertThat(told()).containsExactly("processing 2", "processing 3");
    }

    @Test
    void jobsOwnWebhookIsToldOfProgressOnlyWhereItsEventsNameIt() {
        reply(
                "create",
                "webhook",
                "{\"url\":\"progress\",\"events\":[\"completed\"],\"x\":{\"events\":[\"progress\"]}}");
        reply("apply", "progress", "1");
        assertThat(outbox()).isEmpty();

        redis().cli("DEL", RECORD);
        reply("create", "webhook", PROGRESS);
        reply("apply", "progress", "1");
        assertThat(told()).containsExactly("processing 2");
        assertThat(outbox().get(0)).containsEntry("webhook", PROGRESS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"events\":7}", "{\"events\":null}", "{\"events\":{\"progress\":true}}", "{\"events\":[[1]]}"})
    void webhookWithOtherEventsThanTheRightOnesIsStillToldOfTheEnd(String webhook) {
        reply("create", "webhook", webhook);
        reply("apply", "progress", "1");
        reply("apply", "status", "done");

        assertThat(told()).containsExactly("completed 3");
    }

    @Test
    void submissionThatAdoptsAJobWhichHasEndedIsToldOfTheEnd() {
        String ended = document(reply("apply", "status", "done", "result", "[1]"));
        assertThat(outbox()).isEmpty();
        String adopted = document(reply("create", "type", "late", "owner", "alice", "webhook", ENDS));

        assertThat(told()).containsExactly("completed 1");
        assertThat(outbox().get(0))
                .containsEntry("type", "late")
                .containsEntry("owner", "alice")
                .containsEntry("doc", adopted)
                .containsEntry("webhook", ENDS);
        assertThat(adopted).isEqualTo(ended.replace("\"status\"", "\"type\":\"late\",\"status\""));
        reply("create", "type", "late", "owner", "alice", "webhook", ENDS);
        assertThat(outbox()).as("a repeat").hasSize(1);
    }

    @Test
    void adoptionWithoutAWebhookOrOfAJobThatGoesOnIsNotTold() {
        redis().cli("SET", WANTS, "p");
        reply("apply", "status", "done");
        reply("create", "type", "t");
        assertThat(told()).as("the end only").containsExactly("completed 1");

        redis().cli("DEL", RECORD, OUTBOX);
        reply("apply", "status", "processing");
        reply("create", "webhook", ENDS);
        assertThat(outbox()).isEmpty();
        reply("apply", "status", "done");
        assertThat(told()).containsExactly("completed 3");
    }

    @Test
    void gatewayWithoutWebhooksTellsNothing() {
        redis().cli("SET", WANTS, "p");
        reply("create", "webhook", PROGRESS, "webhooks", "0");
        reply("apply", "progress", "1", "webhooks", "0");
        reply("apply", "status", "done", "webhooks", "0");

        assertThat(redis().cli("EXISTS", OUTBOX, DROPPED)).isEqualTo(0L);
    }

    @Test
    void fullOutboxTakesNothingMoreAndCountsWhatItDid() {
        for (String id : List.of("a", "b", "c")) {
            redis().cli(
                            "EVALSHA",
                            ApplyScript.sha1(),
                            "3",
                            "job:" + id,
                            "{job:" + id + "}:log",
                            "{job:" + id + "}:result",
                            "create",
                            "webhook",
                            ENDS);
            Object reply = redis().cli(
                            "EVALSHA",
                            ApplyScript.sha1(),
                            "3",
                            "job:" + id,
                            "{job:" + id + "}:log",
                            "{job:" + id + "}:result",
                            "apply",
                            "status",
                            "done",
                            "outboxEvents",
                            "2");
            assertThat(((List<?>) reply).get(0)).isEqualTo("applied");
        }

        assertThat(outbox()).extracting(event -> event.get("job")).containsExactly("a", "b");
        assertThat(redis().cli("GET", DROPPED)).isEqualTo("1");
    }

    @Test
    void keyOfAnotherKindKeepsNoJobFromEnding() {
        redis().cli("SET", OUTBOX, "x");
        reply("create", "webhook", ENDS);

        assertThat(reply("apply", "status", "done").get(0)).isEqualTo("applied");
        assertThat(redis().cli("GET", OUTBOX)).isEqualTo("x");
        assertThat(redis().cli("GET", DROPPED)).isEqualTo("1");
    }

    @Test
    void whoMayNotSeeTheKeysOfWebhooksMovesJobsAllTheSame() throws IOException {
        reply("create", "webhook", ENDS);
        redis().cli("ACL", "SETUSER", "old", "on", "nopass", "~job:*", "~{job:*", "&*", "+@all");
        try (RedisSocket socket = redis().connect()) {
            socket.call("AUTH", "old", "x");
            Object reply =
                    socket.call("EVALSHA", ApplyScript.sha1(), "3", RECORD, LOG, RESULT, "apply", "status", "done");
            assertThat(((List<?>) reply).get(0)).isEqualTo("applied");
        }
        assertThat(redis().cli("EXISTS", OUTBOX, DROPPED)).isEqualTo(0L);
    }

    @Test
    void withoutRoomInMemoryNobodyIsToldOfAChangeThatWasNotMade() {
        reply("create", "webhook", ENDS);
        redis().cli("CONFIG", "SET", "maxmemory", "1");
        try {
            assertThat(error(run("apply", "status", "done"))).contains("OOM");
        } finally {
            redis().cli("CONFIG", "SET", "maxmemory", "0");
        }
        assertThat(redis().cli("EXISTS", OUTBOX, DROPPED)).isEqualTo(0L);
    }

    @Test
    void moreThanOneStepIsToldInTheirOrder() {
        reply("create", "webhook", PROGRESS);
        reply("apply", "progress", "1", "progressIntervalMillis", "0");
        reply("apply", "progress", "2", "progressIntervalMillis", "0");
        reply("apply", "status", "failed", "error", "\"x\"");

        assertThat(told()).containsExactly("processing 2", "processing 3", "failed 4");
    }
}
