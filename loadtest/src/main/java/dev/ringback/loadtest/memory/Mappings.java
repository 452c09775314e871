package dev.ringback.loadtest.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel says of processes' memory, in bytes.
 *
 * @param rss resident memory
 * @param pss the same with each shared page divided among its users, so that the sum over processes counts it once
 */
record Mappings(long rss, long pss) {
    private static final Pattern SUM = Pattern.compile("(?m)^(Rss|Pss): +(\\d+) kB$");
    private static final Pattern SOCKET_PAGES = Pattern.compile("(?m)^TCP: .*\\bmem (\\d+)$");
    private static final long KIB = 1024;
    private static final long PAGE_BYTES = 4 * KIB;

    /** Of all of them together. */
    static Mappings of(List<Long> pids) throws IOException {
        long rss = 0;
        long pss = 0;
        for (long pid : pids) {
            Mappings one = parse(Files.readString(Path.of("/proc/" + pid + "/smaps_rollup")));
            rss += one.rss;
            pss += one.pss;
        }
        return new Mappings(rss, pss);
    }

    /** Reads the text of {@code /proc/<pid>/smaps_rollup}. */
    static Mappings parse(String smapsRollup) throws IOException {
        return new Mappings(sum(smapsRollup, "Rss"), sum(smapsRollup, "Pss"));
    }

    private static long sum(String smapsRollup, String name) throws IOException {
        Matcher sum = SUM.matcher(smapsRollup);
        while (sum.find()) {
            if (sum.group(1).equals(name)) {
                return Long.parseLong(sum.group(2)) * KIB;
            }
        }
        throw new IOException("smaps_rollup has no " + name);
    }

    /** What the kernel holds for the buffers of all TCP sockets, those of both sides; -1 where it does not tell. */
    static long socketBytes() {
        try {
            return socketBytes(Files.readString(Path.of("/proc/net/sockstat")));
        } catch (IOException e) {
            return -1;
        }
    }

    static long socketBytes(String sockstat) {
        Matcher pages = SOCKET_PAGES.matcher(sockstat);
        return pages.find() ? Long.parseLong(pages.group(1)) * PAGE_BYTES : -1;
    }
}
