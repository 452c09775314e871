package dev.ringback.gateway.redis;

import org.jspecify.annotations.Nullable;

/** What is wrong where Redis may throw records away: it is the truth only while nothing but time removes them. */
final class EvictionWarning {
    private static final String LIMIT = "maxmemory:";
    private static final String POLICY = "maxmemory_policy:";

    private EvictionWarning() {}

    /**
     * The warning that the answer to {@code INFO memory} calls for; null for none. Every record has a time to live, so the
     * policies that spare keys without one spare none.
     */
    static @Nullable String of(String infoMemory) {
        String policy = value(infoMemory, POLICY);
        boolean bounded = !value(infoMemory, LIMIT).equals("0");
        if (!bounded || policy.isEmpty() || policy.equals("noeviction")) {
            return null;
        }
        return "maxmemory-policy is " + policy + ": when memory runs out, jobs vanish without an end; set noeviction";
    }

    private static String value(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst()
                .orElse("");
    }
}
