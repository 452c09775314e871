package dev.ringback.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.store.LeaseUse.Retry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the script does with leases for whoever runs it. */
abstract class ApplyScriptLeasesContractTest extends ScriptFixture {
    private static String work(List<?> reply) {
        return (String) reply.get(5);
    }

    private List<?> begin(String lease) {
        return reply("apply", "status", "processing", "lease", lease, "begins", "1");
    }

    private List<?> failing(String lease, Retry retry) {
        return reply(
                "apply",
                "status",
                "failed",
                "lease",
                lease,
                "retryBaseMillis",
                Long.toString(retry.baseMillis()),
                "retryMaxMillis",
                Long.toString(retry.maxMillis()),
                "jitterPerMillion",
                Integer.toString(retry.jitterPerMillion()));
    }

    private List<Object> record(String... fields) {
        List<String> command = new ArrayList<>(List.of("HMGET", RECORD));
        command.addAll(List.of(fields));
        return new ArrayList<>((List<?>) redis().cli(command.toArray(String[]::new)));
    }

    private long number(String field) {
        return Long.parseLong((String) record(field).get(0));
    }

    @Test
    void eachAnswerSaysHowTheWorkStands() {
        assertThat(work(reply("create", "type", "t|u", "maxAttempts", "3", "runAtMillis", "1800000000000")))
                .isEqualTo("queued|1|3|1800000000000|0||t|u");
        assertThat(work(begin("l-1"))).isEqualTo("processing|1|3|0|0|l-1|t|u");
        assertThat(work(reply("apply", "progress", "1"))).isEqualTo("processing|1|3|0|0|l-1|t|u");
        assertThat(work(reply("apply", "progress", "1", "lease", "other"))).isEqualTo("processing|1|3|0|0|l-1|t|u");
        assertThat(work(reply("apply", "status", "queued", "lease", "l-1")))
                .isEqualTo("queued|2|3|" + number("updated") + "|0||t|u");
        assertThat(work(begin("l-2"))).isEqualTo("processing|2|3|0|0|l-2|t|u");
        assertThat(work(reply("apply", "status", "failed", "lease", "l-2"))).isEqualTo("failed|2|3|0|1|l-2|t|u");
        assertThat(work(reply("create", "type", "t|u", "maxAttempts", "4"))).isEqualTo("failed|2|3|0|1|l-2|t|u");
    }

    @Test
    void outcomesAreNamed() {
        assertThat(reply("apply", "progress", "1", "lease", "a")).isEqualTo(List.of("unknown", "", "", "", "", ""));
        reply("create", "type", "t", "maxAttempts", "1");
        assertThat(reply("apply", "progress", "1", "lease", "a").get(0)).isEqualTo("stale");
        assertThat(begin("a").get(0)).isEqualTo("applied");
        assertThat(begin("a").get(0)).isEqualTo("duplicate");
        assertThat(begin("b").get(0)).isEqualTo("refused");
        assertThat(reply("apply", "status", "cancelled").get(0)).isEqualTo("applied");
        assertThat(reply("apply", "status", "done", "lease", "a").get(0)).isEqualTo("refused");
    }

    @Test
    void recordSaysWhatThereIsNotAsPlainlyAsWhatThereIs() {
        String[] fields = {"maxAttempts", "released", "leaseId", "due", "dead", "attempt"};
        reply("create", "type", "t", "maxAttempts", "2");
        assertThat(record(fields)).isEqualTo(List.of("2", "0", "", "0", "0", "1"));
        begin("a");
        assertThat(record(fields)).isEqualTo(List.of("2", "0", "a", "0", "0", "1"));
        reply("apply", "status", "queued", "lease", "a");
        assertThat(record(fields))
                .isEqualTo(List.of("2", "1", "", record("updated").get(0), "0", "2"));
        begin("b");
        reply("apply", "status", "failed", "lease", "b");
        assertThat(record(fields)).isEqualTo(List.of("2", "1", "b", "0", "1", "2"));
    }

    @Test
    void jobWithoutLeasesKeepsNothingOfThem() {
        reply("create", "type", "t", "maxAttempts", "0");
        reply("apply", "status", "processing");

        assertThat(record("maxAttempts", "released", "leaseId", "due", "dead", "runAt", "after"))
                .isEqualTo(Arrays.asList(null, null, null, null, null, null, null));
    }

    @Test
    void delaysAreTheSameToTheMillisecondAsOtherStoresMakeThem() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            redis().cli("DEL", RECORD);
            reply("create", "type", "t", "maxAttempts", "1000");
            Retry retry = new Retry(
                    random.nextLong(86_400_001) >> random.nextInt(27),
                    random.nextLong(86_400_001),
                    random.nextInt(1_000_001));
            int skipped = random.nextInt(60);
            for (int tried = 1; tried <= 4; tried++) {
                redis().cli("HSET", RECORD, "attempt", Integer.toString(tried + skipped));
                begin("a");
                failing("a", retry);
                assertThat(number("due") - number("updated"))
                        .as("seed %s, %s after %s", seed, retry, tried + skipped)
                        .isEqualTo(retry.delayMillis(tried + skipped));
            }
        }
    }

    @Test
    void greatestDelayIsExact() {
        reply("create", "type", "t", "maxAttempts", "1000");
        redis().cli("HSET", RECORD, "attempt", "900");
        begin("a");
        failing("a", new Retry(86_400_000, 86_400_000, 999_999));

        assertThat(number("due") - number("updated")).isEqualTo(86_399_913);
    }

    @Test
    void deadJobIsKeptForAWeekUnlessToldOtherwise() {
        reply("create", "type", "t", "maxAttempts", "1");
        begin("a");
        reply("apply", "status", "failed", "lease", "a", "tombstoneMillis", "0");
        assertThat(hoursLeft(RECORD)).isBetween(167.9, 168.0);

        redis().cli("DEL", RECORD);
        reply("create", "type", "t", "maxAttempts", "1");
        begin("a");
        reply(
                "apply",
                "status",
                "failed",
                "lease",
                "a",
                "tombstoneMillis",
                "0",
                "deadTtlMillis",
                "7200000",
                "result",
                "12345",
                "inlineBytes",
                "0");
        assertThat(hoursLeft(RECORD)).isBetween(1.9, 2.0);
        assertThat(hoursLeft(RESULT)).as("with its large result").isBetween(1.9, 2.0);
    }

    @Test
    void jobThatIsQueuedAgainLivesOn() {
        reply("create", "type", "t", "maxAttempts", "2");
        begin("a");
        redis().cli("PEXPIRE", RECORD, "60000");
        failing("a", new Retry(1, 1, 1));

        assertThat(hoursLeft(RECORD)).isBetween(48.1, 48.17);
        assertThat(record("expires", "completed")).containsOnlyNulls();
    }

    @Test
    void webhooksAreToldOfTheLastFailureOnly() {
        redis().cli("SET", "{ringback:webhooks}:wants", "p");
        reply("create", "type", "t", "maxAttempts", "2");
        begin("a");
        failing("a", new Retry(0, 0, 0));
        begin("b");
        assertThat(redis().cli("EXISTS", "{ringback:webhooks}:outbox")).isEqualTo(0L);
        failing("b", new Retry(0, 0, 0));

        assertThat(redis().cli("XLEN", "{ringback:webhooks}:outbox")).isEqualTo(1L);
    }

    @Test
    void refusalForWhichReplicasAreWaitedForIsAWriteThatChangesNothing() {
        reply("create", "type", "t", "maxAttempts", "2");
        Object before = record("doc", "version", "updated", "status", "leaseId");
        String written = writes();
        reply("apply", "status", "done", "lease", "a");
        assertThat(writes()).as("the script publishes").isEqualTo(written);
        reply("apply", "status", "done", "lease", "a", "publish", "0");

        assertThat(writes()).isNotEqualTo(written);
        assertThat(record("doc", "version", "updated", "status", "leaseId")).isEqualTo(before);
    }

    private String writes() {
        return String.valueOf(redis().cli("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_pexpire"))
                .map(line -> line.replaceAll(",.*", ""))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void submissionByHandIsAnotherWhereItsPlanIs() {
        reply("create", "type", "t", "maxAttempts", "2", "runAtMillis", "5", "after", "[\"a\"]");

        assertThat(reply("create", "type", "t", "maxAttempts", "2", "runAtMillis", "5", "after", "[\"a\"]")
                        .get(0))
                .isEqualTo("repeated");
        for (List<String> other : List.of(
                List.of("maxAttempts", "3", "runAtMillis", "5", "after", "[\"a\"]"),
                List.of("maxAttempts", "2", "runAtMillis", "6", "after", "[\"a\"]"),
                List.of("maxAttempts", "2", "runAtMillis", "5", "after", "[\"b\"]"),
                List.of("maxAttempts", "2", "runAtMillis", "5", "after", "[\"a\"]", "afterFailure", "cancel"),
                List.of("maxAttempts", "2", "runAtMillis", "5", "after", "[\"a\"]", "plannedAttempts", "2"))) {
            List<String> arguments = new ArrayList<>(List.of("create", "type", "t"));
            arguments.addAll(other);
            assertThat(reply(arguments.toArray(String[]::new)).get(0))
                    .as("%s", other)
                    .isEqualTo("conflict");
        }
        assertThat(record("runAt", "after", "due")).isEqualTo(List.of("5", "[\"a\"]", "5"));
    }
}
