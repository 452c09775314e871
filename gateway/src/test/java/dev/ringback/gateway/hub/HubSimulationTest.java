package dev.ringback.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Tries the orders in which subscribing, reading, events, leaving and breaking may meet (I1, I2). {@code -Dsimulation.seeds=N} runs
 * more; {@code -Dsimulation.first=N} begins elsewhere, as to repeat one.
 */
class HubSimulationTest {
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 100_000);
    private static final long FIRST = Long.getLong("simulation.first", 1);

    @Test
    void nobodyMissesTheEndAndNobodySeesTwoInAnyOrder() {
        HubSimulation simulation = new HubSimulation(false);
        run(simulation, SEEDS);
        assertThat(simulation.endsByState)
                .as("jobs ended while their topic was in each state")
                .containsKeys(
                        TopicState.SUBSCRIBING,
                        TopicState.READING,
                        TopicState.LIVE,
                        TopicState.LINGERING,
                        TopicState.UNSUBSCRIBING);
        assertThat(simulation.endsWithoutTopic).isPositive();
    }

    @Test
    void nobodyMissesTheEndWhileReadsFailAndThePubSubConnectionBreaks() {
        HubSimulation simulation = new HubSimulation(true);
        run(simulation, SEEDS / 4);
        assertThat(simulation.breaks).isPositive();
    }

    private static void run(HubSimulation simulation, int seeds) {
        for (long seed = FIRST; seed < FIRST + seeds; seed++) {
            assertThat(simulation.run(seed)).isNull();
        }
        System.out.printf(
                "%,d orders, %,d steps; jobs ended in %s, %,d without a topic; %,d breaks%n",
                seeds, simulation.steps, simulation.endsByState, simulation.endsWithoutTopic, simulation.breaks);
    }
}
