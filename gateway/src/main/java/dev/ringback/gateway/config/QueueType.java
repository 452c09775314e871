package dev.ringback.gateway.config;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What is particular to the jobs of one type, an entry of {@code queues.types}: {@code transcode concurrency=4 rate=10 burst=20
 * max-attempts=5}.
 *
 * @param concurrency how many are leased at once; 0 for any number
 * @param ratePerSecond how many are leased in a second, over time; 0 for any number
 * @param burst how many of those may come at once
 * @param maxAttempts how often a job is tried; 0 for as often as {@code queues.max-attempts}
 */
public record QueueType(String type, int concurrency, double ratePerSecond, int burst, int maxAttempts) {
    private static final Pattern WHOLE = Pattern.compile("[1-9][0-9]{0,6}");
    private static final Pattern RATE = Pattern.compile("[0-9]{1,7}(?:\\.[0-9]{1,3})?");
    private static final int MOST_ATTEMPTS = 1_000;
    private static final int MAX_TYPE_LENGTH = 128;
    private static final String NONE = "0";

    /** Whether a text is such an entry. */
    static boolean isOne(String text) {
        try {
            of(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Reads an entry.
     *
     * @throws IllegalArgumentException where it is none
     */
    static QueueType of(String text) {
        String[] words = text.strip().split("\\s+");
        Map<String, String> limits = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            String name = words[i].substring(0, Math.max(0, equals));
            Pattern allowed = name.equals("rate") ? RATE : WHOLE;
            boolean known = name.matches("concurrency|rate|burst|max-attempts");
            String value = words[i].substring(equals + 1);
            if (!known || !allowed.matcher(value).matches() || limits.put(name, value) != null) {
                throw new IllegalArgumentException(words[i]);
            }
        }
        double rate = Double.parseDouble(limits.getOrDefault("rate", NONE));
        int burst = Integer.parseInt(limits.getOrDefault("burst", NONE));
        int attempts = Integer.parseInt(limits.getOrDefault("max-attempts", NONE));
        boolean burstWithoutRate = burst > 0 && rate == 0;
        boolean standsStill = limits.containsKey("rate") && rate == 0;
        if (limits.isEmpty() || words[0].length() > MAX_TYPE_LENGTH || words[0].contains("=")) {
            throw new IllegalArgumentException(text);
        }
        if (burstWithoutRate || standsStill || attempts > MOST_ATTEMPTS) {
            throw new IllegalArgumentException(text);
        }
        int concurrency = Integer.parseInt(limits.getOrDefault("concurrency", NONE));
        int bucket = rate > 0 && burst == 0 ? Math.max(1, (int) Math.ceil(rate)) : burst;
        return new QueueType(words[0], concurrency, rate, bucket, attempts);
    }
}
