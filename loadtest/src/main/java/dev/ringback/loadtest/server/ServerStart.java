package dev.ringback.loadtest.server;

import dev.ringback.loadtest.scenario.Scenario.ServerChoice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a server is started for a run, on free ports.
 *
 * @param nginx the program, of a server that is Nchan
 * @param cpus processors that it is bound to, as {@code taskset} takes them; empty for all
 * @param settings of a gateway, each {@code key=value}
 * @param jvmOptions more options of a server that is a JVM
 */
public record ServerStart(
        ServerChoice kind, String nginx, String cpus, List<String> settings, List<String> jvmOptions) {
    /** Read by the launcher; later options win over earlier ones. */
    private static final String JAVA_OPTIONS = "RINGBACK_JAVA_OPTS";

    public LoadedServer start() throws IOException, InterruptedException {
        return switch (kind) {
            case RINGBACK -> LoadedServer.start(gateway(), cpus, environment());
            case FLOOR -> LoadedServer.start(SelfCommand.with(jvmOptions, "floor", "--port", "0"), cpus);
            case NCHAN -> LoadedServer.startNchan(nginx, cpus);
        };
    }

    private List<String> gateway() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(SelfCommand.home().resolve("ringback").toString());
        command.addAll(List.of("up", "--set", "listen.port=0", "--set", "admin.port=0", "--set", "demo.enabled=false"));
        for (String setting : settings) {
            command.add("--set");
            command.add(setting);
        }
        return command;
    }

    /** The options of whoever starts the harness have the last word. */
    private Map<String, String> environment() {
        String own = System.getenv(JAVA_OPTIONS);
        String options = String.join(" ", jvmOptions) + (own == null ? "" : " " + own);
        return options.isBlank() ? Map.of() : Map.of(JAVA_OPTIONS, options.strip());
    }
}
