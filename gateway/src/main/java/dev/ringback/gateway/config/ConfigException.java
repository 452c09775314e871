package dev.ringback.gateway.config;

import java.util.List;

/**
 * The configuration has mistakes, all of them listed: one line each, with the place, the key, the value, and what is
 * allowed. Secrets are masked. Thrown at start-up and on reload, never while serving.
 */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    ConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** The mistakes, one line each, in the order of the file, then the environment, then {@code --set}. */
    public List<String> problems() {
        return problems;
    }
}
