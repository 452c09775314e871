package dev.ringback.loadtest.run;

import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.ScenarioException;
import dev.ringback.loadtest.scenario.Settings;
import dev.ringback.loadtest.server.SelfCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The scenario files. */
public final class Scenarios {
    private static final String SUFFIX = ".yaml";

    private Scenarios() {}

    /**
     * Reads one.
     *
     * @param name of a file in {@code config/load}, without its suffix, or a path
     */
    public static Scenario read(String name, List<String> overrides) throws IOException {
        Path path = Path.of(name);
        if (!name.endsWith(SUFFIX)) {
            Path directory = SelfCommand.home().resolve("config/load");
            path = directory.resolve(name + SUFFIX);
            if (!Files.isRegularFile(path)) {
                throw new ScenarioException("no scenario " + name + "; there are " + names(directory)
                        + ", or give the path of a file that ends in " + SUFFIX);
            }
        }
        String file = String.valueOf(path.getFileName());
        String plain = file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
        return Scenario.of(plain, Settings.read(path, overrides));
    }

    private static String names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .sorted()
                    .collect(Collectors.joining(", "));
        }
    }
}
