package dev.ringback.gateway.config;

import java.util.regex.Pattern;

/** {@code 0}, {@code 8080}, {@code -1}; not YAML's {@code 010}, {@code 0x10}, {@code 1_000} or {@code 1:30}. */
final class WholeNumber implements Quantity<Long> {

    private static final Pattern SYNTAX = Pattern.compile("-?(?:0|[1-9][0-9]*)");
    private static final int MAX_DIGITS = 18;

    @Override
    public String noun() {
        return "a whole number";
    }

    @Override
    public String examples() {
        return "";
    }

    @Override
    public Long parse(String text) throws InvalidValueException {
        if (!SYNTAX.matcher(text).matches()) {
            throw new InvalidValueException("not a whole number");
        }
        return parseDigits(text);
    }

    @Override
    public String render(Long number) {
        return number.toString();
    }

    /** Digits as a number; too many of them are an {@link ArithmeticException} and not a wrong number. */
    static long parseDigits(String digits) {
        if (digits.length() > MAX_DIGITS) {
            throw new ArithmeticException("too many digits");
        }
        return Long.parseLong(digits);
    }
}
