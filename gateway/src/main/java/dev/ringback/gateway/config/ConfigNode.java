package dev.ringback.gateway.config;

import java.util.List;

/** A piece of YAML, or of an environment variable or command line, before it has a type. Lines count from 1. */
sealed interface ConfigNode {

    int line();

    /** What it is, for messages. */
    String noun();

    /** What it looks like, for messages; values are left out, for they may be secret. */
    String outline();

    /**
     * A single value.
     *
     * @param plain whether it stands there without quotes
     */
    record Scalar(String text, boolean plain, int line) implements ConfigNode {

        /** Whether no value was given: nothing after the colon, or YAML's null. */
        boolean isAbsent() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }

        @Override
        public String noun() {
            return "a single value";
        }

        @Override
        public String outline() {
            return "…";
        }
    }

    /** A list. */
    record Sequence(List<ConfigNode> items, int line) implements ConfigNode {

        @Override
        public String noun() {
            return "a list";
        }

        @Override
        public String outline() {
            return items.isEmpty() ? "[]" : "[…]";
        }
    }

    /** A mapping, in the order of the text; a key may stand there twice. */
    record Mapping(List<Entry> entries, int line) implements ConfigNode {

        @Override
        public String noun() {
            return "a mapping";
        }

        @Override
        public String outline() {
            return entries.isEmpty() ? "{}" : "{…}";
        }
    }

    /**
     * A key and its value.
     *
     * @param line where the key stands
     */
    record Entry(String key, ConfigNode value, int line) {}
}
