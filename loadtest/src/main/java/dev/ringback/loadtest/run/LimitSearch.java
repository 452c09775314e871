package dev.ringback.loadtest.run;

import dev.ringback.loadtest.crowd.CrowdFigures;
import dev.ringback.loadtest.result.Latency;
import dev.ringback.loadtest.result.LoadResult;
import dev.ringback.loadtest.run.RunOptions.Limit;
import dev.ringback.loadtest.scenario.Key;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.ScenarioException;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Raises one figure of a scenario by half again and again until the service level breaks, and then closes in on where it did. Each
 * step is a whole run against the same server.
 */
final class LimitSearch {
    /** Makes one run. */
    @FunctionalInterface
    interface Runner {
        LoadResult run(Scenario scenario) throws IOException, InterruptedException;
    }

    /**
     * What was found.
     *
     * @param best the last run within the service level; null where the first was not
     * @param limit its figure
     * @param broke what broke first above it
     */
    record Found(@Nullable LoadResult best, long limit, String broke) {}

    private static final double GROWTH = 1.5;
    private static final double CLOSE_ENOUGH = 1.1;
    private static final long MOST = 10_000_000;
    private static final double MILLI_MICROS = 1000;

    private final Limit limit;
    private final double p99Millis;
    private final Runner runner;

    LimitSearch(Limit limit, double p99Millis, Runner runner) {
        this.limit = limit;
        this.p99Millis = p99Millis;
        this.runner = runner;
    }

    Found search(Scenario scenario) throws IOException, InterruptedException {
        long good = 0;
        long bad = MOST;
        String broke = "nothing broke up to " + MOST;
        LoadResult best = null;
        long next =
                limit == Limit.RATE ? scenario.pace().rate() : scenario.load().connections();
        if (next < 1) {
            throw new ScenarioException("--find-limit needs a scenario whose " + key().spelling() + " is at least 1");
        }
        while (bad > good * CLOSE_ENOUGH && bad - good > 1) {
            Tried tried = attempt(scenario, next);
            System.err.printf(
                    Locale.ROOT,
                    "%s %,d: %s%n",
                    key().spelling(),
                    next,
                    tried.broke().orElse("holds"));
            if (tried.broke().isPresent()) {
                bad = next;
                broke = tried.broke().get();
            } else {
                good = next;
                best = tried.result();
            }
            next = bad == MOST ? Math.min(MOST, (long) Math.ceil(good * GROWTH)) : (good + bad) / 2;
        }
        return new Found(best, good, broke);
    }

    private record Tried(@Nullable LoadResult result, Optional<String> broke) {}

    /** A run that cannot even be made is beyond the limit, too. */
    private Tried attempt(Scenario scenario, long value) throws InterruptedException, ScenarioException {
        Scenario raised = Scenario.of(scenario.name(), scenario.settings().with(key(), value));
        try {
            LoadResult result = runner.run(raised);
            return new Tried(result, broken(result, p99Millis));
        } catch (IOException e) {
            return new Tried(null, Optional.of(String.valueOf(e.getMessage())));
        }
    }

    private Key key() {
        return limit == Limit.RATE ? Key.RATE : Key.CONNECTIONS;
    }

    /** What of the service level a run breaks; empty where it holds. */
    static Optional<String> broken(LoadResult result, double p99Millis) {
        String generator =
                result.generator().isLimit() ? " (" + result.generator().words() + ")" : "";
        if (!result.counts().isClean()) {
            return Optional.of("deliveries went wrong: " + String.join("; ", result.verdicts()));
        }
        if (result.counts().failedConnects() > 0) {
            return Optional.of(result.counts().failedConnects() + " connections failed");
        }
        for (Map.Entry<String, Latency> entry : result.latencyByTransport().entrySet()) {
            double millis = entry.getValue().p99() / MILLI_MICROS;
            if (!entry.getKey().equals(CrowdFigures.CONNECTING) && millis > p99Millis) {
                return Optional.of(String.format(
                        Locale.ROOT,
                        "p99 of %s was %,.1f ms, more than %,.1f%s",
                        entry.getKey(),
                        millis,
                        p99Millis,
                        generator));
            }
        }
        return Optional.empty();
    }
}
