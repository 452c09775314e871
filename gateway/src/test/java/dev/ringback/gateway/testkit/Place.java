package dev.ringback.gateway.testkit;

import java.util.List;
import java.util.stream.Stream;

/**
 * Where and how a process runs: on this machine's loopback, in a network of its own, or under a clock of its own.
 *
 * @param host the address at which it listens
 * @param launcher what stands before its command line, such as {@code ip netns exec NAME}; it must become the process itself
 */
public record Place(String host, List<String> launcher) {
    public static final Place HERE = new Place("127.0.0.1", List.of());

    public Place {
        launcher = List.copyOf(launcher);
    }

    /** A process of the same place that is launched so too. */
    public Place with(String... further) {
        return new Place(
                host, Stream.concat(launcher.stream(), Stream.of(further)).toList());
    }
}
