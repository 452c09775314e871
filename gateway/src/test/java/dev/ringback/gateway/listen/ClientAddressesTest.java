package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose a connection is, and who asks through a proxy: 10.0.0.0/8 and fd00::/8 are the proxies. */
class ClientAddressesTest {
    private static final String PROXIES = "listen.trusted-proxies=10.0.0.0/8,fd00::/8";
    private static final String FORWARDED = "listen.forwarded-header=forwarded";

    private static ClientAddresses addresses(String... settings) {
        return new ClientAddresses(2, GatewayConfig.of(settings).listen());
    }

    private static InetSocketAddress peer(String address) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(address), 4711);
    }

    private static HttpHeaders headers(String name, String... lines) {
        HttpHeaders headers = new DefaultHttpHeaders();
        for (String line : lines) {
            headers.add(name, line);
        }
        return headers;
    }

    private static @Nullable String text(@Nullable InetAddress address) {
        return address == null ? null : address.getHostAddress();
    }

    @Test
    void directClientIsItsSocketsAddressAndAProxyIsNobody() throws UnknownHostException {
        ClientAddresses addresses = addresses(PROXIES);
        assertThat(text(addresses.direct(peer("192.0.2.1")))).isEqualTo("192.0.2.1");
        assertThat(addresses.direct(peer("10.1.2.3"))).isNull();
        assertThat(addresses.direct(peer("fd00::7"))).isNull();
        assertThat(addresses.direct(null)).isNull();
    }

    @Test
    void networkOfAnIpv6AddressCounts() throws UnknownHostException {
        ClientAddresses addresses = addresses(PROXIES);
        assertThat(addresses.direct(peer("2001:db8:1:2:3:4:5:6"))).isEqualTo(addresses.direct(peer("2001:db8:1:2::9")));
        assertThat(addresses.direct(peer("2001:db8:1:3::9"))).isNotEqualTo(addresses.direct(peer("2001:db8:1:2::9")));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "nobody",
            value = {
                "'192.0.2.1', 192.0.2.1",
                "'192.0.2.1:5000', 192.0.2.1",
                "'203.0.113.9, 192.0.2.1', 192.0.2.1",
                "'192.0.2.1, 10.9.9.9', 192.0.2.1",
                "'192.0.2.1 , 10.9.9.9 , fd00::1', 192.0.2.1",
                "'garbage, 192.0.2.1', 192.0.2.1",
                "'192.0.2.1, garbage', nobody",
                "'192.0.2.1,', 192.0.2.1",
                "'10.9.9.9', nobody",
                "'', nobody",
                "'[2001:db8:1:2:3::4]:80', 2001:db8:1:2:0:0:0:0",
                "'2001:db8:1:2:3::4', 2001:db8:1:2:0:0:0:0",
                "'::ffff:192.0.2.1', 192.0.2.1"
            })
    void lastAddressThatIsNoProxysCounts(String line, @Nullable String client) throws UnknownHostException {
        ClientAddresses addresses = addresses(PROXIES);
        InetAddress found = addresses.forwarded(peer("10.0.0.1"), headers("X-Forwarded-For", line));
        assertThat(text(found)).isEqualTo(client);
    }

    @Test
    void severalLinesAreOneList() throws UnknownHostException {
        HttpHeaders headers = headers("X-Forwarded-For", "203.0.113.9", "192.0.2.1", "10.0.0.2");
        assertThat(text(addresses(PROXIES).forwarded(peer("10.0.0.1"), headers)))
                .isEqualTo("192.0.2.1");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "nobody",
            delimiter = '|',
            value = {
                "for=192.0.2.1|192.0.2.1",
                "for=203.0.113.9;proto=http, For=\"192.0.2.1:4711\";by=10.0.0.1|192.0.2.1",
                "for=192.0.2.1, for=10.2.2.2|192.0.2.1",
                "for=\"[2001:db8:1:2:3::4]:80\"|2001:db8:1:2:0:0:0:0",
                "for=192.0.2.1;host=\"a,for=203.0.113.7,b\"|192.0.2.1",
                "for=192.0.2.1;host=\"a;for=203.0.113.7\"|192.0.2.1",
                "for=\"x, for=203.0.113.7, for=192.0.2.1|192.0.2.1",
                "host=\"a\\\\\",for=203.0.113.7\";for=192.0.2.1|192.0.2.1",
                "for=unknown|nobody",
                "for=192.0.2.1, for=_hidden|nobody",
                "proto=https|nobody"
            })
    void standardHeaderIsReadWhereItIsChosen(String line, @Nullable String client) throws UnknownHostException {
        ClientAddresses addresses = addresses(PROXIES, FORWARDED);
        assertThat(text(addresses.forwarded(peer("10.0.0.1"), headers("Forwarded", line))))
                .isEqualTo(client);
        assertThat(addresses.forwarded(peer("10.0.0.1"), headers("X-Forwarded-For", "192.0.2.1")))
                .isNull();
    }

    @Test
    void nobodyBelievesAClientThatIsNoProxy() throws UnknownHostException {
        assertThat(addresses(PROXIES).forwarded(peer("192.0.2.7"), headers("X-Forwarded-For", "192.0.2.1")))
                .isNull();
        assertThat(addresses().forwarded(peer("10.0.0.1"), headers("X-Forwarded-For", "192.0.2.1")))
                .isNull();
    }

    @Test
    void eachAddressMayHaveSoMuchAndWhatEndedCountsNoMore() throws UnknownHostException {
        ClientAddresses addresses = addresses();
        InetAddress one = InetAddress.getByName("192.0.2.1");
        InetAddress other = InetAddress.getByName("192.0.2.2");
        assertThat(addresses.enter(one)).isTrue();
        assertThat(addresses.enter(one)).isTrue();
        assertThat(addresses.enter(one)).isFalse();
        assertThat(addresses.enter(one)).isFalse();
        assertThat(addresses.enter(other)).isTrue();
        addresses.leave(one);
        assertThat(addresses.enter(one)).isTrue();
        assertThat(addresses.enter(one)).isFalse();
    }
}
