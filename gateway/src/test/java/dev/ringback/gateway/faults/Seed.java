package dev.ringback.gateway.faults;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.List;
import java.util.Random;

/**
 * What a chaos run is made of: a number from which the order and the times of its faults follow. A short run, as in continuous
 * integration, takes the hardest variants of a scenario, or one by the seed; with {@code -Dchaos.minutes=M} it takes all, and the
 * random scenario goes on for so long.
 */
final class Seed {
    private static final long DEFAULT = 20_266;
    private static final double SHORT_MINUTES = 0.8;

    private Seed() {}

    static long value() {
        return Long.getLong("chaos.seed", DEFAULT);
    }

    static boolean isShort() {
        return System.getProperty("chaos.minutes") == null;
    }

    /** How long the random scenario goes on. */
    static double minutes() {
        return isShort() ? SHORT_MINUTES : Double.parseDouble(System.getProperty("chaos.minutes"));
    }

    /** One of these, by the seed. */
    static <T> T oneOf(List<T> variants) {
        return variants.get(new Random(value()).nextInt(variants.size()));
    }

    /** Skips a scenario that shows no more than what is not promised, in a short run. */
    static void assumeLong() {
        assumeFalse(isShort(), "only with -Dchaos.minutes");
    }

    /** How to see the same again. */
    static String rerun(Class<?> scenario) {
        String minutes = isShort() ? "" : " -Dchaos.minutes=" + System.getProperty("chaos.minutes");
        return "./ringback test --chaos -Dit.test=" + scenario.getSimpleName() + " -Dtest=None"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Dchaos.seed="
                + value() + minutes;
    }
}
