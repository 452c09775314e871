package dev.ringback.gateway.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Turns off what keeps completions from being lost, one thing at a time, and shows that the loss is noticed: a simulation that
 * finds nothing then would prove nothing.
 *
 * <p>The safeguards cover for one another, so each is judged in worlds where none of the others does, and where the fault happens
 * that it is there for. Which those are says what covers what:
 *
 * <ul>
 *   <li>an event that comes between subscribing and the first answer: only the merge buffer
 *   <li>events published while a pub/sub connection was away: the read on each new connection, else the sweep
 *   <li>a pub/sub connection that is dead and looks alive: the canary, else the sweep
 *   <li>a single event lost on a connection that stands: nothing but the sweep, so worlds that do not sweep must not have it
 *   <li>data that the server lost: the rule that a read which went back is believed, and nothing else
 *   <li>two workers with different ends: the store's check, and nothing else
 * </ul>
 *
 * What clients do by themselves covers too: a poll ends with a read, and a stream that ends by its age may find a new topic. So
 * all clients here are patient.
 */
class MutationTest {
    private static final int SEEDS = 1_000;
    private static final int FIRST = 1;

    @Test
    void withoutTheMergeBufferAnEventThatOvertakesTheFirstReadIsLost() {
        Plan plan = Plan.patient(Set.of(FaultKind.COMMANDS_SLOW), false);
        assertThatTheLossIsNoticed(plan, plan.withoutSafeguard("MERGE_BUFFER"));
    }

    @Test
    void withoutTheReadOnEachConnectionWhatWasPublishedMeanwhileIsLost() {
        Plan plan = Plan.patient(Set.of(FaultKind.PUB_SUB_BREAKS), false);
        assertThatTheLossIsNoticed(plan, plan.withoutSafeguard("READ_PER_CONNECTION"));
    }

    @Test
    void withoutTheSweepAnEventThatTheRelayLosesIsLost() {
        Plan plan = Plan.patient(Set.of(FaultKind.RELAY_LOSES), true);
        assertThatTheLossIsNoticed(plan, plan.withoutSafeguard("SWEEP"));
    }

    @Test
    void withoutTheRollbackRuleStreamsStayAboveTheTruth() {
        Plan plan = Plan.patient(Set.of(FaultKind.SERVER_ROLLS_BACK), false);
        assertThatTheLossIsNoticed(plan, plan.withoutSafeguard("ROLLBACK_RULE"));
    }

    @Test
    void withoutTheCanaryADeadConnectionIsListenedToForEver() {
        Plan plan = Plan.patient(Set.of(FaultKind.PUB_SUB_DEAF), false);
        assertThatTheLossIsNoticed(plan, plan.withoutCanary());
    }

    @Test
    void withoutTheWriteOnceCheckAnAcknowledgedEndIsUndone() {
        Plan plan = Plan.patient(FaultKind.NONE, false);
        assertThatTheLossIsNoticed(plan, plan.withoutWriteOnce());
    }

    private static void assertThatTheLossIsNoticed(Plan whole, Plan mutated) {
        try (LoggedErrors errors = new LoggedErrors()) {
            for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
                assertThat(World.run(seed, whole, new Figures()))
                        .as("seed %d, unmutated", seed)
                        .isEmpty();
                List<String> noticed = World.run(seed, mutated, new Figures());
                assertThat(errors.take()).isEmpty();
                if (!noticed.isEmpty()) {
                    System.out.printf("noticed with seed %d: %s%n", seed, noticed.get(0));
                    return;
                }
            }
        }
        assertThat(SEEDS).as("seeds, none of which notices the loss").isZero();
    }
}
