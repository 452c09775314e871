package dev.ringback.gateway.webhook.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ringback.gateway.testkit.DnsStub;
import dev.ringback.gateway.testkit.DnsStub.Zone;
import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import dev.ringback.gateway.webhook.client.WebhookClient.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names that lead where they should not. Of the addresses only 127.0.0.1 and 127.0.0.3 may be called, as public ones may. */
class WebhookNamesTest {
    private static final String ALLOWED = "allow-cidrs=127.0.0.1, 127.0.0.3";

    private final DnsStub dns = new DnsStub();
    private final Receiver receiver = Receiver.start();
    private Caller caller = new Caller(ALLOWED, "name-servers=" + dns.server());

    @AfterEach
    void close() {
        caller.close();
        receiver.close();
        dns.close();
    }

    private Answer post() {
        return caller.post(receiver.url("receiver.test", "/"));
    }

    private void assertDenied(String address) {
        Answer answer = post();

        assertThat(answer.failure()).as("%s", answer).isEqualTo(Failure.DENIED);
        assertThat(answer.detail()).contains("receiver.test", address);
    }

    @Test
    void aNameIsCalledAtItsAddress() {
        dns.answers("receiver.test", Zone.of("127.0.0.1"));

        assertThat(post().status()).isEqualTo(204);
        assertThat(receiver.requests().get(0).header("Host")).isEqualTo("receiver.test:" + receiver.port());
        assertThat(dns.questions()).containsExactlyInAnyOrder("A receiver.test", "AAAA receiver.test");
    }

    @Test
    void aNameThatMovesToADeniedAddressIsNotFollowed() {
        dns.answers("receiver.test", Zone.of("127.0.0.1"), Zone.of("127.0.0.2"));
        try (ServerSocket inside = listen("127.0.0.2", receiver.port())) {
            assertThat(post().status()).isEqualTo(204);
            assertDenied("127.0.0.2");
            assertDenied("127.0.0.2");

            inside.setSoTimeout(1);
            assertThat(receiver.requests()).hasSize(1);
            assertThatThrownBy(inside::accept).isInstanceOf(SocketTimeoutException.class);
        } catch (IOException e) {
            abort("127.0.0.2 can't be listened on here: " + e);
        }
    }

    private static ServerSocket listen(String address, int port) throws IOException {
        return new ServerSocket(port, 5, InetAddress.getByName(address));
    }

    @Test
    void oneDeniedAddressDeniesTheName() {
        dns.answers("receiver.test", Zone.of("127.0.0.1", "10.0.0.1"));
        assertDenied("10.0.0.1");

        dns.answers("receiver.test", Zone.of("127.0.0.1", "::1"));
        assertDenied("::1");

        dns.answers("receiver.test", Zone.of("fd00:ec2::254", "127.0.0.1"));
        assertDenied("fd00:ec2::254");

        assertThat(receiver.connections()).isZero();
    }

    @Test
    void anAliasIsWhatItsAddressesAre() {
        dns.answers("receiver.test", Zone.of("127.0.0.1").as("elsewhere.test"));
        assertThat(post().status()).isEqualTo(204);

        dns.answers("receiver.test", Zone.of("192.168.0.1").as("elsewhere.test"));
        assertDenied("192.168.0.1");
    }

    @Test
    void anIpv4AddressInIpv6IsStillThatAddress() {
        dns.answers("receiver.test", Zone.of("::ffff:127.0.0.2"));
        assertDenied("127.0.0.2");

        dns.answers("receiver.test", Zone.of("64:ff9b::7f00:2"));
        assertDenied("7f00:2");

        dns.answers("receiver.test", Zone.of("2002:7f00:1::"));
        assertDenied("6to4");
    }

    @Test
    void theNextAddressIsTriedWhereNobodyListens() {
        dns.answers("receiver.test", Zone.of("127.0.0.3", "127.0.0.1"));

        assertThat(post().status()).isEqualTo(204);
    }

    @Test
    void aNameWithManyAddressesIsNoPortScan() {
        caller.close();
        caller = new Caller("allow-cidrs=127.0.0.0/8", "name-servers=" + dns.server());
        Stream<String> nobody = IntStream.range(10, 20).mapToObj(i -> "127.0.0." + i);
        dns.answers(
                "receiver.test",
                Zone.of(Stream.concat(nobody, Stream.of("127.0.0.1")).toArray(String[]::new)));

        assertThat(post().failure()).isEqualTo(Failure.CONNECT);
    }

    @Test
    void aNameThatDoesNotExist() {
        assertThat(post().failure()).isEqualTo(Failure.NAME);
    }

    @Test
    void aNameWithoutAddresses() {
        dns.answers("receiver.test", Zone.of());

        assertThat(post().failure()).isEqualTo(Failure.NAME);
    }

    @Test
    void aNameServerThatSaysNothingIsGivenUp() {
        dns.silentAbout("receiver.test");

        assertThat(post().failure()).isEqualTo(Failure.NAME);
    }

    @Test
    void theTimeoutHoldsForTheNameToo() {
        caller.close();
        caller = new Caller(ALLOWED, "name-servers=" + dns.server(), "timeout=300ms");
        dns.silentAbout("receiver.test");

        Answer answer = post();

        assertThat(answer.failure()).isEqualTo(Failure.TIMEOUT);
        assertThat(answer.detail()).contains("looking up the name");
    }

    @Test
    void theNextNameServerIsAskedWhereOneIsSilent() {
        try (DnsStub other = new DnsStub()) {
            caller.close();
            caller = new Caller(ALLOWED, "name-servers=" + dns.server() + "," + other.server());
            dns.silentAbout("receiver.test");
            other.answers("receiver.test", Zone.of("127.0.0.1"));

            assertThat(post().status()).isEqualTo(204);
        }
    }

    @Test
    void anAnswerIsBelievedAsLongAsItMayBeAndCheckedEachTime() {
        dns.answers("receiver.test", Zone.of("127.0.0.1").lasting(1_000), Zone.of("10.0.0.1"));
        for (int i = 0; i < 5; i++) {
            assertThat(post().status()).isEqualTo(204);
        }
        assertThat(dns.questions()).hasSize(2);
    }

    @Test
    void anAnswerThatMayNotBeKeptIsAskedForEachTime() {
        dns.answers("receiver.test", Zone.of("127.0.0.1"));
        for (int i = 0; i < 5; i++) {
            assertThat(post().status()).isEqualTo(204);
        }
        assertThat(dns.questions()).hasSize(10);
        assertThat(receiver.connections()).isEqualTo(1);
    }
}
