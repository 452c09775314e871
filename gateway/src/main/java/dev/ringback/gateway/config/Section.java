package dev.ringback.gateway.config;

import java.lang.reflect.RecordComponent;
import java.util.List;

/**
 * The keys of one record.
 *
 * @param name how the file names it, like {@code long-poll}
 * @param component the component of {@link GatewayConfig} that holds the record
 * @param keys in the order of the record's components
 */
record Section(String name, RecordComponent component, List<Key> keys) {

    Class<?> type() {
        return component.getType();
    }
}
