package dev.ringback.gateway.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds what someone meant who wrote something else. */
final class Spelling {

    /** No key is as long as this. */
    private static final int MAX_CHARACTERS = 80;

    private static final int SLIP_DISTANCE = 2;

    private Spelling() {}

    /**
     * The candidate that is nearest to what was given, or null when none is near: a slip of at most two characters, else
     * the same name in another section, else a third of the characters wrong. Case, dashes and underscores do not count.
     */
    static @Nullable String nearest(String given, Collection<String> candidates) {
        if (given.length() > MAX_CHARACTERS) {
            return null;
        }
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int distance = distance(normal(given), normal(candidate));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        int tolerated = normal(given).length() / 3;
        if (bestDistance <= Math.min(SLIP_DISTANCE, tolerated)) {
            return best;
        }
        String namesake = namesake(given, candidates);
        if (namesake != null) {
            return namesake;
        }
        return bestDistance <= tolerated ? best : null;
    }

    private static @Nullable String namesake(String given, Collection<String> candidates) {
        String name = normal(given.substring(given.lastIndexOf('.') + 1));
        for (String candidate : candidates) {
            if (normal(candidate.substring(candidate.lastIndexOf('.') + 1)).equals(name)) {
                return candidate;
            }
        }
        return null;
    }

    private static String normal(String text) {
        return text.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }

    /** The number of characters to insert, delete or replace, or of neighbours to swap. */
    static int distance(String from, String to) {
        int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            cost[i][0] = i;
        }
        for (int j = 0; j <= to.length(); j++) {
            cost[0][j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            for (int j = 1; j <= to.length(); j++) {
                cost[i][j] = cheapest(cost, from, to, i, j);
            }
        }
        return cost[from.length()][to.length()];
    }

    private static int cheapest(int[][] cost, String from, String to, int i, int j) {
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int best = Math.min(cost[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
