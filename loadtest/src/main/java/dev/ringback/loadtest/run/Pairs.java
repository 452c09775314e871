package dev.ringback.loadtest.run;

import dev.ringback.loadtest.memory.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Runs without something and with it, one of each in a round.
 *
 * @param without a run of each round
 * @param with the other run of each round
 */
public record Pairs<R>(List<R> without, List<R> with) {
    /** Makes one run. */
    @FunctionalInterface
    public interface Runner<R> {
        R run() throws IOException, InterruptedException;
    }

    /** Hears of each round. */
    @FunctionalInterface
    public interface Watcher<R> {
        void onRound(int round, R without, R with);
    }

    /** Whoever comes second has what the first left behind: they take turns. */
    public static <R> Pairs<R> inTurn(int rounds, Runner<R> without, Runner<R> with, Watcher<R> watcher)
            throws IOException, InterruptedException {
        Pairs<R> pairs = new Pairs<>(new ArrayList<>(), new ArrayList<>());
        for (int round = 1; round <= rounds; round++) {
            boolean withFirst = round % 2 == 0;
            R first = (withFirst ? with : without).run();
            R second = (withFirst ? without : with).run();
            pairs.with.add(withFirst ? first : second);
            pairs.without.add(withFirst ? second : first);
            watcher.onRound(round, pairs.without.get(round - 1), pairs.with.get(round - 1));
        }
        return pairs;
    }

    /** Prints the p99 of each run. */
    public static <R> Watcher<R> printingP99(int rounds, ToDoubleFunction<R> micros) {
        return (round, without, with) -> System.err.printf(
                Locale.ROOT,
                "round %d of %d: p99 %,.0f µs without, %,.0f µs with%n",
                round,
                rounds,
                micros.applyAsDouble(without),
                micros.applyAsDouble(with));
    }

    /** How many times as much a figure is with it, in each round. */
    public Spread ratio(ToDoubleFunction<R> figure) {
        return Spread.of(IntStream.range(0, with.size())
                .mapToObj(i -> figure.applyAsDouble(with.get(i)) / figure.applyAsDouble(without.get(i)))
                .toList());
    }
}
