package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.gateway.webhook.Delivery.Status;
import dev.ringback.gateway.webhook.WebhookStore.Waiting;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Empty stores for each test, and words to speak about them. */
abstract class WebhooksFixture {
    static final JobStore.Origin WORKER = new JobStore.Origin(null, true, null);
    static final String HOOK = "{\"url\":\"https://a.example/hook\"}";

    WebhooksUnderTest tested;

    /** A gateway on stores that hold nothing, with these settings, as {@code GatewayConfig.of} takes them. */
    abstract WebhooksUnderTest newStores(String... settings);

    @BeforeEach
    void openStores() {
        tested = newStores();
    }

    @AfterEach
    void closeStores() {
        tested.close();
    }

    /** Others in place of those with the defaults, as empty. */
    void open(String... settings) {
        tested.close();
        tested = newStores(settings);
    }

    WebhookStore store() {
        return tested.webhooks();
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** For figures that follow behind, and for what goes by itself. */
    static void awaitThat(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(assertion);
    }

    // ── jobs ───────────────────────────────────────────────────────────────────────────────────────────────────

    /** Submits a job with this webhook, or without. */
    StoreWrite create(String id, @Nullable String webhook) {
        return create(id, webhook, "alice");
    }

    StoreWrite create(String id, @Nullable String webhook, @Nullable String owner) {
        byte[] hook = webhook == null ? null : bytes(webhook);
        NewJob job = new NewJob("transcode", bytes("{}"), 0, hook, null, null, null, NewJob.Plan.NONE);
        return get(tested.jobs().create(JobId.of(id), job, new JobStore.Submission(owner, "f")));
    }

    StoreWrite end(String id) {
        return move(id, JobState.COMPLETED);
    }

    StoreWrite move(String id, JobState state) {
        return apply(id, JobChange.to(state));
    }

    StoreWrite progress(String id, int current) {
        byte[] progress = bytes("{\"current\":" + current + "}");
        return apply(id, new JobChange(JobState.PROCESSING, progress, null, null, null, null, null));
    }

    StoreWrite apply(String id, JobChange change) {
        return get(tested.jobs().apply(JobId.of(id), change, WORKER));
    }

    /** What waits in the outbox, the oldest first. */
    List<Waiting> outbox() {
        return get(store().outbox(1_000));
    }

    /** The jobs of what waits, in its order. */
    List<String> jobsInOutbox() {
        return outbox().stream()
                .map(Waiting::event)
                .map(event -> event.job().present().jobId().toString())
                .toList();
    }

    OutboxEvent onlyEvent() {
        List<Waiting> waiting = outbox();
        if (waiting.size() != 1) {
            throw new AssertionError("not one event but " + waiting);
        }
        return waiting.get(0).event();
    }

    /** Turns all that waits into nothing. */
    void emptyOutbox() {
        outbox().forEach(waiting -> get(store().add(waiting.name(), List.of())));
    }

    // ── endpoints and deliveries ───────────────────────────────────────────────────────────────────────────────

    static WebhookEndpoint endpoint(String id, WebhookEvent... events) {
        return new WebhookEndpoint(
                id,
                "alice",
                "https://b.example/" + id,
                "for " + id,
                Set.of(events),
                List.of("transcode", "resize"),
                List.of(new WebhookEndpoint.Signer(secret(1), 0), new WebhookEndpoint.Signer(secret(2), 9)),
                1_700_000_000_000L,
                1,
                null);
    }

    static SigningSecret secret(int first) {
        byte[] key = new byte[SigningSecret.MIN_BYTES];
        Arrays.fill(key, (byte) first);
        return new SigningSecret(key);
    }

    /** One to this endpoint, made and due so many milliseconds from now. */
    Delivery delivery(String id, String endpoint, long millis) {
        return delivery(id, endpoint, "alice", tested.nowMillis() + millis);
    }

    static Delivery delivery(String id, String endpoint, @Nullable String owner, long createdMillis) {
        return Delivery.due(
                id,
                new Delivery.Sent(
                        "job-" + id + "/life-1",
                        endpoint,
                        endpoint,
                        owner,
                        "https://b.example/" + endpoint,
                        secret(3),
                        WebhookEvent.COMPLETED,
                        "job-" + id,
                        createdMillis,
                        bytes("{\"é\":\"" + id + "\"}")));
    }

    void add(Delivery... deliveries) {
        get(store().add(null, List.of(deliveries)));
    }

    List<String> due(String destination) {
        return ids(get(store().due(destination, 100, Set.of())).deliveries());
    }

    List<String> claim() {
        return get(store().claim(100));
    }

    static List<String> ids(List<Delivery> deliveries) {
        return deliveries.stream().map(Delivery::id).toList();
    }

    /** The delivery after an attempt that came to this. */
    Delivery after(Delivery delivery, Status status, long dueMillis) {
        String failure = status == Status.DELIVERED ? null : "status";
        var attempt = new Delivery.Attempt(tested.nowMillis(), 12, failure == null ? 204 : 500, failure, null);
        return delivery.after(attempt, status, dueMillis);
    }

    void settle(Delivery... settled) {
        get(store().settle(List.of(settled)));
    }
}
