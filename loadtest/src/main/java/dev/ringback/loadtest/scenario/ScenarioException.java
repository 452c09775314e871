package dev.ringback.loadtest.scenario;

import java.io.IOException;

/** A scenario cannot be used; the message says where and why, and what is allowed. */
public final class ScenarioException extends IOException {
    private static final long serialVersionUID = 1;

    public ScenarioException(String message) {
        super(message);
    }
}
