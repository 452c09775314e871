package dev.ringback.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.testkit.Receiver.Behaviour;
import dev.ringback.worker.FaultyGateway.Call;
import dev.ringback.worker.WorkerExample.Language;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each worker of {@code docs/workers} does with a real gateway what {@code docs/workers.md} says. */
@Tag("conformance")
class WorkerExamplesIT {
    private static final int LONG_GRACE = 30;
    private static final int SHORT_LEASE = 2;
    private static final int LONG_LEASE = 30;

    private static GatewayProcess gateway;
    private static QueueCaller caller;

    @BeforeAll
    static void startGateway() {
        gateway = GatewayProcess.start("store.kind=memory", "queues.retry-delay=100ms");
        caller = new QueueCaller(() -> gateway.http("").toString());
    }

    @AfterAll
    static void stopGateway() {
        gateway.close();
    }

    private static WorkerExample withModes(Language language, String type, int graceSeconds) {
        return withModes(language, type, graceSeconds, LONG_LEASE);
    }

    private static WorkerExample withModes(Language language, String type, int graceSeconds, int leaseSeconds) {
        return start(language.withModes(), type, graceSeconds, leaseSeconds);
    }

    private static WorkerExample start(List<String> command, String type, int graceSeconds, int leaseSeconds) {
        return WorkerExample.start(command, gateway.http("").toString(), type, graceSeconds, leaseSeconds);
    }

    private static String mode(String mode) {
        return "{\"mode\":\"" + mode + "\"}";
    }

    @ParameterizedTest
    @EnumSource
    void asWrittenItDrainsItsQueueWithProgressAndFailsForGoodWhatItCannotDo(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        String type = "written-" + language.signature();
        List<String> good = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            good.add(caller.submit(type, "{\"pages\":3}"));
        }
        String bad = caller.submit(type, "{\"sheets\":null}");
        try (WorkerExample worker = start(language.asWritten(), type, LONG_GRACE, LONG_LEASE)) {
            for (String id : good) {
                JsonNode job = caller.awaitStatus(id, "completed");
                assertThat(job.path("result").toString()).as(worker.printed()).isEqualTo("{\"pages\":3}");
                assertThat(job.at("/progress/total").asInt())
                        .as(worker.printed())
                        .isEqualTo(3);
                assertThat(job.path("attempt").asInt()).isEqualTo(1);
            }
            JsonNode failed = caller.awaitStatus(bad, "failed");
            assertThat(failed.at("/error/message").asText()).isEqualTo("no pages in the input");
            assertThat(failed.at("/error/retryable").asBoolean()).isFalse();
            assertThat(failed.path("attempt").asInt()).isEqualTo(1);
            assertThat(caller.dead(type))
                    .extracting(letter -> letter.at("/job/jobId").asText())
                    .containsExactly(bad);
            worker.terminate();
            worker.awaitExit();
        }
    }

    @ParameterizedTest
    @EnumSource
    void failureIsTriedAgainUnlessItIsPermanentOrTheAttemptsAreUsedUp(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        String type = "failing-" + language.signature();
        String flaky = caller.submit(type, mode("flaky"));
        String permanent = caller.submit(type, mode("permanent"));
        String poison = caller.submit(type, mode("poison"));
        try (WorkerExample worker = withModes(language, type, LONG_GRACE)) {
            JsonNode completed = caller.awaitStatus(flaky, "completed");
            assertThat(completed.path("attempt").asInt()).as(worker.printed()).isEqualTo(2);
            JsonNode never = caller.awaitStatus(permanent, "failed");
            assertThat(never.path("attempt").asInt()).as(worker.printed()).isEqualTo(1);
            assertThat(never.at("/error/message").asText()).isEqualTo("never");
            JsonNode used = caller.awaitStatus(poison, "failed");
            assertThat(used.path("attempt").asInt()).as(worker.printed()).isEqualTo(3);
            assertThat(used.at("/error/message").asText()).contains("not \"now\"");
            assertThat(caller.dead(type))
                    .extracting(letter -> letter.at("/job/jobId").asText())
                    .containsExactlyInAnyOrder(permanent, poison);
        }
    }

    @ParameterizedTest
    @EnumSource
    void workOnCancelledJobStopsAndTheNextBegins(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        String type = "cancelled-" + language.signature();
        String slow = caller.submit(type, mode("slow"));
        try (WorkerExample worker = withModes(language, type, LONG_GRACE)) {
            caller.awaitJob(slow, job -> job.at("/progress/current").asInt() >= 2);
            caller.take("DELETE", "/jobs/" + slow, "");
            String next = caller.submit(type, mode("ok"));
            JsonNode completed = caller.awaitStatus(next, "completed");
            assertThat(completed.at("/result/by").asText()).as(worker.printed()).isEqualTo(language.signature());
            assertThat(caller.job(slow).path("status").asText()).isEqualTo("cancelled");
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterSigtermWorkFinishesInItsGrace(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        String type = "finished-" + language.signature();
        String job = caller.submit(type, "{\"mode\":\"steady\",\"millis\":2500}");
        try (WorkerExample worker = withModes(language, type, LONG_GRACE)) {
            // Before it has said something it may not have heard yet that the job is its.
            caller.awaitJob(job, begun -> begun.at("/progress/message").asText().equals("begun"));
            worker.terminate();
            // It is at work for two seconds more.
            String later = caller.submit(type, mode("ok"));
            worker.awaitExit();
            JsonNode completed = caller.job(job);
            assertThat(completed.path("status").asText()).as(worker.printed()).isEqualTo("completed");
            assertThat(completed.path("attempt").asInt()).isEqualTo(1);
            assertThat(caller.job(later).path("status").asText()).isEqualTo("queued");
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterItsGraceWorkIsGivenBackAtOnce(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        String type = "returned-" + language.signature();
        String job = caller.submit(type, mode("slow"));
        try (WorkerExample worker = withModes(language, type, 1)) {
            caller.awaitJob(job, now -> now.has("progress"));
            worker.terminate();
            worker.awaitExit();
            JsonNode returned = caller.job(job);
            assertThat(returned.path("status").asText()).as(worker.printed()).isEqualTo("queued");
            assertThat(returned.path("attempt").asInt()).isEqualTo(2);
            assertThat(caller.take("GET", "/queues/" + type, "")
                            .at("/counts/released")
                            .asInt())
                    .isEqualTo(1);
            assertThat(caller.ask("POST", "/queues/" + type + "/lease", "").status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource
    void idleWorkerEndsAtOnceOnSigterm(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        String type = "idle-" + language.signature();
        String job = caller.submit(type, mode("ok"));
        try (WorkerExample worker = withModes(language, type, LONG_GRACE)) {
            caller.awaitStatus(job, "completed");
            long before = System.nanoTime();
            worker.terminate();
            worker.awaitExit();
            // It would have waited for work for 30 s.
            assertThat(System.nanoTime() - before).isLessThan(20_000_000_000L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void workOfKilledWorkerIsDoneByAnotherWhenTheLeaseIsOver(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        String type = "killed-" + language.signature();
        String job = caller.submit(type, mode("slow"));
        try (WorkerExample worker = withModes(language, type, LONG_GRACE, SHORT_LEASE)) {
            caller.awaitJob(job, now -> now.at("/progress/current").asInt() >= 2);
            worker.kill();
            worker.awaitExit();
        }
        try (WorkerExample other = withModes(language, type, LONG_GRACE)) {
            JsonNode completed = caller.awaitStatus(job, "completed");
            assertThat(completed.path("attempt").asInt()).as(other.printed()).isEqualTo(2);
            assertThat(caller.take("GET", "/queues/" + type, "")
                            .at("/counts/lost")
                            .asInt())
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void leaseThatIsKeptOutlastsItsTime(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        String type = "kept-" + language.signature();
        String job = caller.submit(type, "{\"mode\":\"ok\",\"millis\":12000}");
        try (WorkerExample worker = withModes(language, type, LONG_GRACE, 5);
                WorkerExample rival = withModes(language, type, LONG_GRACE, 5)) {
            JsonNode ended = caller.awaitJob(job, now -> now.has("completedAt"));
            assertThat(ended.path("attempt").asInt())
                    .as("%s%s", worker.printed(), rival.printed())
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void jobsThatAreDoneAtOnceAreAllDone(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        String type = "quick-" + language.signature();
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            jobs.add(caller.submit(type, mode("ok")));
        }
        try (WorkerExample worker = withModes(language, type, LONG_GRACE)) {
            for (String job : jobs) {
                JsonNode completed = caller.awaitStatus(job, "completed");
                assertThat(completed.path("attempt").asInt())
                        .as(worker.printed())
                        .isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void jobWhoseResultIsTooLargeFailsForGood(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        String type = "large-" + language.signature();
        String large = caller.submit(type, mode("large"));
        String next = caller.submit(type, mode("ok"));
        try (WorkerExample worker = withModes(language, type, LONG_GRACE)) {
            JsonNode failed = caller.awaitStatus(large, "failed");
            assertThat(failed.path("attempt").asInt()).as(worker.printed()).isEqualTo(1);
            assertThat(failed.at("/error/message").asText()).contains("the result was");
            assertThat(failed.at("/error/retryable").asBoolean(true)).isFalse();
            caller.awaitStatus(next, "completed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void jobWhoseResultJsonCannotSayFailsAndTheNextBegins(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        String type = "nonsense-" + language.signature();
        String nonsense = caller.submit(type, mode("nonsense"));
        String next = caller.submit(type, mode("ok"));
        try (WorkerExample worker = withModes(language, type, LONG_GRACE)) {
            JsonNode failed = caller.awaitStatus(nonsense, "failed");
            assertThat(failed.at("/error/code").asText()).as(worker.printed()).isNotEqualTo("lease-expired");
            caller.awaitStatus(next, "completed");
            assertThat(caller.take("GET", "/queues/" + type, "")
                            .at("/counts/lost")
                            .asInt())
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void workerThatIsToldAtOnceThatThereIsNoWorkAsksLessAndLess(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        Behaviour nothing = Receiver.status(204);
        try (FaultyGateway faulty = new FaultyGateway(30, mode("ok"))
                        .onLease(nothing, nothing, nothing, nothing, Receiver.never());
                WorkerExample worker = faulty.start(language)) {
            List<Call> calls = faulty.awaitCalls(5, Call::isForWork, worker);
            // Between 200 and 400 ms, 400 and 800 ms, 800 and 1,600 ms; the first call may be slow, and is taken for
            // one that waited.
            assertThat(calls.get(4).since(calls.get(1))).isGreaterThan(Duration.ofSeconds(1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void noAnswerThatBreaksOffOrMakesNoSenseEndsAWorkerOrItsHeartbeatsOrIsTakenForTold(Language language)
            throws Exception {
        assumeTrue(language.isThere(), language::absent);
        String begun = "{\"leaseId\":\"lease-0\",\"leas";
        try (FaultyGateway faulty = new FaultyGateway(3, "{\"mode\":\"ok\",\"millis\":4000}")
                        .onLease(
                                FaultyGateway.brokenOff(503, "{\"type\""),
                                FaultyGateway.brokenOff(200, begun),
                                Receiver.answer(200, "<html>Back soon</html>"))
                        .onHeartbeat(FaultyGateway.brokenOff(503, "{\"type\""), FaultyGateway.brokenOff(200, "{\"ver"))
                        .onEnd(FaultyGateway.brokenOff(500, ""), Receiver.answer(408, "{}"), Receiver.hangUp());
                WorkerExample worker = faulty.start(language)) {
            faulty.awaitCalls(3, Call::isHeartbeat, worker);
            assertThat(faulty.awaitCalls(4, Call::isEnd, worker))
                    .allMatch(end ->
                            end.body().contains("completed") && end.body().contains("lease-1"));
            faulty.awaitCalls(5, Call::isForWork, worker);
        }
    }

    @ParameterizedTest
    @EnumSource
    void heartbeatThatIsNotHeardIsSentAgainSoon(Language language) throws Exception {
        assumeTrue(language.isThere(), language::absent);
        try (FaultyGateway faulty = new FaultyGateway(15, "{\"mode\":\"ok\",\"millis\":60000}")
                        .onHeartbeat(Receiver.answer(503, "{}"), Receiver.headOnly(200));
                WorkerExample worker = faulty.start(language)) {
            List<Call> beats = faulty.awaitCalls(3, Call::isHeartbeat, worker);
            // A second after the one that failed; the one that hangs is given up after a quarter of the lease.
            assertThat(beats.get(1).since(beats.get(0))).isLessThan(Duration.ofSeconds(4));
            assertThat(beats.get(2).since(beats.get(1))).isLessThan(Duration.ofSeconds(9));
        }
    }

    /** All at once, for it takes 40 s. */
    @Test
    void requestForWorkWhoseAnswerHangsIsGivenUp() throws Exception {
        List<FaultyGateway> gateways = new ArrayList<>();
        List<WorkerExample> workers = new ArrayList<>();
        try {
            for (Language language : Language.values()) {
                assumeTrue(language.isThere(), language::absent);
                FaultyGateway faulty = new FaultyGateway(30, mode("ok")).onLease(Receiver.headOnly(200));
                gateways.add(faulty);
                workers.add(faulty.start(language));
            }
            for (int i = 0; i < workers.size(); i++) {
                gateways.get(i).awaitCalls(1, Call::isEnd, workers.get(i));
            }
        } finally {
            for (WorkerExample worker : workers) {
                worker.close();
            }
            gateways.forEach(FaultyGateway::close);
        }
    }

    @Test
    void sigtermBetweenTheLeaseAndTheWorkLetsItFinish() throws Exception {
        assumeTrue(Language.PYTHON.isThere(), Language.PYTHON::absent);
        String job = caller.submit("early", mode("early"));
        try (WorkerExample worker = withModes(Language.PYTHON, "early", LONG_GRACE)) {
            worker.awaitExit();
            assertThat(caller.job(job).path("status").asText())
                    .as(worker.printed())
                    .isEqualTo("completed");
        }
    }
}
