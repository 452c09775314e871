package dev.ringback.loadtest.scenario;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Every key of a scenario, with its default; the files in {@code config/load} say what each does. */
public enum Key {
    TARGET("ringback"),
    SHAPE("fanout"),
    CONNECTIONS("300"),
    TRANSPORTS("websocket:1,sse:1,long-poll:1"),
    RAMP_PER_SECOND("2000"),
    WAITERS_PER_JOB("100"),
    JOBS("100"),
    ZIPF_EXPONENT("1.0"),
    RATE("100"),
    BURST("1"),
    EVENT_BYTES("25"),
    WARMUP("2s"),
    DURATION("10s"),
    PUBLISHER("http"),
    PUBLISHER_CONNECTIONS("16"),
    REDIS("127.0.0.1:6379"),
    CREATE_JOBS("auto"),
    CHURN_PER_SECOND("0"),
    STORM_AT("0s"),
    COMEBACK("told"),
    SLOW_PERCENT("0"),
    PATIENCE("10s"),
    CALIBRATE("2s"),
    PROCESSES("0"),
    LOOPS("1"),
    SERVER_CPUS(""),
    SERVER_SETTINGS("");

    private final String defaultValue;

    Key(String defaultValue) {
        this.defaultValue = defaultValue;
    }

    String defaultValue() {
        return defaultValue;
    }

    /** As files and command lines write it. */
    public String spelling() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    static Optional<Key> find(String spelling) {
        return Arrays.stream(values())
                .filter(key -> key.spelling().equals(spelling))
                .findFirst();
    }

    static List<String> spellings() {
        return Arrays.stream(values()).map(Key::spelling).toList();
    }
}
