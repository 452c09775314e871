package dev.ringback.loadtest.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SourceAddressesTest {
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress("127.0.0.1", 8080);

    @Test
    void fewConnectionsTakeTheKernelsChoice() {
        assertThat(new SourceAddresses(LOOPBACK, 20_000).of(19_999)).isNull();
    }

    @Test
    void manyConnectionsAreDividedAmongLoopbackAddresses() {
        SourceAddresses sources = new SourceAddresses(LOOPBACK, 50_000);
        assertThat(IntStream.range(0, 50_000).mapToObj(sources::of).distinct())
                .extracting(InetSocketAddress::getHostString)
                .containsExactly("127.0.0.1", "127.0.0.2", "127.0.0.3");
    }

    @Test
    void anotherMachineIsReachedFromTheKernelsChoice() throws Exception {
        InetAddress elsewhere = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
        assertThat(new SourceAddresses(new InetSocketAddress(elsewhere, 8080), 50_000).of(0))
                .isNull();
    }
}
