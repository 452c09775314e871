package dev.ringback.loadtest.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import org.junit.jupiter.api.Test;

class JvmProcessTest {
    private static final String METASPACE = """
             Metaspace       used 16037K, committed 16384K, reserved 1114112K
              class space    used 2010K, committed 2176K, reserved 1048576K
            """;

    @Test
    void g1HasOneHeap() throws Exception {
        String g1 = """
                1248:
                 garbage-first heap   total 389120K, used 14752K [0x00000000e0000000, 0x0000000100000000)
                  region size 1024K, 11 young (11264K), 3 survivors (3072K)
                """;
        assertThat(JvmProcess.heapInfoBytes(g1 + METASPACE)).isEqualTo(14_752 * 1024L);
    }

    @Test
    void generationsAreAddedUp() throws Exception {
        String serial = """
                 def new generation   total 78656K, used 2798K [0x1, 0x2, 0x3)
                  eden space 69952K,   4% used [0x1, 0x2, 0x3)
                  from space 8704K,   0% used [0x1, 0x2, 0x3)
                 tenured generation   total 174784K, used 100K [0x1, 0x2, 0x3)
                   the space 174784K,   0% used [0x1, 0x2, 0x3, 0x4)
                """;
        assertThat(JvmProcess.heapInfoBytes(serial + METASPACE)).isEqualTo(2_898 * 1024L);
    }

    @Test
    void zCountsInMebibytes() throws Exception {
        assertThat(JvmProcess.heapInfoBytes(" ZHeap           used 30M, capacity 512M, max capacity 4G\n"))
                .isEqualTo(30L << 20);
    }

    @Test
    void aTextWithoutAHeapIsRefused() {
        assertThatIOException().isThrownBy(() -> JvmProcess.heapInfoBytes(METASPACE));
    }
}
