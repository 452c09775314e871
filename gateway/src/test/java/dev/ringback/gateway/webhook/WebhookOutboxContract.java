package dev.ringback.gateway.webhook;

import static dev.ringback.protocol.JobState.COMPLETED;
import static dev.ringback.protocol.JobState.PROCESSING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.webhook.WebhookStore.Waiting;
import dev.ringback.protocol.JobState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every job store puts into the outbox of the {@link WebhookStore} beside it, in the step that changes a job. A kind of stores
 * is tested by a subclass, as with {@link WebhookStoreContract}.
 */
abstract class WebhookOutboxContract extends WebhooksFixture {
    private static final String PROGRESS_HOOK =
            "{\"url\":\"https://a.example/\",\"events\":[\"completed\",\"progress\"]}";

    @ParameterizedTest
    @EnumSource(names = {"COMPLETED", "FAILED", "CANCELLED"})
    void endOfAJobWithAWebhookIsInTheOutboxOnceItIsAcknowledged(JobState state) {
        create("a", HOOK);
        assertThat(outbox()).isEmpty();
        StoreWrite ended = move("a", state);

        OutboxEvent event = onlyEvent();
        assertThat(event.job().present())
                .usingRecursiveComparison()
                .isEqualTo(ended.present().present());
        assertThat(event.job().owner()).isEqualTo("alice");
        assertThat(event.type()).isEqualTo("transcode");
        assertThat(event.webhook()).isEqualTo(bytes(HOOK));
    }

    @Test
    void jobThatNobodyWantsToHearOfIsNotInTheOutbox() {
        create("a", null);
        progress("a", 1);
        end("a");
        end("made-by-its-worker");

        assertThat(outbox()).isEmpty();
    }

    @Test
    void endThatIsRepeatedOrRefusedIsThereOnce() {
        create("a", HOOK);
        create("a", HOOK);
        end("a");
        end("a");
        move("a", JobState.FAILED);
        create("a", HOOK);

        assertThat(jobsInOutbox()).containsExactly("a");
    }

    @Test
    void changeThatIsNeitherEndNorProgressIsNotTold() {
        create("a", PROGRESS_HOOK);
        move("a", PROCESSING);

        assertThat(outbox()).isEmpty();
    }

    @Test
    void eventsWaitInTheirOrderUntilTheyBecomeDeliveries() {
        for (String id : List.of("a", "b", "c")) {
            create(id, HOOK);
            end(id);
        }
        assertThat(get(store().outbox(2))).hasSize(2);
        assertThat(jobsInOutbox()).containsExactly("a", "b", "c");

        Waiting first = outbox().get(0);
        get(store().add(first.name(), List.of(delivery("wd_1", "ep_1", 0))));

        assertThat(jobsInOutbox()).containsExactly("b", "c");
        awaitThat(() -> assertThat(store().waiting()).isEqualTo(2));
    }

    // ── endpoints ──────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void endpointMakesTheOutboxTakeEndsOfJobsWithoutAWebhookWhileItWantsThem() {
        get(store().putEndpoint(endpoint("ep_1", WebhookEvent.COMPLETED)));
        create("a", null);
        end("a");
        end("made-by-its-worker");
        assertThat(jobsInOutbox()).containsExactly("a", "made-by-its-worker");
        assertThat(outbox().get(0).event().webhook()).isNull();
        emptyOutbox();

        WebhookEndpoint disabled =
                endpoint("ep_1", WebhookEvent.COMPLETED).disabled("gone").revised();
        get(store().putEndpoint(disabled));
        end("disabled");
        get(store().putEndpoint(disabled.disabled(null).revised()));
        end("enabled");
        get(store().removeEndpoint("ep_1"));
        end("removed");

        assertThat(jobsInOutbox()).containsExactly("enabled");
    }

    @Test
    void endpointThatWantsEndsIsToldNoProgress() {
        get(store().putEndpoint(endpoint("ep_1", WebhookEvent.COMPLETED)));
        progress("a", 1);
        assertThat(outbox()).isEmpty();

        get(store().putEndpoint(endpoint("ep_2", WebhookEvent.PROGRESS)));
        progress("b", 1);
        assertThat(jobsInOutbox()).containsExactly("b");
        assertThat(onlyEvent().job().present().hasProgress()).isTrue();
    }

    @Test
    void jobOfNobodyHasNoOwnerInTheOutbox() {
        create("a", HOOK, null);
        end("a");

        assertThat(onlyEvent().job().owner()).isNull();
    }

    // ── progress ───────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void progressIsToldOnceInAnIntervalAndTheEndAlways() {
        open("webhook.progress-interval=2s");
        create("a", PROGRESS_HOOK);
        progress("a", 1);
        progress("a", 2);
        assertThat(onlyEvent().job().present().version()).isEqualTo(2);

        tested.pass(Duration.ofMillis(2_100));
        progress("a", 3);
        progress("a", 4);
        end("a");

        assertThat(outbox())
                .extracting(waiting -> waiting.event().job().present().version())
                .containsExactly(2L, 4L, 6L);
        assertThat(outbox())
                .allSatisfy(waiting -> assertThat(waiting.event().webhook()).isEqualTo(bytes(PROGRESS_HOOK)));
    }

    @Test
    void eachJobHasItsOwnInterval() {
        create("a", PROGRESS_HOOK);
        create("b", PROGRESS_HOOK);
        progress("a", 1);
        progress("b", 1);

        assertThat(jobsInOutbox()).containsExactly("a", "b");
    }

    @Test
    void allProgressIsToldWithoutAnInterval() {
        open("webhook.progress-interval=0s");
        create("a", PROGRESS_HOOK);
        progress("a", 1);
        progress("a", 2);

        assertThat(jobsInOutbox()).containsExactly("a", "a");
    }

    @Test
    void webhookThatDoesNotAskForProgressIsToldNone() {
        create("a", HOOK);
        progress("a", 1);
        create("b", "{\"url\":\"https://progress.example/\",\"events\":[\"completed\"]}");
        progress("b", 1);

        assertThat(outbox()).isEmpty();
    }

    // ── adoption ───────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void submissionThatAdoptsAJobThatHasEndedIsToldOfItsEnd() {
        StoreWrite ended = end("a");
        create("a", HOOK);

        OutboxEvent event = onlyEvent();
        assertThat(event.job().present().version())
                .isEqualTo(ended.present().present().version());
        assertThat(event.job().present().state()).isEqualTo(COMPLETED);
        assertThat(event.job().owner()).isEqualTo("alice");
        assertThat(event.type()).isEqualTo("transcode");
        assertThat(event.webhook()).isEqualTo(bytes(HOOK));
    }

    @Test
    void submissionWithoutAWebhookThatAdoptsAJobIsToldNothing() {
        end("a");
        create("a", null);

        assertThat(outbox()).isEmpty();
    }

    @Test
    void submissionThatAdoptsARunningJobIsToldOfItsEndOnly() {
        progress("a", 1);
        create("a", HOOK);
        assertThat(outbox()).isEmpty();

        end("a");
        assertThat(onlyEvent().webhook()).isEqualTo(bytes(HOOK));
    }

    @Test
    void adopterIsToldEvenWhereAnEndpointWasAndItsEventStillWaits() {
        get(store().putEndpoint(endpoint("ep_1", WebhookEvent.COMPLETED)));
        end("a");
        Waiting forEndpoint = outbox().get(0);
        create("a", HOOK);
        get(store().add(forEndpoint.name(), List.of()));

        assertThat(onlyEvent().webhook()).isEqualTo(bytes(HOOK));
    }

    // ── bounds and switches ────────────────────────────────────────────────────────────────────────────────────

    @Test
    void eventsBeyondTheBoundAreDroppedAndCountedAndTheirJobsEnd() {
        open("webhook.outbox=10");
        for (int i = 0; i < 13; i++) {
            create("job-" + i, HOOK);
            assertThat(end("job-" + i).outcome()).isEqualTo(StoreWrite.Outcome.APPLIED);
        }

        assertThat(outbox()).hasSize(10);
        awaitThat(() -> assertThat(store().dropped()).isEqualTo(3));
        emptyOutbox();
        create("later", HOOK);
        end("later");
        assertThat(jobsInOutbox()).containsExactly("later");
    }

    @Test
    void nothingIsToldWhereWebhooksAreOff() {
        open("webhook.enabled=false");
        get(store().putEndpoint(endpoint("ep_1", WebhookEvent.values())));
        create("a", HOOK);
        end("a");
        end("b");
        create("b", HOOK);

        assertThat(outbox()).isEmpty();
        assertThat(store().dropped()).isZero();
    }

    @Test
    void whoeverDeliversIsWoken() {
        AtomicInteger woken = new AtomicInteger();
        store().onWork(woken::incrementAndGet);
        create("a", HOOK);
        assertThat(woken).hasValue(0);
        end("a");
        awaitThat(() -> assertThat(woken.get()).isPositive());

        int before = woken.get();
        add(delivery("wd_1", "ep_1", 0));
        awaitThat(() -> assertThat(woken.get()).isGreaterThan(before));
    }

    @Test
    void eventsOfManyOwnersAndStatesAreNotMixedUp() {
        create("a", HOOK, "alice");
        create("b", HOOK, "bob");
        move("b", JobState.FAILED);
        end("a");

        assertThat(outbox())
                .extracting(waiting -> waiting.event().job().owner())
                .containsExactly("bob", "alice");
        assertThat(outbox()).extracting(Waiting::name).doesNotHaveDuplicates();
    }
}
