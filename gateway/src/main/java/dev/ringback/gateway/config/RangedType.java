package dev.ringback.gateway.config;

import java.util.function.Function;

/**
 * A number, size or duration within a range.
 *
 * @param <T> how it is compared
 */
final class RangedType<T extends Comparable<T>> extends ScalarType {

    private final Quantity<T> quantity;
    private final T min;
    private final T max;
    private final Function<T, Object> toJava;
    private final Function<Object, T> fromJava;

    /**
     * Both ends are allowed.
     *
     * @param toJava makes the record component's type of a quantity that is in range
     * @param fromJava the way back
     */
    RangedType(Quantity<T> quantity, String min, String max, Function<T, Object> toJava, Function<Object, T> fromJava)
            throws InvalidValueException {
        this.quantity = quantity;
        this.min = quantity.parse(min);
        this.max = quantity.parse(max);
        this.toJava = toJava;
        this.fromJava = fromJava;
    }

    @Override
    String noun() {
        return quantity.noun();
    }

    @Override
    public String allowed() {
        return quantity.render(min) + " to " + quantity.render(max);
    }

    @Override
    Object parse(String text) throws InvalidValueException {
        T value;
        try {
            value = quantity.parse(text);
        } catch (ArithmeticException tooLarge) {
            throw outOfRange();
        } catch (InvalidValueException noQuantity) {
            throw new InvalidValueException(noQuantity.getMessage() + "; allowed: " + allowed() + quantity.examples());
        }
        requireInRange(value);
        return toJava.apply(value);
    }

    @Override
    public void check(Object value) throws InvalidValueException {
        requireInRange(fromJava.apply(value));
    }

    @Override
    public String render(Object value) {
        return quantity.render(fromJava.apply(value));
    }

    private void requireInRange(T value) throws InvalidValueException {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw outOfRange();
        }
    }

    private InvalidValueException outOfRange() {
        return new InvalidValueException("out of range; allowed: " + allowed());
    }
}
