package dev.ringback.loadtest.soak;

import java.util.Map;

/**
 * What a server holds at one moment at which nobody is there.
 *
 * @param atSeconds since the soak began
 * @param visits that were paid until then
 * @param connections that it had accepted until then
 * @param counts by name: what must be exactly as it was
 * @param heapBytes in use after full collections
 * @param directBytes that Netty has from the system for buffers, with what it keeps for the next ones
 * @param residentBytes of the process, for the reader only: a JVM gives little back
 */
record Holding(
        double atSeconds,
        long visits,
        long connections,
        Map<String, Long> counts,
        long heapBytes,
        long directBytes,
        long residentBytes) {}
