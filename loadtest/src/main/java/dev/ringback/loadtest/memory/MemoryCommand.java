package dev.ringback.loadtest.memory;

import dev.ringback.loadtest.client.CommonOptions;
import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.client.Transport;
import dev.ringback.loadtest.memory.MemoryReport.Round;
import dev.ringback.loadtest.memory.MemoryReport.TransportCost;
import dev.ringback.loadtest.scenario.Scenario.ServerChoice;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.ServerStart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what a waiting connection costs a server: the slope between few and many, never one point. */
@Command(
        name = "memory",
        description =
                "Measures the memory that a waiting connection costs a server on this machine: one that is started for it, a new"
                        + " one for each round, or the one at --url with --pid.",
        mixinStandardHelpOptions = true)
public final class MemoryCommand implements Callable<Integer> {
    /** With these many comings and goings of the first connections the compiler has done most of its work. */
    private static final int WARM_UPS = 4;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description = "The process of the server at --url; without it servers are started and stopped.")
    private long pid;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            converter = Target.Converter.class,
            description = "The admin port of the gateway at --url (default ${DEFAULT-VALUE}).")
    private Target admin = new Target("127.0.0.1", 8081);

    @Option(
            names = "--target",
            paramLabel = "NAME",
            description = "ringback, nchan or floor (default ${DEFAULT-VALUE}).")
    private ServerChoice target = ServerChoice.RINGBACK;

    @Option(
            names = "--nginx",
            paramLabel = "FILE",
            description = "The nginx of target nchan (default ${DEFAULT-VALUE}).")
    private String nginx = "/usr/sbin/nginx";

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "Sets one key of the gateway that is started; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            description = "Heap of a JVM that is started (default ${DEFAULT-VALUE}).")
    private String heap = "1g";

    @Option(names = "--young", paramLabel = "SIZE", description = "Of it, for new objects (default ${DEFAULT-VALUE}).")
    private String young = "256m";

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            defaultValue = "all",
            converter = Transport.Choice.Converter.class,
            description = "long-poll, sse, websocket or all (default ${DEFAULT-VALUE}).")
    private Transport.Choice choice = new Transport.Choice(List.of());

    @Option(names = "--from", description = "Connections at the slope's foot (default ${DEFAULT-VALUE}).")
    private int from = 5_000;

    @Option(names = "--to", description = "Connections at its top (default ${DEFAULT-VALUE}).")
    private int to = 19_000;

    @Option(names = "--rounds", description = "How often each transport is measured (default ${DEFAULT-VALUE}).")
    private int rounds = 5;

    private final String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    private String server = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (from < 1 || to <= from || rounds < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--from must be at least 1, --to more than --from, and --rounds at least 1");
        }
        if (pid == 0 && spec.commandLine().getParseResult().hasMatchedOption("--url")) {
            throw new ParameterException(spec.commandLine(), "--url needs --pid, the process whose memory is measured");
        }
        List<TransportCost> costs = new ArrayList<>();
        for (Transport transport : choice.transports()) {
            costs.add(measure(transport));
        }
        String name = target.name().toLowerCase(Locale.ROOT);
        MemoryReport report = new MemoryReport(name, server, startsServers(), from, to, costs);
        System.out.print(report.table());
        common.write(report);
        return 0;
    }

    private boolean startsServers() {
        return pid == 0;
    }

    private TransportCost measure(Transport transport) throws IOException, InterruptedException {
        List<Round> done = new ArrayList<>();
        for (int i = 1; i <= rounds; i++) {
            Round round = round(transport);
            done.add(round);
            System.err.printf(
                    Locale.ROOT,
                    "%s, round %d of %d: %sPSS %,.0f bytes per connection%n",
                    transport.spelling(),
                    i,
                    rounds,
                    round.few().anyHeap() < 0
                            ? ""
                            : String.format(Locale.ROOT, "heap %,.0f, ", round.slope(Reading::anyHeap)),
                    round.slope(Reading::pss));
        }
        return TransportCost.of(transport.spelling(), startsServers(), done);
    }

    /** A server of its own has no memory that was used, and kept, in a former round. */
    private Round round(Transport transport) throws IOException, InterruptedException {
        MemoryRun.Plan plan = new MemoryRun.Plan(transport, from, to, common.loops(), run);
        try (LoadedServer loaded = startsServers() ? start() : LoadedServer.at(common.url(), pid, admin)) {
            server = loaded.description();
            MemoryRun memory = new MemoryRun(target, loaded, plan);
            if (startsServers()) {
                memory.warmUp(WARM_UPS);
            }
            return memory.round();
        }
    }

    private LoadedServer start() throws IOException, InterruptedException {
        List<String> jvm = List.of("-Xms" + heap, "-Xmx" + heap, "-Xmn" + young, "-XX:+AlwaysPreTouch");
        return new ServerStart(target, nginx, "", settings, jvm).start();
    }
}
