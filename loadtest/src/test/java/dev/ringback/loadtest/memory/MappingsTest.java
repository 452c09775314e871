package dev.ringback.loadtest.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.util.List;
import org.junit.jupiter.api.Test;

class MappingsTest {
    private static final String ROLLUP = """
            e0000000-7fffe87dc000 ---p 00000000 00:00 0                              [rollup]
            Rss:              113492 kB
            Pss:               98614 kB
            Pss_Dirty:         90152 kB
            SwapPss:               0 kB
            """;

    @Test
    void sumsOfMappingsAreInBytes() throws Exception {
        assertThat(Mappings.parse(ROLLUP)).isEqualTo(new Mappings(113_492 * 1024L, 98_614 * 1024L));
        assertThatIOException().isThrownBy(() -> Mappings.parse("Rss: 1 kB\n")).withMessageContaining("no Pss");
    }

    @Test
    void severalProcessesAreAddedUp() throws Exception {
        long self = ProcessHandle.current().pid();
        long once = Mappings.of(List.of(self)).pss();
        assertThat(once).isPositive();
        assertThat(Mappings.of(List.of(self, self)).pss()).isGreaterThan(once + once / 2);
        assertThat(Mappings.of(List.of())).isEqualTo(new Mappings(0, 0));
    }

    @Test
    void theKernelCountsItsSocketBuffersInPages() {
        String sockstat = "sockets: used 11\nTCP: inuse 1 orphan 0 tw 1 alloc 1 mem 60\nUDP: inuse 0 mem 5\n";
        assertThat(Mappings.socketBytes(sockstat)).isEqualTo(60 * 4096);
        assertThat(Mappings.socketBytes("sockets: used 11\n")).isEqualTo(-1);
    }
}
