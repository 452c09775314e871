package dev.ringback.loadtest.queue;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a queue costs Redis, by its own account: bytes of memory, and its time for each step on a queue, as its slow log tells it. */
final class RedisCosts implements Closeable {
    private static final String QUEUES = "{ringback:queue:";
    /** Of a step's arguments: EVALSHA, the script, the number of keys, the key, and what is to be done. */
    private static final int KEY = 3;

    private static final int STEP = 4;
    private static final String SAMPLES = "10000";

    private final RedisTalk talk;

    RedisCosts(String address) throws IOException {
        talk = new RedisTalk(address);
        // Whatever takes at least so many microseconds is noted; the commands inside of a script take less.
        talk.ask("CONFIG", "SET", "slowlog-log-slower-than", "10");
        talk.ask("CONFIG", "SET", "slowlog-max-len", "0");
    }

    /** All that Redis holds. */
    long usedBytes() throws IOException {
        String memory = (String) talk.ask("INFO", "memory");
        return memory.lines()
                .filter(line -> line.startsWith("used_memory_dataset:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .sum();
    }

    /** What the keys of queues hold, by some of their members: to look at all stops Redis for seconds. */
    long queueBytes() throws IOException {
        long bytes = 0;
        String cursor = "0";
        do {
            List<?> page = (List<?>) talk.ask("SCAN", cursor, "MATCH", QUEUES + "*", "COUNT", "10000");
            cursor = (String) page.get(0);
            for (Object key : (List<?>) page.get(1)) {
                bytes += (Long) talk.ask("MEMORY", "USAGE", (String) key, "SAMPLES", SAMPLES);
            }
        } while (!cursor.equals("0"));
        return bytes;
    }

    /** Begins to note how long steps take. */
    void begin() throws IOException {
        talk.ask("SLOWLOG", "RESET");
        talk.ask("CONFIG", "SET", "slowlog-max-len", "100000");
    }

    /** Ends it: the microseconds of each step, by what was done. */
    Map<String, List<Double>> end() throws IOException {
        Map<String, List<Double>> micros = new TreeMap<>();
        for (Object entry : (List<?>) talk.ask("SLOWLOG", "GET", "-1")) {
            List<?> fields = (List<?>) entry;
            List<?> words = (List<?>) fields.get(3);
            if (words.size() > STEP && words.get(KEY).toString().startsWith(QUEUES)) {
                micros.computeIfAbsent(words.get(STEP).toString(), step -> new ArrayList<>())
                        .add(((Long) fields.get(2)).doubleValue());
            }
        }
        talk.ask("CONFIG", "SET", "slowlog-max-len", "0");
        return micros;
    }

    @Override
    public void close() throws IOException {
        talk.close();
    }
}
