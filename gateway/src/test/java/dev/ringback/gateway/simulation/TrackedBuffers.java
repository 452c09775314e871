package dev.ringback.gateway.simulation;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/** Hands out buffers on the heap, and knows which of them nobody has released. */
final class TrackedBuffers extends AbstractByteBufAllocator {
    private static final int FORGET_EVERY = 256;
    private final List<ByteBuf> handedOut = new ArrayList<>();

    int unreleased() {
        handedOut.removeIf(buffer -> buffer.refCnt() == 0);
        return handedOut.size();
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
        handedOut.add(buffer);
        if (handedOut.size() % FORGET_EVERY == 0) {
            unreleased();
        }
        return buffer;
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return newHeapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }
}
