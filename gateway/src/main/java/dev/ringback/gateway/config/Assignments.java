package dev.ringback.gateway.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has been set so far, the later over the earlier, and what was wrong with it. Used by one thread. */
final class Assignments {

    private final Problems problems = new Problems();
    private final Map<Key, Object> values = new HashMap<>();
    private final Map<Key, String> places = new HashMap<>();
    private final Set<Key> refused = new HashSet<>();

    Problems problems() {
        return problems;
    }

    /** The values that were accepted. */
    Map<Key, Object> values() {
        return values;
    }

    /** Whether some value of the key was refused, so that its value here is not the one that was meant. */
    boolean isRefused(Key key) {
        return refused.contains(key);
    }

    /** Where the value of the key was set, with the value, or null when it has its default. */
    @Nullable String placeOf(Key key) {
        return places.get(key);
    }

    /** Sets a key to what stands in a file. */
    void assign(Key key, ConfigNode node, Source source) {
        assign(key, node, reportFor(key, source));
    }

    /** Sets a key to a text from outside a file. */
    void assignText(Key key, String text, Source source) {
        Report report = reportFor(key, source);
        ConfigNode node = key.type().toNode(text, report);
        if (node == null) {
            refused.add(key);
        } else {
            assign(key, node, report);
        }
    }

    private Report reportFor(Key key, Source source) {
        return new Report(source, key.path(), "", problems);
    }

    private void assign(Key key, ConfigNode node, Report report) {
        Object value = key.type().read(node, report);
        if (value == null) {
            refused.add(key);
            return;
        }
        values.put(key, value);
        places.put(
                key,
                report.source().locate(node.line(), key.path(), "", key.type().show(node)));
    }
}
