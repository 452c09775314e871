package dev.ringback.gateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A signal to a process, as the shell's {@code kill} sends it. */
enum Signal {
    /** Stops it from running, its connections stay open. */
    STOP,
    /** Lets it run again. */
    CONT,
    /** Asks it to end. */
    TERM;

    void send(Process process) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name(), Long.toString(process.pid())).start();
            assertThat(kill.waitFor()).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
