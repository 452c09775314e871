package dev.ringback.gateway.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link GatewayConfig} of the defaults, under a YAML file, under the environment, under {@code --set}. Blocks
 * while it reads the file; otherwise any thread may call it.
 */
public final class ConfigLoader {

    private ConfigLoader() {}

    /**
     * The configuration for these inputs.
     *
     * @param file the YAML file, or null for none
     * @param environment all environment variables; those that start with {@code RINGBACK_} count, as in {@code
     *     RINGBACK_LONG_POLL_MAX_WAIT=20s}
     * @param settings {@code key=value} from the command line, as in {@code long-poll.max-wait=20s}
     * @throws ConfigException with every mistake in all three
     */
    public static GatewayConfig load(@Nullable Path file, Map<String, String> environment, List<String> settings) {
        Assignments assignments = new Assignments();
        if (file != null) {
            ConfigFile.assign(file, assignments);
        }
        Overrides.assignEnvironment(environment, assignments);
        Overrides.assignSettings(settings, assignments);
        GatewayConfig config = Keys.configWith(assignments.values());
        Consistency.check(config, assignments);
        List<String> problems = assignments.problems().lines();
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return config;
    }

    /** The mistakes in a file by itself, one line each; none when it can be used as it is. */
    public static List<String> check(Path file) {
        try {
            load(file, Map.of(), List.of());
            return List.of();
        } catch (ConfigException mistakes) {
            return mistakes.problems();
        }
    }

    /** What the configuration allows but an operator should know, one line each, for the log at start-up. */
    public static List<String> warnings(GatewayConfig config) {
        return Consistency.warnings(config);
    }

    /** Every key as a line {@code key: value}, in the order of the file, with secrets masked. */
    public static String describe(GatewayConfig config) {
        StringBuilder lines = new StringBuilder();
        for (Section section : Keys.sections().values()) {
            for (Key key : section.keys()) {
                String value = key.type().render(Keys.valueOf(config, section, key));
                lines.append(key.path()).append(": ").append(value).append('\n');
            }
        }
        return lines.toString();
    }
}
