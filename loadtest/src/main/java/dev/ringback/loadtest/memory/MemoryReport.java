package dev.ringback.loadtest.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The figures of a whole run. */
record MemoryReport(String url, int from, int to, List<TransportCost> transports) {
    private static final String FOOTNOTE = """
            Direct is Netty's memory outside the heap, where the gateway's metrics tell it (ringback_direct_used_bytes).
            PSS and RSS leave out the kernel's memory for sockets. They count each page of the heap from its first use on, so
            that later rounds see little of what the heap grows by. Of a gateway that has run with -Xms as large as -Xmx and
            -XX:+AlwaysPreTouch from its start they tell what lies outside the heap; heap and PSS together are then the whole.
            """;

    /** Few waiting and many waiting, in one round. */
    record Round(Reading few, Reading many) {
        /** What one connection more costs. */
        double slope(ToLongFunction<Reading> figure) {
            long grown = figure.applyAsLong(many) - figure.applyAsLong(few);
            return (double) grown / (many.connections() - few.connections());
        }
    }

    /** Bytes per connection, over the rounds. */
    record TransportCost(
            String transport,
            Spread heap,
            Spread heapInfo,
            Spread rss,
            Spread pss,
            @Nullable Spread direct,
            List<Round> rounds) {
        static TransportCost of(String transport, List<Round> rounds) {
            return new TransportCost(
                    transport,
                    slopes(rounds, Reading::heap),
                    slopes(rounds, Reading::heapInfo),
                    slopes(rounds, Reading::rss),
                    slopes(rounds, Reading::pss),
                    rounds.get(0).few().direct() < 0 ? null : slopes(rounds, Reading::direct),
                    List.copyOf(rounds));
        }

        private static Spread slopes(List<Round> rounds, ToLongFunction<Reading> figure) {
            List<Double> slopes = new ArrayList<>();
            rounds.forEach(round -> slopes.add(round.slope(figure)));
            return Spread.of(slopes);
        }
    }

    String table() {
        String row = "%-11s %6s  %-26s %-26s %-26s %-26s %s%n";
        StringBuilder table = new StringBuilder()
                .append(String.format(
                        Locale.ROOT,
                        "bytes per waiting connection, the slope from %,d to %,d: median (least – most) of the rounds%n",
                        from,
                        to))
                .append(String.format(row, "transport", "rounds", "heap", "heap by jcmd", "direct", "PSS", "RSS"));
        for (TransportCost cost : transports) {
            table.append(String.format(
                    row,
                    cost.transport,
                    cost.rounds.size(),
                    cost.heap,
                    cost.heapInfo,
                    cost.direct == null ? "not told" : cost.direct,
                    cost.pss,
                    cost.rss));
        }
        return table.append(FOOTNOTE).toString();
    }
}
