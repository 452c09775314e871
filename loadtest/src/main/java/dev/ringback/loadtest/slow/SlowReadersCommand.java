package dev.ringback.loadtest.slow;

import dev.ringback.loadtest.run.LoadRun;
import dev.ringback.loadtest.run.Pairs;
import dev.ringback.loadtest.run.Scenarios;
import dev.ringback.loadtest.scenario.Key;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.ServerStart;
import dev.ringback.loadtest.slow.SlowReadersReport.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs one scenario with and without clients that do not read, in turn against one gateway, and compares what the others wait. */
@Command(
        name = "slow-readers",
        description = "Measures p99 of those who read, with 1% who do not and without them, in alternating rounds.",
        mixinStandardHelpOptions = true)
public final class SlowReadersCommand implements Callable<Integer> {
    private static final String NAME = "slow-readers";

    @Option(names = "--rounds", description = "Rounds, of two runs each (default ${DEFAULT-VALUE}).")
    private int rounds = 7;

    @Option(
            names = "--most",
            description = "How many times the p99 without them is allowed, by the median (default ${DEFAULT-VALUE}).")
    private double most = 1.5;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "Sets one key over the scenario's; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the report goes (default load-results/slow-readers-<time>).")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Scenario slow = Scenarios.read(NAME, settings);
        Scenario control = Scenario.of(NAME, slow.settings().with(Key.SLOW_PERCENT, 0));
        ServerStart start = new ServerStart(
                slow.target(), "", slow.means().serverCpus(), slow.means().serverSettings(), List.of());
        try (LoadedServer server = start.start()) {
            // The first runs warm the server up, each path of it.
            new LoadRun(control, server).run();
            new LoadRun(slow, server).run();
            Pairs<Run> runs = Pairs.inTurn(
                    rounds,
                    () -> run(control, server),
                    () -> run(slow, server),
                    Pairs.printingP99(rounds, Run::p99Micros));
            SlowReadersReport report =
                    new SlowReadersReport(server.description(), slow.shown(), most, runs.without(), runs.with());
            return report.tell(out, NAME);
        }
    }

    private static Run run(Scenario scenario, LoadedServer server) throws IOException, InterruptedException {
        String before = server.metrics();
        return Run.of(new LoadRun(scenario, server).run(), before, server.metrics());
    }
}
