package dev.ringback.gateway.config;

import org.jspecify.annotations.Nullable;

/** The syntax and the allowed values of a key. */
interface ValueType {

    /** After "allowed: ", as in {@code 0 to 65535}. */
    String allowed();

    /** The allowed value that a node stands for, or null after the report got a complaint. */
    @Nullable Object read(ConfigNode node, Report report);

    /**
     * What a text on the command line or in the environment says, as if it stood in the file, or null after the report
     * got a complaint.
     */
    @Nullable ConfigNode toNode(String text, Report report);

    /** Complains when a value of the right Java type is not an allowed one. */
    void check(Object value) throws InvalidValueException;

    /** The text that stands for a value, without secrets. */
    String render(Object value);

    /** What was given, fit to be shown. */
    String show(ConfigNode node);
}
