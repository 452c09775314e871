package dev.ringback.gateway.config;

/**
 * How numbers with a unit, or without, are written.
 *
 * @param <T> the Java type
 */
interface Quantity<T extends Comparable<T>> {

    /** With its article, as in "not {@code a duration}". */
    String noun();

    /** After the range, as in ", like 30s, 5m, 500ms"; empty when the range says it all. */
    String examples();

    /**
     * The quantity that a text stands for.
     *
     * @throws InvalidValueException when it is none; the message is what is wrong, without what is allowed
     * @throws ArithmeticException when it is too large for the Java type
     */
    T parse(String text) throws InvalidValueException;

    /** The shortest text that stands for a quantity. */
    String render(T quantity);
}
