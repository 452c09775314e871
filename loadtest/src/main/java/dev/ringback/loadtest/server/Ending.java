package dev.ringback.loadtest.server;

import java.util.concurrent.TimeUnit;

/** The end of a process that was asked to end. */
final class Ending {
    private Ending() {}

    /** Waits for it so long, and then ends it by force. */
    static void await(Process process, int seconds) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
