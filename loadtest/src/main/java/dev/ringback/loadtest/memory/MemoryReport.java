package dev.ringback.loadtest.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a whole run.
 *
 * @param target the kind of server
 * @param server what is known of it; of several that were started, of the last
 * @param whole whether PSS leaves the heap out, so that both together are what a connection costs
 */
record MemoryReport(String target, String server, boolean whole, int from, int to, List<TransportCost> transports) {
    private static final String NOT_TOLD = "not told";
    private static final String ROW = "%-11s %6s  %-26s %-26s %-26s %-26s %s%n";
    private static final String FOOTNOTE = """
            Direct is Netty's memory outside the heap, where the gateway's metrics tell it (ringback_direct_used_bytes); it is in PSS.
            PSS and RSS are sums over the server's processes and leave out the kernel's memory for sockets.
            """;
    private static final String WHOLE = """
            Each round had a server of its own, whose heap was resident as a whole from its start (-Xms = -Xmx, fixed -Xmn, AlwaysPreTouch):
            PSS grows by everything but the heap, and the total is the heap's slope and PSS's together.
            """;
    private static final String GROWING = """
            PSS and RSS count each page of the heap from its first use on, so that later rounds see little of what the heap grows by.
            Only without --pid, by servers that are started for it, is there a total.
            """;

    /** Few waiting and many waiting, in one round. */
    record Round(Reading few, Reading many) {
        /** What one connection more costs. */
        double slope(ToLongFunction<Reading> figure) {
            long grown = figure.applyAsLong(many) - figure.applyAsLong(few);
            return (double) grown / (many.connections() - few.connections());
        }
    }

    /**
     * Bytes per connection, over the rounds; null for what is not known.
     *
     * @param total of heap and PSS
     * @param sockets of the kernel, for both sides
     */
    record TransportCost(
            String transport,
            @Nullable Spread heap,
            @Nullable Spread heapInfo,
            Spread rss,
            Spread pss,
            @Nullable Spread direct,
            @Nullable Spread total,
            @Nullable Spread sockets,
            List<Round> rounds) {
        static TransportCost of(String transport, boolean whole, List<Round> rounds) {
            boolean hasHeap = rounds.get(0).few().anyHeap() >= 0;
            return new TransportCost(
                    transport,
                    slopes(rounds, Reading::heap),
                    slopes(rounds, Reading::heapInfo),
                    Spread.of(rounds.stream()
                            .map(round -> round.slope(Reading::rss))
                            .toList()),
                    Spread.of(rounds.stream()
                            .map(round -> round.slope(Reading::pss))
                            .toList()),
                    slopes(rounds, Reading::direct),
                    whole ? slopes(rounds, reading -> reading.pss() + (hasHeap ? reading.anyHeap() : 0)) : null,
                    slopes(rounds, Reading::sockets),
                    List.copyOf(rounds));
        }

        private static @Nullable Spread slopes(List<Round> rounds, ToLongFunction<Reading> figure) {
            List<Double> slopes = new ArrayList<>();
            for (Round round : rounds) {
                if (figure.applyAsLong(round.few()) < 0 || figure.applyAsLong(round.many()) < 0) {
                    return null;
                }
                slopes.add(round.slope(figure));
            }
            return Spread.of(slopes);
        }
    }

    String table() {
        StringBuilder table = new StringBuilder()
                .append(String.format(
                        Locale.ROOT,
                        "%s (%s): bytes per waiting connection, the slope from %,d to %,d: median (least – most) of the rounds%n",
                        target,
                        server,
                        from,
                        to))
                .append(row("transport", "rounds", "heap", "direct", "PSS", "RSS", "total"));
        for (TransportCost cost : transports) {
            table.append(row(
                    cost.transport,
                    Integer.toString(cost.rounds.size()),
                    text(cost.heap == null ? cost.heapInfo : cost.heap),
                    text(cost.direct),
                    text(cost.pss),
                    text(cost.rss),
                    text(cost.total)));
        }
        for (TransportCost cost : transports) {
            table.append(String.format(
                    Locale.ROOT,
                    "kernel, buffers of both sides' sockets (/proc/net/sockstat), %s: %s%n",
                    cost.transport,
                    text(cost.sockets)));
        }
        return table.append(FOOTNOTE).append(whole ? WHOLE : GROWING).toString();
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, ROW, cells).stripTrailing() + System.lineSeparator();
    }

    private static String text(@Nullable Spread spread) {
        return spread == null ? NOT_TOLD : spread.toString();
    }
}
