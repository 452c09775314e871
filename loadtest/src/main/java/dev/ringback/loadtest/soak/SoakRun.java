package dev.ringback.loadtest.soak;

import dev.ringback.loadtest.result.LoadResult;
import dev.ringback.loadtest.run.LoadRun;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.Settings;
import dev.ringback.loadtest.server.LoadedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rounds of churn against one server: in each, visitors come and go in every way there is while a crowd of well-behaved clients, some
 * of whom lose their connection again and again, checks what it hears. Then everyone leaves, and what the server still holds is counted.
 */
final class SoakRun {
    /** The ways in which a crowd waits, in turn: each job has a few, most have none or many, each ends and is followed by the next. */
    private static final List<String> SHAPES = List.of("fanout", "zipf", "one");

    private final Plan plan;
    private final LoadedServer server;
    private final Inventory inventory;
    private final String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    private final Visitors visitors = new Visitors();
    private final List<List<String>> found = new ArrayList<>();

    /**
     * How long, and how many.
     *
     * @param rounds after the warm-up, which is a round too
     * @param round how long events are made in one; coming and leaving comes on top
     * @param visitors that come and go at the same time
     * @param crowd connections of the well-behaved
     */
    record Plan(int rounds, Duration round, int visitors, int crowd) {}

    SoakRun(Plan plan, LoadedServer server, Inventory inventory) {
        this.plan = plan;
        this.server = server;
        this.inventory = inventory;
    }

    /** @param store of the gateway, for the report */
    SoakReport run(String store) throws IOException, InterruptedException {
        List<Holding> holdings = new ArrayList<>();
        try (visitors) {
            round(0);
            holdings.add(inventory.take(null, visitors.paid()));
            for (int i = 1; i <= plan.rounds; i++) {
                round(i);
                Holding holding = inventory.take(holdings.get(0), visitors.paid());
                holdings.add(holding);
                System.err.printf(
                        Locale.ROOT,
                        "round %d of %d: %s, %,d bytes of heap, %,d direct%n",
                        i,
                        plan.rounds,
                        visitors,
                        holding.heapBytes(),
                        holding.directBytes());
            }
        }
        return new SoakReport(
                server.description(), store, holdings, visitors.paidByKind(), visitors.complaints(), found);
    }

    private void round(int number) throws IOException, InterruptedException {
        visitors.start(plan.visitors, server.target(), run + "-" + number, number);
        try {
            LoadResult result = new LoadRun(scenario(number), server).run();
            found.add(result.verdicts());
        } finally {
            visitors.stop();
        }
    }

    private Scenario scenario(int round) throws IOException {
        String shape = SHAPES.get(round % SHAPES.size());
        Settings settings = Settings.defaults();
        settings.override(List.of(
                "shape=" + shape,
                "connections=" + plan.crowd,
                "waiters-per-job=10",
                "rate=" + Math.max(1, plan.crowd / 4),
                "event-bytes=2048",
                "churn-per-second=" + Math.max(1, plan.crowd / 6),
                // One who stops reading never comes to its next job, and would come back to one that is gone.
                "slow-percent=" + (shape.equals("one") ? 0 : 2),
                "warmup=0s",
                "duration=" + plan.round.toMillis() + "ms",
                "calibrate=0s"));
        return Scenario.of("soak", settings);
    }
}
