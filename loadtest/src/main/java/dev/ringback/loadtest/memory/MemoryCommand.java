package dev.ringback.loadtest.memory;

import dev.ringback.loadtest.client.AdminMetrics;
import dev.ringback.loadtest.client.CommonOptions;
import dev.ringback.loadtest.client.Crew;
import dev.ringback.loadtest.client.LoadJobs;
import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.client.Transport;
import dev.ringback.loadtest.memory.MemoryReport.Round;
import dev.ringback.loadtest.memory.MemoryReport.TransportCost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what a waiting connection costs the gateway: the slope between few and many, never one point. */
@Command(
        name = "memory",
        description = "Measures the memory that a waiting connection costs a gateway on this machine.",
        mixinStandardHelpOptions = true)
public final class MemoryCommand implements Callable<Integer> {
    private static final int CREATORS = 4;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(names = "--pid", paramLabel = "PID", required = true, description = "The gateway's process.")
    private long pid;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            converter = Target.Converter.class,
            description = "The gateway's admin port (default ${DEFAULT-VALUE}).")
    private Target admin = new Target("127.0.0.1", 8081);

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

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (from < 0 || to <= from || rounds < 1) {
            throw new ParameterException(spec.commandLine(), "--to must be more than --from, and --rounds at least 1");
        }
        LoadJobs jobs = LoadJobs.fresh();
        System.err.printf("making %,d jobs%n", to);
        Crew.start(CREATORS, common.url(), to, jobs::create).join();
        MemoryRun run = new MemoryRun(JvmProcess.of(pid), new AdminMetrics(admin), jobs);
        List<TransportCost> costs = new ArrayList<>();
        for (Transport transport : choice.transports()) {
            costs.add(measure(run, transport));
        }
        MemoryReport report = new MemoryReport(common.url().toString(), from, to, costs);
        System.out.print(report.table());
        common.write(report);
        return 0;
    }

    private TransportCost measure(MemoryRun run, Transport transport) throws IOException, InterruptedException {
        List<Round> done = new ArrayList<>();
        try (WaitingCrowd crowd = new WaitingCrowd(common, transport, to)) {
            for (int i = 1; i <= rounds; i++) {
                Round round = run.round(crowd, from, to);
                done.add(round);
                System.err.printf(
                        "%s, round %d of %d: heap %,.0f, PSS %,.0f bytes per connection%n",
                        transport.spelling(), i, rounds, round.slope(Reading::heap), round.slope(Reading::pss));
            }
        }
        return TransportCost.of(transport.spelling(), done);
    }
}
