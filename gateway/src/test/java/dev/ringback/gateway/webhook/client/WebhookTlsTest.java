package dev.ringback.gateway.webhook.client;

import static dev.ringback.gateway.testkit.Receiver.answer;
import static dev.ringback.gateway.testkit.Receiver.hangUp;
import static dev.ringback.gateway.testkit.Receiver.large;
import static dev.ringback.gateway.testkit.Receiver.reset;
import static dev.ringback.gateway.testkit.Receiver.status;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.gateway.testkit.CertificateAuthority;
import dev.ringback.gateway.testkit.DnsStub;
import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import dev.ringback.gateway.webhook.client.WebhookClient.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom the client takes for whom it called. */
class WebhookTlsTest {
    @TempDir
    private static Path directory;

    private static CertificateAuthority authority;
    private static SSLContext good;
    private static final DnsStub DNS = new DnsStub()
            .answers("receiver.test", DnsStub.Zone.of("127.0.0.1"))
            .answers("other.test", DnsStub.Zone.of("127.0.0.1"));

    private Caller caller = new Caller("trust=" + authority.pem(), "name-servers=" + DNS.server());

    @BeforeAll
    static void makeCertificates() {
        authority = new CertificateAuthority(directory);
        good = authority.server("dns:receiver.test,ip:127.0.0.1");
    }

    @AfterAll
    static void closeDns() {
        DNS.close();
    }

    @AfterEach
    void close() {
        caller.close();
    }

    private void assertRefused(Receiver receiver, String url, String reason) {
        Answer answer = caller.post(url);

        assertThat(answer.failure()).as("%s", answer).isEqualTo(Failure.TLS);
        assertThat(answer.detail()).containsIgnoringCase(reason);
        assertThat(receiver.requests()).isEmpty();
    }

    @Test
    void aCertificateOfATrustedAuthorityForTheNameIsTaken() {
        try (Receiver receiver = Receiver.start(good)) {
            receiver.otherwise(answer(200, "secret"));

            for (int i = 0; i < 3; i++) {
                Answer answer = caller.post(receiver.url("receiver.test", "/"));
                assertThat(answer.status()).as("%s", answer).isEqualTo(200);
                assertThat(answer.excerpt()).isEqualTo("secret");
            }
            assertThat(receiver.connections()).isEqualTo(1);
            assertThat(receiver.requests().get(0).header("Host")).isEqualTo("receiver.test:" + receiver.port());
            assertThat(caller.post(receiver.url("/")).status()).isEqualTo(200);
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefused() {
        try (Receiver receiver = Receiver.start(good)) {
            assertRefused(receiver, receiver.url("other.test", "/"), "other.test");
        }
    }

    @Test
    void aCertificateForAnotherAddressIsRefused() {
        try (Receiver receiver = Receiver.start(authority.server("dns:receiver.test"))) {
            assertRefused(receiver, receiver.url("/"), "subject alternative");
        }
    }

    @Test
    void anExpiredCertificateIsRefused() {
        try (Receiver receiver = Receiver.start(authority.expired("dns:receiver.test"))) {
            assertRefused(receiver, receiver.url("receiver.test", "/"), "validity check failed");
        }
    }

    @Test
    void anAuthorityThatNobodyKnowsIsRefused() {
        caller.close();
        caller = new Caller("name-servers=" + DNS.server());
        try (Receiver receiver = Receiver.start(good)) {
            assertRefused(receiver, receiver.url("receiver.test", "/"), "certification path");
        }
    }

    @Test
    void plainHttpWhereTlsIsExpectedIsRefused() throws IOException {
        try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            new Thread(() -> greet(plain), "plain-server").start();

            Answer answer = caller.post("https://127.0.0.1:" + plain.getLocalPort() + "/");

            assertThat(answer.failure()).isEqualTo(Failure.TLS);
            assertThat(answer.detail()).contains("not an SSL/TLS record");
        }
    }

    @Test
    void theServerIsToldWhichNameIsMeant() {
        try (Receiver receiver = Receiver.start(good)) {
            receiver.otherwise(
                    line -> answer(200, String.valueOf(line.serverName())).answer(line));

            assertThat(caller.post(receiver.url("receiver.test", "/")).excerpt())
                    .isEqualTo("receiver.test");
            assertThat(caller.post(receiver.url("/")).excerpt()).isEqualTo("null");
        }
    }

    private static void greet(ServerSocket server) {
        try (var socket = server.accept()) {
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            // The other side has ended it.
        }
    }

    @Test
    void aHandshakeThatDoesNotEndIsGivenUp() throws IOException {
        caller.close();
        caller = new Caller("trust=" + authority.pem(), "connect-timeout=300ms");
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            Answer answer = caller.post("https://127.0.0.1:" + silent.getLocalPort() + "/");

            assertThat(answer.failure()).isEqualTo(Failure.TLS);
            assertThat(answer.detail()).contains("300 ms");
        }
    }

    @Test
    void aKeptConnectionThatIsGoneIsReplacedWithTlsToo() {
        try (Receiver receiver = Receiver.start(good)) {
            receiver.next(status(204), reset(), status(201), hangUp(), status(202), large(200, 10_000_000), reset());

            assertThat(caller.post(receiver.url("/")).status()).isEqualTo(204);
            assertThat(caller.post(receiver.url("/")).status()).isEqualTo(201);
            assertThat(caller.post(receiver.url("/")).status()).isEqualTo(202);
            assertThat(caller.post(receiver.url("/")).status()).isEqualTo(200);
            assertThat(caller.post(receiver.url("/")).failure()).isEqualTo(Failure.RESET);
        }
    }

    @Test
    void trustThatCanNotBeReadIsAnOperatorsMistake() throws IOException {
        Path missing = directory.resolve("missing.pem");
        Path empty = Files.createFile(directory.resolve("empty.pem"));
        Path wrong = Files.writeString(directory.resolve("wrong.pem"), "-----BEGIN CERTIFICATE-----\nnope\n");

        for (Path file : new Path[] {missing, empty, wrong, directory}) {
            assertThatThrownBy(() -> new Caller("trust=" + file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("webhook.trust")
                    .hasMessageContaining(file.toString());
        }
    }
}
