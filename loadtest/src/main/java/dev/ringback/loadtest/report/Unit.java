package dev.ringback.loadtest.report;

import java.util.Locale;

/** What a figure counts, and how people read it. A figure that is not known, negative or not a number, is a dash. */
public enum Unit {
    COUNT("number"),
    PER_SECOND("per second"),
    MICROSECONDS("time"),
    MILLISECONDS("ms"),
    SECONDS("s"),
    BYTES("bytes"),
    PERCENT("% of one core"),
    PERCENTILE("percentile");

    static final String UNKNOWN = "–";

    private static final double KIBI = 1024;
    private static final String[] BYTE_NAMES = {"B", "KiB", "MiB", "GiB", "TiB"};

    private final String words;

    Unit(String words) {
        this.words = words;
    }

    /** For the name of an axis. */
    String words() {
        return words;
    }

    static boolean isKnown(double figure) {
        return Double.isFinite(figure) && figure >= 0;
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** The figure with its unit, about three digits of it. */
    public String text(double figure) {
        if (!isKnown(figure)) {
            return UNKNOWN;
        }
        return switch (this) {
            case COUNT -> number(figure);
            case PER_SECOND -> number(figure) + "/s";
            case MICROSECONDS -> micros(figure);
            case MILLISECONDS -> number(figure) + " ms";
            case SECONDS -> number(figure) + " s";
            case BYTES -> bytes(figure);
            case PERCENT -> number(figure) + " %";
            case PERCENTILE -> String.format(Locale.ROOT, "p%.5g", figure).replaceFirst("\\.?0+$", "");
        };
    }

    private static String micros(double micros) {
        if (micros < 1_000) {
            return number(micros) + " µs";
        }
        return micros < 1_000_000 ? number(micros / 1_000) + " ms" : number(micros / 1_000_000) + " s";
    }

    private static String bytes(double bytes) {
        double figure = bytes;
        int name = 0;
        while (figure >= KIBI && name < BYTE_NAMES.length - 1) {
            figure /= KIBI;
            name++;
        }
        return number(figure) + " " + BYTE_NAMES[name];
    }

    /** Whole where it is whole or large; else with as many places as three digits leave. */
    static String number(double figure) {
        if (figure >= 100 || figure == Math.rint(figure)) {
            return String.format(Locale.ROOT, "%,.0f", figure);
        }
        return String.format(Locale.ROOT, figure >= 10 ? "%.1f" : "%.2f", figure);
    }
}
