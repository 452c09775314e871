package dev.ringback.gateway.config;

/**
 * Takes the complaints about the value of one key.
 *
 * @param source where the value comes from
 * @param key the key, like {@code listen.port}
 * @param detail the part of the value that is meant, like {@code [2].role}; empty for all of it
 */
record Report(Source source, String key, String detail, Problems problems) {

    /** The same for a part of the value. */
    Report of(String part) {
        return new Report(source, key, detail + part, problems);
    }

    /**
     * Adds a complaint.
     *
     * @param line where it is in the file; ignored elsewhere
     * @param shown the value, fit to be shown
     * @param message what is wrong, and what is allowed
     */
    void refuse(int line, String shown, String message) {
        problems.add(source.locate(line, key, detail, shown) + ": " + message);
    }
}
