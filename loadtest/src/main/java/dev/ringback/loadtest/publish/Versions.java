package dev.ringback.loadtest.publish;

/** Finds a job's version in an answer. */
final class Versions {
    private static final String VERSION = "\"version\":";

    private Versions() {}

    /** Returns 0 where there is none. */
    static long in(String text, int from, int to) {
        int start = text.indexOf(VERSION, from);
        long version = 0;
        if (start >= 0) {
            for (int i = start + VERSION.length(); i < to && Character.isDigit(text.charAt(i)); i++) {
                version = version * 10 + Character.digit(text.charAt(i), 10);
            }
        }
        return version;
    }
}
