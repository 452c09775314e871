package dev.ringback.loadtest.memory;

/**
 * The gateway's memory at one moment, after full collections, in bytes.
 *
 * @param connections how many waited
 * @param heap heap in use, as its metrics tell
 * @param heapInfo the same as {@code jcmd} tells, in whole KiB
 * @param rss resident memory
 * @param pss the same with each shared page divided among its users
 * @param direct Netty's memory outside the heap, as the gateway's metrics tell; -1 where they do not
 */
record Reading(int connections, long heap, long heapInfo, long rss, long pss, long direct) {}
