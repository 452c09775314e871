package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.webhook.WebhookCaller.failures;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.testkit.CertificateAuthority;
import dev.ringback.gateway.testkit.DnsStub;
import dev.ringback.gateway.testkit.DnsStub.Zone;
import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.testkit.TestGateway;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names and certificates that are not what they should be, through a whole gateway. */
class WebhookAddressesIT {
    @TempDir
    private static Path directory;

    private static final DnsStub DNS = new DnsStub();
    private static CertificateAuthority authority;
    private static TestGateway gateway;
    private static WebhookCaller caller;

    @BeforeAll
    static void startGateway() {
        authority = new CertificateAuthority(directory);
        gateway = TestGateway.start(WebhookCaller.local(
                "webhook.schedule=[0s, 100ms]",
                "webhook.name-servers=" + DNS.server(),
                "webhook.trust=" + authority.pem()));
        caller = new WebhookCaller(gateway);
    }

    @AfterAll
    static void stopGateway() {
        gateway.close();
        DNS.close();
    }

    @Test
    void receiverWithAGoodCertificateIsToldByItsName() {
        DNS.answers("good.test", Zone.of("127.0.0.1"));
        try (Receiver receiver = Receiver.start(authority.server("dns:good.test"))) {
            caller.submitAndEnd("good", receiver.url("good.test", "/"));
            caller.await("good", "delivered");
            WebhookCaller.assertSigned(receiver.requests().get(0), WebhookCaller.SECRET);
        }
    }

    @Test
    void receiverWithABadCertificateGetsNotAByte() {
        DNS.answers("bad.test", Zone.of("127.0.0.1"));
        try (Receiver expired = Receiver.start(authority.expired("dns:bad.test"));
                Receiver other = Receiver.start(authority.server("dns:other.test"))) {
            caller.submitAndEnd("expired", expired.url("bad.test", "/"));
            caller.submitAndEnd("other", other.url("bad.test", "/"));
            assertThat(failures(caller.await("expired", "dead"))).containsExactly("tls", "tls");
            assertThat(failures(caller.await("other", "dead"))).containsExactly("tls", "tls");
            assertThat(expired.requests()).isEmpty();
            assertThat(other.requests()).isEmpty();
        }
    }

    /** Which names exist, and where they lead, is for operators to know. */
    private static JsonNode assertFailed(String job, List<String> forOwners, List<String> forOperators) {
        JsonNode dead = caller.await(job, "dead");
        assertThat(failures(dead)).isEqualTo(forOwners);
        String path = "/webhooks/deliveries/" + dead.path("id").asText();
        assertThat(failures(caller.operate("GET", path).json())).isEqualTo(forOperators);
        return dead;
    }

    @Test
    void nameThatDoesNotExistIsTriedAgain() {
        caller.submitAndEnd("nowhere", "https://nowhere.test/");
        assertFailed("nowhere", List.of("address", "address"), List.of("name", "name"));
    }

    @Test
    void nameOfAPrivateAddressIsNotCalledAndNotTriedAgain() {
        DNS.answers("inside.test", Zone.of("10.0.0.1"));
        caller.submitAndEnd("inside", "https://inside.test/");
        JsonNode dead = assertFailed("inside", List.of("address"), List.of("denied"));
        assertThat(dead.toString()).doesNotContain("10.0.0.1");
        assertThat(caller.operate(
                                "GET", "/webhooks/deliveries/" + dead.path("id").asText())
                        .body())
                .contains("10.0.0.1");
    }

    @Test
    void nameThatMovesInsideBetweenTwoAttemptsIsNotFollowed() {
        DNS.answers("moving.test", Zone.of("127.0.0.1"), Zone.of("127.0.0.2"));
        try (Receiver receiver = Receiver.start().otherwise(Receiver.status(503))) {
            caller.submitAndEnd("moving", receiver.url("moving.test", "/"));
            assertFailed("moving", List.of("http_503", "address"), List.of("http_503", "denied"));
            assertThat(receiver.requests()).hasSize(1);
        }
    }
}
