package dev.ringback.loadtest.server;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this program is started once more, and where the gateway's launcher is. */
public final class SelfCommand {
    /** Set by the launcher. */
    static final String HOME = "ringback.home";

    private SelfCommand() {}

    /** This program, with the same JVM and its options, with these arguments. */
    public static List<String> with(String... arguments) {
        return with(List.of(), arguments);
    }

    /** The same with more options of the JVM, which win over those that it has. */
    static List<String> with(List<String> jvmOptions, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!option.startsWith("-agentlib") && !option.startsWith("-javaagent")) {
                command.add(option);
            }
        }
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("dev.ringback.loadtest.Main");
        command.addAll(List.of(arguments));
        return command;
    }

    /** The repository. */
    public static Path home() throws IOException {
        String set = System.getProperty(HOME);
        Path home = set == null ? besideJar() : Path.of(set);
        if (!Files.isExecutable(home.resolve("ringback"))) {
            throw new IOException(
                    "the launcher is not found in " + home + "; give the server with --url, or start by ./ringback");
        }
        return home;
    }

    private static Path besideJar() throws IOException {
        try {
            Path jar = Path.of(SelfCommand.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path home = jar.resolve("../../..").normalize();
            return home;
        } catch (URISyntaxException e) {
            throw new IOException("the launcher is not found; give the server with --url", e);
        }
    }
}
