package dev.ringback.gateway.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code 500ms}, {@code 30s}, {@code 5m}, {@code 24h}, {@code 7d}: a whole number and one unit. */
final class TimeSpan implements Quantity<Duration> {

    private static final Pattern SYNTAX = Pattern.compile("([0-9]+)(ms|s|m|h|d)");

    @Override
    public String noun() {
        return "a duration";
    }

    @Override
    public String examples() {
        return ", like 30s, 5m, 500ms";
    }

    @Override
    public Duration parse(String text) throws InvalidValueException {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidValueException("not a duration");
        }
        long number = WholeNumber.parseDigits(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private static final Duration LONGEST_DELAY = Duration.ofDays(30);

    /** Whether the text is one, and not longer than {@link #LONGEST_DELAY}. */
    static boolean isDelay(String text) {
        try {
            return new TimeSpan().parse(text).compareTo(LONGEST_DELAY) <= 0;
        } catch (InvalidValueException | ArithmeticException e) {
            return false;
        }
    }

    /** The duration that a text stands for, which was checked before. */
    static Duration of(String text) {
        try {
            return new TimeSpan().parse(text);
        } catch (InvalidValueException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** In the largest unit that leaves no fraction; a single day is {@code 24h}. */
    @Override
    public String render(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.toNanosPart() != 0) {
            return duration.toMillis() + "ms";
        }
        if (duration.toSecondsPart() != 0) {
            return duration.toSeconds() + "s";
        }
        if (duration.toMinutesPart() != 0) {
            return duration.toMinutes() + "m";
        }
        boolean isDays = duration.toHoursPart() == 0 && duration.toDays() > 1;
        return isDays ? duration.toDays() + "d" : duration.toHours() + "h";
    }
}
