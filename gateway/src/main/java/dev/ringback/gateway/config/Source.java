package dev.ringback.gateway.config;

/** Where values come from, and so how a message says where one is. */
sealed interface Source {

    /**
     * The start of a message about a value.
     *
     * @param line where it is in a file; ignored elsewhere
     * @param key its key
     * @param detail the part of its value that is meant, like {@code [2].role}; empty for all of it
     * @param shown the value, fit to be shown
     */
    String locate(int line, String key, String detail, String shown);

    /** A file, called by its name without its directory. */
    record File(String name) implements Source {

        @Override
        public String locate(int line, String key, String detail, String shown) {
            return name + ":" + line + ": " + key + detail + " = " + shown;
        }
    }

    /** An environment variable. */
    record Environment(String variable) implements Source {

        @Override
        public String locate(int line, String key, String detail, String shown) {
            return variable + detail + "=" + shown;
        }
    }

    /** The command line. */
    record CommandLine() implements Source {

        @Override
        public String locate(int line, String key, String detail, String shown) {
            return "--set " + key + detail + "=" + shown;
        }
    }
}
