package dev.ringback.gateway;

import dev.ringback.gateway.config.ConfigException;
import dev.ringback.gateway.config.ConfigLoader;
import dev.ringback.gateway.config.GatewayConfig;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line: {@code up} and {@code check}. */
@Command(
        name = "ringback",
        description = "Tells everyone who waits for a background job the moment it moves or ends.",
        subcommands = {Main.Up.class, Main.Check.class},
        mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
    private static final int FAILED = 1;

    public static void main(String[] arguments) {
        int status = new CommandLine(new Main()).execute(arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    @Override
    public Integer call() {
        CommandLine.usage(this, System.err);
        return CommandLine.ExitCode.USAGE;
    }

    /** Runs a gateway until it is told to stop. */
    @Command(name = "up", description = "Runs the gateway.", mixinStandardHelpOptions = true)
    static final class Up implements Callable<Integer> {
        @Option(names = "--config", paramLabel = "FILE", description = "A configuration file; see config/gateway.yaml.")
        private @Nullable Path config;

        @Option(names = "--set", paramLabel = "key=value", description = "Sets one key, over file and environment.")
        private List<String> settings = List.of();

        @Override
        public Integer call() {
            GatewayConfig loaded;
            try {
                loaded = ConfigLoader.load(config, System.getenv(), settings);
            } catch (ConfigException e) {
                e.problems().forEach(System.err::println);
                return FAILED;
            }
            LogSetup.apply(loaded.log());
            Logger log = LoggerFactory.getLogger(Main.class);
            ConfigLoader.warnings(loaded).forEach(log::warn);
            try {
                Gateway gateway = Gateway.start(loaded);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(gateway, loaded), "stop"));
                announce(gateway, loaded);
                return 0;
            } catch (StartException e) {
                System.err.println("ringback: " + e.getMessage());
                return FAILED;
            }
        }

        /** The loops' threads keep the process alive; SIGTERM and SIGINT come here. */
        private static void stop(Gateway gateway, GatewayConfig config) {
            System.out.println("draining");
            try {
                long spare = 1;
                gateway.drain().get(config.drain().deadline().toSeconds() + spare, TimeUnit.SECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                LoggerFactory.getLogger(Main.class).warn("the drain did not end: {}", e.toString());
            }
            gateway.close();
            System.out.println("stopped");
            // A signal ends the JVM with 128 + its number; a drain that was asked for is a success.
            Runtime.getRuntime().halt(0);
        }

        private static void announce(Gateway gateway, GatewayConfig config) {
            String base = "http://" + authority(gateway.address());
            String admin = "http://" + authority(gateway.adminAddress());
            long millis = System.currentTimeMillis()
                    - ManagementFactory.getRuntimeMXBean().getStartTime();
            String ready = String.format(
                    Locale.ROOT,
                    "ready in %d.%02d s: %s store, %s, JDK %s",
                    millis / 1000,
                    millis % 1000 / 10,
                    config.store().kind().name().toLowerCase(Locale.ROOT),
                    gateway.transport().name().toLowerCase(Locale.ROOT),
                    Runtime.version().feature());
            // One call, so that no line of the log comes between: scripts read these.
            System.out.println(String.join(
                    System.lineSeparator(),
                    ready,
                    "  " + base + "/                 the page: start a job, watch it arrive",
                    "  " + base + "/jobs             POST a job, follow it at /jobs/{id}",
                    "  " + admin + "/readyz?verbose   for probes; also /livez, /metrics, /config"));
        }

        private static String authority(InetSocketAddress address) {
            String host = address.getAddress().isAnyLocalAddress()
                    ? "localhost"
                    : address.getAddress().getHostAddress();
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
        }
    }

    /** Says what is wrong with a configuration file. */
    @Command(name = "check", description = "Checks a configuration file.", mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "The file to check.")
        private Path file = Path.of("config/gateway.yaml");

        @Override
        public Integer call() {
            List<String> problems = ConfigLoader.check(file);
            problems.forEach(System.err::println);
            if (problems.isEmpty()) {
                System.out.println(file + ": ok");
            }
            return problems.isEmpty() ? 0 : FAILED;
        }
    }
}
