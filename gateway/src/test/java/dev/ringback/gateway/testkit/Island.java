package dev.ringback.gateway.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace that one cable joins to this machine, which plays the mainland. The cable can be cut: whatever goes over it
 * is then dropped without a word, but for the ports of those who must be watched from outside. One at a time. Needs root,
 * {@code ip} and {@code nft}.
 */
public final class Island implements AutoCloseable {
    private static final int SUBNETS = 250;

    private final String name = "rb" + ProcessHandle.current().pid();
    private final String subnet = "10.213." + (1 + ProcessHandle.current().pid() % SUBNETS) + ".";
    private final List<String> inside = List.of("ip", "netns", "exec", name);

    private Island() {
        // What a run left that was ended at once, and had this process's number.
        forget(name);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> forget(name)));
        try {
            raise();
        } catch (RuntimeException e) {
            forget(name);
            throw e;
        }
    }

    private void raise() {
        run("ip", "netns", "add", name);
        run("ip", "link", "add", name + "m", "type", "veth", "peer", "name", name + "i", "netns", name);
        run("ip", "addr", "add", subnet + "1/24", "dev", name + "m");
        run("ip", "link", "set", name + "m", "up");
        runInside("ip", "addr", "add", subnet + "2/24", "dev", name + "i");
        runInside("ip", "link", "set", name + "i", "up");
        runInside("ip", "link", "set", "lo", "up");
        runInside("nft", "add", "table", "inet", "cable");
        for (String hook : List.of("input", "output")) {
            runInside("nft", "add chain inet cable " + hook + " { type filter hook " + hook + " priority 0; }");
        }
    }

    /** Whether this machine lets one be made. */
    public static boolean isPossible() {
        String probe = "rb-probe" + ProcessHandle.current().pid();
        forget(probe);
        try {
            return run(new ProcessBuilder("ip", "netns", "add", probe)) == 0
                    && run(new ProcessBuilder("ip", "netns", "exec", probe, "nft", "list", "ruleset")) == 0;
        } catch (IOException notInstalled) {
            return false;
        } finally {
            forget(probe);
        }
    }

    public static Island rise() {
        return new Island();
    }

    /** Where processes run that are to be cut off. */
    public Place island() {
        return new Place(subnet + "2", inside);
    }

    /** Where processes run that stay with the rest, and that the island knows by this address. */
    public Place mainland() {
        return new Place(subnet + "1", List.of());
    }

    /** Cuts the cable, but for connections to these ports of the island. */
    public void cut(int... exceptPorts) {
        List<String> ports = new ArrayList<>();
        for (int port : exceptPorts) {
            ports.add(Integer.toString(port));
        }
        String except = "{ " + String.join(", ", ports) + " }";
        runInside("nft", "add rule inet cable input iifname " + name + "i tcp dport != " + except + " drop");
        runInside("nft", "add rule inet cable output oifname " + name + "i tcp sport != " + except + " drop");
    }

    /** Mends the cable. */
    public void mend() {
        runInside("nft", "flush", "chain", "inet", "cable", "input");
        runInside("nft", "flush", "chain", "inet", "cable", "output");
    }

    private void runInside(String... command) {
        List<String> all = new ArrayList<>(inside);
        all.addAll(List.of(command));
        run(all.toArray(String[]::new));
    }

    private static void run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int run(ProcessBuilder command) throws IOException {
        try {
            return command.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The cable goes first, for what is in a namespace goes some time after it. */
    private static void forget(String namespace) {
        try {
            run(new ProcessBuilder("ip", "link", "del", namespace + "m"));
            run(new ProcessBuilder("ip", "netns", "del", namespace));
        } catch (IOException notInstalled) {
            // Then there is none either.
        }
    }

    /** Its processes must have ended. */
    @Override
    public void close() {
        forget(name);
    }
}
