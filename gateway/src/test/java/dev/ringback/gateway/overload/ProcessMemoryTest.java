package dev.ringback.gateway.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

/** The figures are this very process's. */
class ProcessMemoryTest {
    private static final int MANY_BYTES = 64 << 20;

    private final ProcessMemory memory = new ProcessMemory();

    @Test
    void whatIsHeldOnTheHeapIsSeenAfterACollection() {
        System.gc();
        await().until(() -> memory.heapShare() > 0);
        double before = memory.heapShare();
        byte[] held = new byte[MANY_BYTES];
        System.gc();
        double share = (double) held.length / Runtime.getRuntime().maxMemory();
        await().until(() -> memory.heapShare() > before + share / 2);
    }

    @Test
    void nettysBuffersAreSeenAtOnceAndNoMoreWhenTheyAreReleased() {
        double before = memory.directShare();
        ByteBuf held = UnpooledByteBufAllocator.DEFAULT.directBuffer(MANY_BYTES);
        double during = memory.directShare();
        held.release();
        assertThat(during).isBetween(before + 0.001, 1.0);
        assertThat(memory.directShare()).isLessThan(during);
    }
}
