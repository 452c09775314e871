package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.gateway.store.OutboxFormat;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryFormatTest {
    private static final Delivery PLAIN = WebhooksFixture.delivery("wd_1", "ep_1", "alice", 1_700_000_000_000L);

    @ParameterizedTest
    @EnumSource
    void deliveryOfAnyEventIsReadAsItWasWritten(WebhookEvent event) {
        Delivery.Sent sent =
                new Delivery.Sent("j/l-1", "d", null, null, "u", null, event, "", 7, new byte[] {0, -1, 9});
        Delivery delivery = Delivery.due("wd_1", sent)
                .after(new Delivery.Attempt(8, 9, 0, "timeout", "no answer\n\"é\uD800\""), Delivery.Status.PENDING, 99)
                .after(new Delivery.Attempt(10, 11, 204, null, null), Delivery.Status.DELIVERED, 0);

        assertThat(DeliveryFormat.decode(DeliveryFormat.encode(delivery)))
                .usingRecursiveComparison()
                .isEqualTo(delivery);
    }

    @Test
    void membersOfLaterVersionsArePassedOver() {
        assertThat(DeliveryFormat.decode(withMember(DeliveryFormat.encode(PLAIN))))
                .usingRecursiveComparison()
                .isEqualTo(PLAIN);
        WebhookEndpoint endpoint = WebhooksFixture.endpoint("ep_1", WebhookEvent.COMPLETED, WebhookEvent.PROGRESS);
        assertThat(DeliveryFormat.decodeEndpoint(withMember(DeliveryFormat.encode(endpoint))))
                .usingRecursiveComparison()
                .isEqualTo(endpoint);
        JobEvent job = new JobEvent(JobId.of("a"), "life", 3, JobState.PROCESSING, true, new byte[] {'{', '}', -1});
        OutboxEvent event = new OutboxEvent(new JobSnapshot(job, "\uD800"), null, new byte[] {1});
        assertThat(OutboxFormat.decode(withMember(OutboxFormat.encode(event))))
                .usingRecursiveComparison()
                .isEqualTo(event);
    }

    @Test
    void endpointOfALaterVersionLacksOnlyTheEventsThatNobodyKnowsHere() {
        WebhookEndpoint endpoint = WebhooksFixture.endpoint("ep_1", WebhookEvent.COMPLETED);
        String json = new String(DeliveryFormat.encode(endpoint.revised()), UTF_8);
        String later = json.replace("\"completed\"", "\"begun\",\"completed\"");
        assertThat(later).isNotEqualTo(json);

        assertThat(DeliveryFormat.decodeEndpoint(later.getBytes(UTF_8)))
                .usingRecursiveComparison()
                .isEqualTo(endpoint.revised());
    }

    @Test
    void endpointWithoutARevisionHasTheFirst() {
        WebhookEndpoint endpoint = WebhooksFixture.endpoint("ep_1", WebhookEvent.COMPLETED);
        String json = new String(DeliveryFormat.encode(endpoint), UTF_8);
        String without = json.replace("\"revision\":1,", "");
        assertThat(without).isNotEqualTo(json);

        assertThat(DeliveryFormat.decodeEndpoint(without.getBytes(UTF_8)).revision())
                .isEqualTo(1);
    }

    private static byte[] withMember(byte[] json) {
        return new String(json, UTF_8).replaceFirst("\\{", "{\"later\":[{}],").getBytes(UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "\"id\"", "{\"id\":5}", "{\"id\":\"wd_1\"", "null", "\u0000"})
    void bytesThatAreNoneOfOursAreDamage(String text) {
        assertDamage(DeliveryFormat::decode, text);
        assertDamage(DeliveryFormat::decodeEndpoint, text);
        assertDamage(OutboxFormat::decode, text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"status\":\"pending\" > \"status\":\"lost\"",
                "\"due\":1700000000000 > \"due\":1.5",
                "\"event\":\"completed\" > \"event\":\"begun\"",
                "\"whsec_ > \"",
                "\"log\":[] > \"log\":[1]",
                "\"body\":\" > \"body\":\"*"
            })
    void memberThatSaysNothingSensibleIsDamage(String change) {
        String[] sides = change.split(" > ", 2);
        String json = new String(DeliveryFormat.encode(PLAIN), UTF_8);
        assertThat(json).contains(sides[0]);

        assertDamage(DeliveryFormat::decode, json.replace(sides[0], sides[1]));
    }

    private static void assertDamage(Function<byte[], ?> decoding, String text) {
        StoreException damage = catchThrowableOfType(StoreException.class, () -> decoding.apply(text.getBytes(UTF_8)));
        assertThat(damage).isNotNull();
        assertThat(damage.kind()).isEqualTo(StoreException.Kind.CORRUPT);
    }
}
