package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an event becomes, and for whom. */
class DeliveryMakerTest {
    private static final long NOW = 1_700_000_000_123L;
    private static final String HOOK = "{\"url\":\"https://a.example/hook\"}";

    /** A completed job. */
    static OutboxEvent event(String jobId, @Nullable String owner, @Nullable String type, @Nullable String webhook) {
        return event(jobId, JobState.COMPLETED, owner, type, webhook);
    }

    private static OutboxEvent event(
            String jobId, JobState state, @Nullable String owner, @Nullable String type, @Nullable String webhook) {
        byte[] json = ("{\"jobId\":\"" + jobId + "\",\"n\":12345678901234567890,\"list\":[]}").getBytes(UTF_8);
        JobEvent job = new JobEvent(JobId.of(jobId), "life", 3, state, false, json);
        return new OutboxEvent(new JobSnapshot(job, owner), type, webhook == null ? null : webhook.getBytes(UTF_8));
    }

    private static WebhookEndpoint endpoint(String id, @Nullable String owner, List<String> types) {
        return new WebhookEndpoint(
                id,
                owner,
                "https://b.example/" + id,
                null,
                WebhookEvent.ENDS,
                types,
                List.of(new WebhookEndpoint.Signer(WebhooksFixture.secret(1), 0)),
                NOW,
                1,
                null);
    }

    private static List<Delivery> made(OutboxEvent event, WebhookEndpoint... endpoints) {
        return DeliveryMaker.of(event, List.of(endpoints), NOW);
    }

    private static List<String> told(OutboxEvent event, WebhookEndpoint... endpoints) {
        return made(event, endpoints).stream()
                .map(delivery -> String.valueOf(delivery.sent().endpoint()))
                .toList();
    }

    @Test
    void deliverySaysWhatHappenedAndSplicesTheJobAsItIs() {
        Delivery.Sent sent =
                made(event("job-1", "alice", "report", HOOK)).get(0).sent();

        assertThat(new String(sent.body(), UTF_8))
                .isEqualTo("{\"type\":\"job.completed\",\"timestamp\":\"2023-11-14T22:13:20.123Z\","
                        + "\"data\":{\"jobId\":\"job-1\",\"n\":12345678901234567890,\"list\":[]}}");
        assertThat(sent.webhookId()).isEqualTo("job-1/life-3");
        assertThat(sent.url()).isEqualTo("https://a.example/hook");
        assertThat(sent.destination()).isEqualTo("https://a.example:443 alice");
        assertThat(sent.endpoint()).isNull();
        assertThat(sent.owner()).isEqualTo("alice");
        assertThat(sent.jobId()).isEqualTo("job-1");
    }

    @Test
    void sameEventMadeTwiceIsTheSameDeliveryAndAnotherPlaceIsAnother() {
        WebhookEndpoint one = endpoint("ep_1", "alice", List.of());
        WebhookEndpoint two = endpoint("ep_2", "alice", List.of());
        OutboxEvent event = event("job-1", "alice", "report", HOOK);
        List<Delivery> first = made(event, one, two);
        List<Delivery> second = DeliveryMaker.of(event, List.of(two, one), NOW + 1_000);

        assertThat(first).hasSize(3);
        assertThat(WebhooksFixture.ids(first)).doesNotHaveDuplicates().allMatch(id -> id.matches("wd_[\\w-]{24}"));
        assertThat(WebhooksFixture.ids(second)).containsExactlyInAnyOrderElementsOf(WebhooksFixture.ids(first));
        assertThat(WebhooksFixture.ids(made(event("job-2", "alice", "report", HOOK), one, two)))
                .doesNotContainAnyElementsOf(WebhooksFixture.ids(first));
    }

    @Test
    void ownersEndpointHearsOfItsOwnJobsAndNobodysEndpointOfAll() {
        WebhookEndpoint alices = endpoint("ep_alice", "alice", List.of());
        WebhookEndpoint anyones = endpoint("ep_any", null, List.of());

        assertThat(told(event("1", "alice", "report", null), alices, anyones)).containsExactly("ep_alice", "ep_any");
        assertThat(told(event("1", "bob", "report", null), alices, anyones)).containsExactly("ep_any");
        assertThat(told(event("1", null, "report", null), alices, anyones)).containsExactly("ep_any");
    }

    @Test
    void endpointOfATypeHearsOfThatTypeOnly() {
        WebhookEndpoint reports = endpoint("ep_r", "alice", List.of("report", "audit"));

        assertThat(told(event("1", "alice", "report", null), reports)).hasSize(1);
        assertThat(told(event("1", "alice", "audit", null), reports)).hasSize(1);
        assertThat(told(event("1", "alice", "reports", null), reports)).isEmpty();
        assertThat(told(event("1", "alice", null, null), reports)).isEmpty();
    }

    @Test
    void disabledEndpointHearsNothing() {
        WebhookEndpoint disabled = endpoint("ep_1", "alice", List.of()).disabled("why not");
        assertThat(told(event("1", "alice", "report", null), disabled)).isEmpty();
        assertThat(told(event("1", "alice", "report", null), disabled.disabled(null)))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "COMPLETED, job.completed, true",
        "FAILED, job.failed, true",
        "CANCELLED, job.cancelled, true",
        "PROCESSING, job.progress, false",
        "QUEUED, job.progress, false"
    })
    void whereNothingIsSaidEachEndIsToldAndNoProgress(JobState state, String type, boolean toldOf) {
        OutboxEvent event = event("1", state, "alice", "report", HOOK);
        assertThat(made(event, endpoint("ep_1", "alice", List.of()))).hasSize(toldOf ? 2 : 0);
        assertThat(WebhookEvent.of(state).type()).isEqualTo(type);
    }

    @Test
    void ownWebhookHearsOfWhatItAskedFor() {
        String progress = "{\"url\":\"https://a.example/hook\",\"events\":[\"progress\",\"failed\"]}";
        assertThat(made(event("1", JobState.PROCESSING, "alice", null, progress)))
                .hasSize(1);
        assertThat(made(event("1", JobState.FAILED, "alice", null, progress))).hasSize(1);
        assertThat(made(event("1", JobState.COMPLETED, "alice", null, progress)))
                .isEmpty();
    }

    @Test
    void webhookThatNobodyCanReadIsNotCalledAndTheEndpointsAre() {
        OutboxEvent event = event("1", "alice", "report", "{\"url\":7}");
        assertThat(told(event, endpoint("ep_1", "alice", List.of()))).containsExactly("ep_1");
    }

    @ParameterizedTest
    @CsvSource({
        "https://A.example/x, https://a.example:443",
        "https://a.example:443/y?z=1, https://a.example:443",
        "http://a.example, http://a.example:80",
        "HTTPS://a.example:8443/x, https://a.example:8443",
        "https://[::1]/x, https://[::1]:443",
        "https://a b/, malformed"
    })
    void urlsOfOneOriginShareADestination(String url, String origin) {
        assertThat(DeliveryMaker.origin(url)).isEqualTo(origin);
    }

    @Test
    void testTellsWhichEndpointIsTriedAndIsNoJobs() {
        WebhookEndpoint endpoint = endpoint("ep_1", "alice", List.of("report"));
        Delivery test = DeliveryMaker.test(endpoint, "n1", NOW);

        assertThat(new String(test.sent().body(), UTF_8))
                .isEqualTo("{\"type\":\"webhook.test\",\"timestamp\":\"2023-11-14T22:13:20.123Z\","
                        + "\"data\":{\"endpoint\":\"ep_1\"}}");
        assertThat(test.sent().jobId()).isEmpty();
        assertThat(test.sent().webhookId()).isEqualTo("test/n1");
        assertThat(test.id())
                .isNotEqualTo(DeliveryMaker.test(endpoint, "n2", NOW).id());
        assertThat(test.sent().destination()).isEqualTo(endpoint.id());
    }
}
