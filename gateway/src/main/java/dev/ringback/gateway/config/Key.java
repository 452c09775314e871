package dev.ringback.gateway.config;

import java.lang.reflect.RecordComponent;
import java.util.Locale;

/**
 * One configuration key.
 *
 * @param path how the file names it, like {@code long-poll.max-wait}
 * @param type what it allows
 * @param component the record component that holds its value
 * @param defaultValue its value when nothing sets it
 */
record Key(String path, ValueType type, RecordComponent component, Object defaultValue) {

    static final String VARIABLE_PREFIX = "RINGBACK_";

    /** The environment variable that sets it, like {@code RINGBACK_LONG_POLL_MAX_WAIT}. */
    String variable() {
        return VARIABLE_PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** Its name within its section, like {@code max-wait}. */
    String name() {
        return path.substring(path.indexOf('.') + 1);
    }
}
