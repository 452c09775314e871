package dev.ringback.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link JobStore} does, whatever it is made of: events, bytes, threads. */
abstract class JobStoreEventsContractTest extends JobStoreFixture {
    @Test
    void everyAcceptedChangeIsRelayedOnceAndAsItIsRead() {
        tested.follow(id);
        List<StoreWrite> accepted = new ArrayList<>();
        accepted.add(create(job("transcode"), ALICE));
        create(job("transcode"), ALICE);
        create(job("transcode"), new JobStore.Submission("alice", "other"));
        apply(JobChange.to(JobState.QUEUED));
        accepted.add(apply(JobChange.to(JobState.PROCESSING)));
        accepted.add(apply(progress("{\"current\":1}", "e1")));
        apply(progress("{\"current\":1}", "e1"));
        apply(JobChange.to(JobState.CANCELLED), new JobStore.Origin("bob", true, null));
        accepted.add(apply(completed("{\"ok\":true}")));
        apply(completed("{\"ok\":true}"));
        apply(JobChange.to(JobState.FAILED));

        awaitRelayed(accepted.size());
        assertThat(documentsOf(tested.relayed(id)))
                .isEqualTo(accepted.stream()
                        .map(write -> document(write.present()))
                        .toList());
        assertThatJobIs(accepted.get(accepted.size() - 1).present());
        assertThat(tested.relayed(id).get(2).hasProgress()).isTrue();
    }

    @Test
    void simultaneousChangesGetVersionsOfTheirOwnAndAreRelayedInTheirOrder() {
        tested.follow(id);
        int changes = 200;
        List<CompletionStage<StoreWrite>> stages = IntStream.range(0, changes)
                .parallel()
                .mapToObj(i -> tested.store()
                        .apply(id, progress("{\"current\":" + i + "}"), new JobStore.Origin(null, true, null)))
                .toList();
        List<Long> versions =
                stages.stream().map(stage -> versionOf(get(stage))).toList();

        List<Long> expected = LongStream.rangeClosed(1, changes).boxed().toList();
        assertThat(versions).containsExactlyInAnyOrderElementsOf(expected);
        awaitRelayed(changes);
        assertThat(tested.relayed(id)).extracting(JobEvent::version).isEqualTo(expected);
    }

    @Test
    void ofSimultaneousEndsOneIsAccepted() {
        List<JobState> ends = List.of(JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED);
        List<CompletionStage<StoreWrite>> stages = IntStream.range(0, 60)
                .parallel()
                .mapToObj(i ->
                        tested.store().apply(id, JobChange.to(ends.get(i % 3)), new JobStore.Origin(null, true, null)))
                .toList();
        List<StoreWrite> writes = stages.stream().map(JobStoreFixture::get).toList();

        assertThat(writes).extracting(StoreWrite::outcome).containsOnlyOnce(Outcome.APPLIED);
        assertThat(writes)
                .extracting(StoreWrite::outcome)
                .filteredOn(Outcome.DUPLICATE::equals)
                .hasSize(19);
        assertThat(writes)
                .extracting(StoreWrite::outcome)
                .filteredOn(Outcome.REFUSED::equals)
                .hasSize(40);
    }

    @Test
    void progressAndErrorStayAsTheyWereSaidLast() {
        apply(progress("{\"current\":1}"));
        StoreWrite silent = apply(JobChange.to(JobState.PROCESSING));
        StoreWrite failed = apply(new JobChange(
                JobState.FAILED, null, null, null, bytes("{\"code\":\"disk\",\"retryable\":true}"), null, null));

        assertThat(member(silent, "progress")).isEqualTo("{\"current\":1}");
        assertThat(member(failed, "progress")).isEqualTo("{\"current\":1}");
        assertThat(member(failed, "error")).isEqualTo("{\"code\":\"disk\",\"retryable\":true}");
        assertThatJobIs(failed.present());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "12345678901234567",
                "-0.10e+05",
                "\"1e400\"",
                "1e400",
                "true",
                "\"\"",
                "\"äöü € 😀 \\u00e4 \\ud83d\\ude00 \\ud800\"",
                "[ 1 ,\r\n 2,\t{ \"a\" : [] } ]",
                "{\"a\":1,\"a\":2}",
                "\"quote \\\" backslash \\\\ slash \\/ null \\u0000 %s %d\"",
            })
    void callersJsonStaysTheVeryBytes(String json) {
        tested.follow(id);
        String object = "{\"v\":" + json + "}";
        JobChange change = new JobChange(
                JobState.FAILED, bytes(object), bytes(json), null, bytes("{\"message\":" + json + "}"), null, null);
        StoreWrite written = apply(change);

        assertThat(member(written, "result")).isEqualTo(json);
        assertThat(member(written, "progress")).isEqualTo(object);
        assertThat(member(written, "error")).isEqualTo("{\"message\":" + json + "}");
        assertThatJobIs(written.present());
        awaitRelayed(1);
        assertThat(documentsOf(tested.relayed(id))).containsExactly(document(written.present()));
    }

    @Test
    void textsAreEscapedInTheDocument() {
        JobChange change = new JobChange(JobState.PROCESSING, null, null, null, null, "a\"b\\c/ü😀", null);
        StoreWrite made = apply(change, new JobStore.Origin("o\"\\w", true, null));

        assertThat(member(made, "type")).isEqualTo("\"a\\\"b\\\\c/ü😀\"");
        assertThat(made.present().owner()).isEqualTo("o\"\\w");
    }

    @Test
    void membersStandInOneOrder() {
        create(job("transcode"), ALICE);
        apply(progress("{\"current\":1}"));
        JobChange end = new JobChange(JobState.FAILED, null, bytes("1"), "/x", bytes("{}"), null, null);
        StoreWrite ended = apply(end);

        Map<String, String> members = membersOf(ended.present().present().json());
        assertThat(members.keySet())
                .containsExactly(
                        "jobId",
                        "type",
                        "status",
                        "version",
                        "incarnation",
                        "progress",
                        "createdAt",
                        "updatedAt",
                        "startedAt",
                        "completedAt",
                        "expiresAt",
                        "result",
                        "resultUrl",
                        "error",
                        "attempt",
                        "correlationId");
        assertThat(members.get("createdAt")).matches("\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\"");
    }

    @Test
    void stagesCompleteOnTheJobsLoop() {
        List<CompletableFuture<Boolean>> onLoop = new ArrayList<>();
        onLoop.add(onLoop(tested.store().read(id)));
        onLoop.add(onLoop(tested.store().create(id, job("transcode"), ALICE)));
        onLoop.add(onLoop(
                tested.store().apply(id, JobChange.to(JobState.PROCESSING), new JobStore.Origin(null, true, null))));
        onLoop.add(onLoop(tested.store().result(id)));
        onLoop.add(onLoop(tested.store().work(id)));

        onLoop.forEach(seen -> assertThat(get(seen)).isTrue());
    }

    /** Asks from the loop itself, so that the stage can't be complete before someone listens. */
    private CompletableFuture<Boolean> onLoop(CompletionStage<?> stage) {
        CompletableFuture<Boolean> seen = new CompletableFuture<>();
        tested.loopOf(id)
                .execute(() -> stage.whenComplete(
                        (done, failure) -> seen.complete(tested.loopOf(id).inLoop())));
        return seen;
    }

    @Test
    void closedStoreRefusesEveryCall() {
        tested.store().close();

        assertThatThrownBy(() -> read())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
    }
}
