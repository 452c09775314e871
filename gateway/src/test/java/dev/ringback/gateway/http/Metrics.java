package dev.ringback.gateway.http;

import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** One gateway's figures, as its admin port tells them. */
final class Metrics {
    private Metrics() {}

    /** The figure of this name, which has no labels. */
    static double of(TestGateway gateway, String name) {
        try (InputStream text = gateway.admin("/metrics").toURL().openStream()) {
            return new String(text.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no figure " + name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
