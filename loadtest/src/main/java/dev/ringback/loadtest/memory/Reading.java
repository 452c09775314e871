package dev.ringback.loadtest.memory;

/**
 * The server's memory at one moment, of a JVM after full collections, in bytes; -1 stands for what is not known.
 *
 * @param connections how many waited
 * @param heap heap in use, as a gateway's metrics tell
 * @param heapInfo the same as {@code jcmd} tells of any JVM, in whole KiB
 * @param rss resident memory, as is {@code pss}, of all processes of the server
 * @param pss the same with each shared page divided among its users
 * @param direct Netty's memory outside the heap, as a gateway's metrics tell
 * @param sockets the kernel's memory for the buffers of all TCP sockets of this machine, those of both sides
 */
record Reading(int connections, long heap, long heapInfo, long rss, long pss, long direct, long sockets) {
    /** By the more exact of the two that tell of it. */
    long anyHeap() {
        return heap >= 0 ? heap : heapInfo;
    }
}
