package dev.ringback.gateway.webhook.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlPolicyTest {
    private static UrlPolicy policy(String... settings) {
        String[] written =
                Arrays.stream(settings).map(text -> "webhook." + text).toArray(String[]::new);
        return new UrlPolicy(GatewayConfig.of(written).webhook());
    }

    /** As it comes from a name server: of 16 bytes too where it stands for an IPv4 address. */
    private static InetAddress address(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        try {
            return bytes != null && bytes.length == 16
                    ? Inet6Address.getByAddress(null, bytes, -1)
                    : InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, RFC 1122",
        "0.1.2.3, RFC 1122",
        "10.0.0.0, RFC 1918",
        "10.255.255.255, RFC 1918",
        "100.64.0.0, RFC 6598",
        "100.100.100.200, RFC 6598",
        "100.127.255.255, RFC 6598",
        "127.0.0.1, RFC 1122",
        "127.255.255.254, RFC 1122",
        "168.63.129.16, Azure",
        "169.254.0.0, RFC 3927",
        "169.254.169.254, metadata",
        "169.254.255.255, RFC 3927",
        "172.16.0.0, RFC 1918",
        "172.31.255.255, RFC 1918",
        "192.0.0.0, RFC 6890",
        "192.0.0.192, RFC 6890",
        "192.0.2.1, RFC 5737",
        "192.88.99.1, RFC 7526",
        "192.168.0.0, RFC 1918",
        "192.168.255.255, RFC 1918",
        "198.18.0.0, RFC 2544",
        "198.19.255.255, RFC 2544",
        "198.51.100.7, RFC 5737",
        "203.0.113.7, RFC 5737",
        "224.0.0.1, RFC 5771",
        "239.255.255.255, RFC 5771",
        "240.0.0.1, RFC 1112",
        "255.255.255.254, RFC 1112",
        "255.255.255.255, RFC 919",
        "::, unspecified",
        "::1, loopback",
        "::7f00:1, IPv4 in IPv6",
        "::8.8.8.8, IPv4 in IPv6",
        "::ffff:127.0.0.1, IPv4 in IPv6",
        "::ffff:10.0.0.1, IPv4 in IPv6",
        "::ffff:8.8.8.8, IPv4 in IPv6",
        "::ffff:0:127.0.0.1, RFC 4291",
        "64:ff9b::127.0.0.1, RFC 1122",
        "64:ff9b::169.254.169.254, metadata",
        "64:ff9b::10.0.0.1, RFC 1918",
        "64:ff9b:1::8.8.8.8, RFC 8215",
        "64:ff9c::1, RFC 4291",
        "100::1, RFC 6666",
        "2001::1, RFC 4380",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2, RFC 4380",
        "2001:2::1, RFC 2928",
        "2001:10::1, RFC 2928",
        "2001:db8::1, RFC 3849",
        "2001:db8:ffff::1, RFC 3849",
        "2002:7f00:1::, RFC 3056",
        "2002:808:808::1, RFC 3056",
        "3fff::1, RFC 9637",
        "4000::1, RFC 4291",
        "5f00::1, RFC 4291",
        "8000::1, RFC 4291",
        "fc00::1, RFC 4193",
        "fd00::1, RFC 4193",
        "fd00:ec2::254, metadata",
        "fdff:ffff::1, RFC 4193",
        "fe80::1, RFC 4291",
        "febf::1, RFC 4291",
        "fec0::1, RFC 3879",
        "ff02::1, RFC 4291",
    })
    void specialAddressesAreDeniedByDefault(String text, String source) {
        assertThat(policy().objection(address(text))).contains(source);
        assertThat(policy().permits(address(text))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "2000::1",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2003::1",
                "2606:4700::1111",
                "2a00::1",
                "3ffe::1",
                "64:ff9b::8.8.8.8",
            })
    void publicAddressesArePermitted(String text) {
        assertThat(policy().objection(address(text))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com",
                "https://example.com/",
                "HTTPS://EXAMPLE.COM/a/b?c=d&e=%20f",
                "https://example.com:443/hook",
                "https://example.com:80/hook",
                "https://sub.xn--bcher-kva.example/hook",
                "https://1e100.example/",
                "https://8.8.8.8/hook",
                "https://[2606:4700::1111]/hook",
                "https://[64:ff9b::8.8.8.8]/hook",
            })
    void nothingSpeaksAgainstAUsualUrl(String url) {
        assertThat(policy().complaint(url)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "http://example.com/, must begin with https",
                "ftp://example.com/, must begin with https",
                "file:///etc/passwd, must begin with https",
                "//example.com/, must begin with https",
                "example.com/hook, must begin with https",
                "https:example.com, needs a host",
                "https:///hook, needs a host",
                "https://, no URL",
                "https://exam ple.com/, visible ASCII",
                "https://bücher.example/, visible ASCII",
                "https://example.com/ü, visible ASCII",
                "https://example.com/<>, no URL",
                "https://example.com/%zz, no URL",
                "https://example.com\\@127.0.0.1/, no URL",
                "https://user@example.com/, user",
                "https://user:secret@example.com/, user",
                "https://@example.com/, user",
                "https://example.com/#part, fragment",
                "https://example.com/#, fragment",
                "https://example.com:8443/, port 8443",
                "https://example.com:22/, port 22",
                "https://example.com:0/, port 0",
                "https://example.com:65536/, port 65536",
                "https://example.com:99999999999/, host",
                "https://example.com:https/, host",
                "https://under_score.example/, host",
                "https://-a.example/, host",
                "https://a..example/, host",
                "https://example.com./, host",
                "https://2130706433/, host",
                "https://0x7f000001/, host",
                "https://0x7f.1/, host",
                "https://0x7f.0.0.1/, host",
                "https://0177.0.0.1/, host",
                "https://127.0.0.01/, host",
                "https://127.1/, host",
                "https://127.0.1/, host",
                "https://017700000001/, host",
                "https://256.0.0.1/, host",
                "https://1.2.3.4.5/, host",
                "https://example.123/, host",
                "https://example.0x7f/, host",
                "https://127.0.0.1/, loopback",
                "https://10.0.0.1/, private",
                "https://169.254.169.254/latest/meta-data/, metadata",
                "https://0.0.0.0/, RFC 1122",
                "https://localhost/, loopback",
                "https://LOCALHOST/, loopback",
                "https://a.b.localhost/, loopback",
                "https://[::1]/, loopback",
                "https://[::]/, unspecified",
                "https://[0:0:0:0:0:0:0:1]/, loopback",
                "https://[fd00:ec2::254]/, metadata",
                "https://[::ffff:127.0.0.1]/, usual spelling",
                "https://[::ffff:8.8.8.8]/, usual spelling",
                "https://[::ffff:7f00:1]/, usual spelling",
                "https://[::ffff:0:127.0.0.1]/, RFC 4291",
                "https://[::127.0.0.1]/, IPv4 in IPv6",
                "https://[2002:7f00:1::]/, 6to4",
                "https://[64:ff9b::7f00:1]/, loopback",
                "https://[fe80::1%25eth0]/, usual spelling",
                "https://[fe80::1%eth0]/, usual spelling",
            })
    void urlsThatMayNotBeCalledAreNamedWithTheReason(String url, String reason) {
        assertThat(policy().complaint(url)).contains(reason);
    }

    @Test
    void urlsHaveALimit() {
        String longest = "https://example.com/" + "a".repeat(2048 - 20);

        assertThat(policy().complaint(longest)).isNull();
        assertThat(policy().complaint(longest + "a")).contains("2048");
    }

    @Test
    void plainHttpIsForThoseWhoAskForIt() {
        assertThat(policy("allow-http=true").complaint("http://example.com/")).isNull();
        assertThat(policy("allow-http=true").complaint("ftp://example.com/")).contains("http://");
    }

    @Test
    void anyPortIsCalledWhereNoneIsListed() {
        assertThat(policy("ports=").complaint("https://example.com:8443/")).isNull();
        assertThat(policy("ports=8443").complaint("https://example.com/")).contains("port 443");
    }

    @Test
    void exceptionsOpenWhatTheyNameAndNoMore() {
        UrlPolicy policy = policy("allow-cidrs=10.1.0.0/17, ::1, fd00::/16, 64:ff9b:1::10.9.0.0/112");

        assertThat(policy.permits(address("10.1.127.255"))).isTrue();
        assertThat(policy.permits(address("10.1.128.0"))).isFalse();
        assertThat(policy.permits(address("10.0.255.255"))).isFalse();
        assertThat(policy.permits(address("::1"))).isTrue();
        assertThat(policy.permits(address("::2"))).isFalse();
        assertThat(policy.permits(address("fd00:ec2::254"))).isTrue();
        assertThat(policy.permits(address("fd01::1"))).isFalse();
        assertThat(policy.permits(address("64:ff9b:1::10.9.255.255"))).isTrue();
        assertThat(policy.permits(address("64:ff9b:1::10.10.0.0"))).isFalse();
        assertThat(policy.permits(address("64:ff9b::10.1.0.1"))).isTrue();
        assertThat(policy.permits(address("64:ff9b::10.2.0.1"))).isFalse();
        assertThat(policy.complaint("https://[::1]/")).isNull();
    }

    @Test
    void whatIsForbiddenStaysForbiddenWhateverIsAllowed() {
        UrlPolicy policy = policy("allow-cidrs=0.0.0.0/0, ::/0", "deny-cidrs=8.8.8.0/24, 64:ff9b::/96, 2606:4700::/32");

        assertThat(policy.permits(address("127.0.0.1"))).isTrue();
        assertThat(policy.permits(address("8.8.8.8"))).isFalse();
        assertThat(policy.permits(address("8.8.9.8"))).isTrue();
        assertThat(policy.permits(address("64:ff9b::1.1.1.1"))).isFalse();
        assertThat(policy.permits(address("2606:4700::1111"))).isFalse();
        assertThat(policy.complaint("https://8.8.8.8/")).contains("not to be called here");
    }

    @Test
    void anAddressOfNat64IsDeniedWithTheOneThatItMeans() {
        assertThat(policy("deny-cidrs=8.8.8.8").permits(address("64:ff9b::8.8.8.8")))
                .isFalse();
    }
}
