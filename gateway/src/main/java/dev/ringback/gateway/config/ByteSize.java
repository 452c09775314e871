package dev.ringback.gateway.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code 123}, {@code 123B}, {@code 64KiB}, {@code 1MiB}, {@code 1GiB}, {@code 1TiB}: bytes, in powers of 1,024. */
final class ByteSize implements Quantity<Long> {

    private static final Pattern SYNTAX = Pattern.compile("([0-9]+)(|B|KiB|MiB|GiB|TiB)");
    private static final Pattern OTHER_UNIT = Pattern.compile("([0-9]+) ?([KMGTkmgt][Ii]?[Bb]?)");
    private static final String PREFIXES = "KMGT";
    private static final int BITS_PER_PREFIX = 10;

    @Override
    public String noun() {
        return "a size";
    }

    @Override
    public String examples() {
        return ", like 64KiB, 1MiB, 4096";
    }

    @Override
    public Long parse(String text) throws InvalidValueException {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidValueException("not a size" + hint(text));
        }
        long number = WholeNumber.parseDigits(matcher.group(1));
        String unit = matcher.group(2);
        int prefix = unit.length() < 2 ? 0 : PREFIXES.indexOf(unit.charAt(0)) + 1;
        return Math.multiplyExact(number, 1L << (BITS_PER_PREFIX * prefix));
    }

    private static String hint(String text) {
        Matcher matcher = OTHER_UNIT.matcher(text);
        if (!matcher.matches()) {
            return "";
        }
        String prefix = matcher.group(2).substring(0, 1).toUpperCase(Locale.ROOT);
        return " (did you mean " + matcher.group(1) + prefix + "iB, powers of 1024?)";
    }

    /** In the largest unit that leaves no fraction. */
    @Override
    public String render(Long bytes) {
        if (bytes == 0) {
            return "0";
        }
        int prefix = Math.min(Long.numberOfTrailingZeros(bytes) / BITS_PER_PREFIX, PREFIXES.length());
        long number = bytes >> (BITS_PER_PREFIX * prefix);
        return prefix == 0 ? number + "B" : number + PREFIXES.substring(prefix - 1, prefix) + "iB";
    }
}
