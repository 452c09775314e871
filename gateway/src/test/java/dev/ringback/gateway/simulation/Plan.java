package dev.ringback.gateway.simulation;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.hub.Shards;
import java.time.Duration;
import java.util.Random;
import java.util.Set;

/**
 * What kind of worlds a test wants.
 *
 * @param faults what may go wrong
 * @param sweeping whether gateways sweep within a world's life
 * @param patient whether all clients wait on streams that outlive the world. Else some poll, and streams end by their age: what
 *     they bring about, a read at the end of a poll, and a topic that ends between two streams, covers for much that was missed
 * @param without the safeguard that is turned off, as {@link Shards} names it
 * @param canary whether the relays listen to themselves
 * @param endsOnce whether the store keeps an end as it is
 */
record Plan(
        Set<FaultKind> faults, boolean sweeping, boolean patient, String without, boolean canary, boolean endsOnce) {
    /** Everything that may go wrong, all ways to wait, and all safeguards. */
    static final Plan EVERYTHING = new Plan(FaultKind.ALL, true, false, Shards.NONE, true, true);

    /** All ways to wait, and all safeguards but the sweep: single events must not be lost. */
    static Plan notSweeping(Set<FaultKind> faults) {
        return new Plan(faults, false, false, Shards.NONE, true, true);
    }

    /** Nothing covers for a safeguard that fails, but the sweep if it is wanted. */
    static Plan patient(Set<FaultKind> faults, boolean sweeping) {
        return new Plan(faults, sweeping, true, Shards.NONE, true, true);
    }

    Plan withoutSafeguard(String safeguard) {
        return new Plan(faults, sweeping, patient, safeguard, canary, endsOnce);
    }

    Plan withoutCanary() {
        return new Plan(faults, sweeping, patient, without, false, endsOnce);
    }

    Plan withoutWriteOnce() {
        return new Plan(faults, sweeping, patient, without, canary, false);
    }

    GatewayConfig config(Random random) {
        boolean documents = random.nextInt(4) > 0;
        if (patient) {
            return sweeping ? GatewayConfigs.PATIENT : GatewayConfigs.PATIENT_NOT_SWEEPING;
        }
        if (!sweeping) {
            return GatewayConfigs.NOT_SWEEPING;
        }
        return documents ? GatewayConfigs.SWEEPING : GatewayConfigs.WITHOUT_DOCUMENTS;
    }

    /** How long a client may be told nothing: as long as a stream lives. */
    Duration longestSilence() {
        return config(new Random(0)).stream().maxAge();
    }
}
