package dev.ringback.gateway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.hub.Shards;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Worlds of gateways, workers and clients around one server, in which everything goes wrong that may (I1 to I4).
 * {@code -Dsimulation.worlds=N} runs more; {@code -Dsimulation.first=N} begins elsewhere, as to repeat one.
 */
class SimulationTest {
    private static final int WORLDS = Integer.getInteger("simulation.worlds", 5_000);
    private static final long FIRST = Long.getLong("simulation.first", 1);

    /** Without the sweep all holds but for single events that the relay loses: those only the sweep finds. */
    @Test
    void everyoneHearsTheEndWithoutASweepUnlessTheRelayLosesIt() {
        Set<FaultKind> others = EnumSet.complementOf(EnumSet.of(FaultKind.RELAY_LOSES));
        run(WORLDS / 5, Plan.notSweeping(others), new Figures());
    }

    @Test
    void everyoneHearsTheEndInTimeWhateverGoesWrong() {
        Figures figures = new Figures();
        run(WORLDS, Plan.EVERYTHING, figures);
        System.out.print(figures);
        if (WORLDS >= 5_000) {
            assertThatAllHappened(figures);
        }
    }

    private static void run(int worlds, Plan plan, Figures figures) {
        try (LoggedErrors errors = new LoggedErrors()) {
            for (long seed = FIRST; seed < FIRST + worlds; seed++) {
                List<String> violations = World.run(seed, plan, figures);
                if (!violations.isEmpty()) {
                    assertThat(violations).as("%s", story(seed, plan)).isEmpty();
                }
                assertThat(errors.take())
                        .as("logged in the world of seed %d", seed)
                        .isEmpty();
            }
        }
    }

    private static String story(long seed, Plan plan) {
        return "seed " + seed + "\n  " + String.join("\n  ", World.trace(seed, plan)) + "\n";
    }

    private static void assertThatAllHappened(Figures figures) {
        for (FaultKind kind : FaultKind.values()) {
            assertThat(figures.of("fault: " + kind))
                    .as("faults of kind %s", kind)
                    .isPositive();
        }
        for (String state : Shards.states()) {
            assertThat(figures.of("ends: " + state)).as("ends while %s", state).isPositive();
        }
        for (String what : new String[] {
            "clients: ends heard",
            "clients: resets heard",
            "clients: reconnects",
            "hub: recovered by reads",
            "hub: resets",
            "hub: stale events",
            "hub: reads that failed",
            "relay: canaries missed",
            "relay: silences",
            "relay: reconnects by the canary",
            "wire: events lost",
            "wire: events delayed",
            "wire: events repeated",
            "wire: reads failed",
            "streams: coalesced",
            "workers: ends undone"
        }) {
            assertThat(figures.of(what)).as(what).isPositive();
        }
    }

    @Test
    void aSeedIsAWorldThatCanBeRepeated() {
        for (long seed = FIRST; seed < FIRST + 20; seed++) {
            assertThat(World.trace(seed, Plan.EVERYTHING)).isEqualTo(World.trace(seed, Plan.EVERYTHING));
        }
    }
}
