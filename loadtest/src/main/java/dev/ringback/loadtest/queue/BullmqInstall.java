package dev.ringback.loadtest.queue;

import dev.ringback.loadtest.server.SelfCommand;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** BullMQ with all that it needs, in a directory of the build; fetched by npm once for each list of packages. */
final class BullmqInstall {
    private static final String PACKAGES = "package.json";
    private static final String SCRIPT = "bullmq.mjs";

    private BullmqInstall() {}

    /** Whether this machine has Node and npm. */
    static boolean isPossible() {
        return isOnPath("node") && isOnPath("npm");
    }

    private static boolean isOnPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        Stream<String> places = Arrays.stream(path.split(File.pathSeparator, -1));
        return places.map(place -> Path.of(place, program)).anyMatch(Files::isExecutable);
    }

    /** Where the script is, with its packages beside it. */
    static Path install() throws IOException, InterruptedException {
        Path directory = SelfCommand.home().resolve("loadtest/target/bullmq");
        Path packages = directory.resolve(PACKAGES);
        byte[] wanted = resource(PACKAGES);
        boolean fetched = Files.exists(directory.resolve("node_modules/bullmq"))
                && Files.exists(packages)
                && Arrays.equals(Files.readAllBytes(packages), wanted);
        Files.createDirectories(directory);
        Files.write(packages, wanted);
        if (!fetched) {
            fetch(directory);
        }
        return Files.write(directory.resolve(SCRIPT), resource(SCRIPT));
    }

    private static void fetch(Path directory) throws IOException, InterruptedException {
        List<String> npm =
                List.of("npm", "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund");
        Path log = directory.resolve("npm.log");
        int status = new ProcessBuilder(npm)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("npm could not fetch BullMQ (leave it out with --alone): " + Files.readString(log));
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = BullmqInstall.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("this program has no " + name);
            }
            return in.readAllBytes();
        }
    }
}
