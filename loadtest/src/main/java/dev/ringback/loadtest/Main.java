package dev.ringback.loadtest;

import dev.ringback.loadtest.crowd.CrowdCommand;
import dev.ringback.loadtest.floor.FloorCommand;
import dev.ringback.loadtest.latency.LatencyCommand;
import dev.ringback.loadtest.memory.MemoryCommand;
import dev.ringback.loadtest.queue.QueuesCommand;
import dev.ringback.loadtest.recovery.RecoveryCommand;
import dev.ringback.loadtest.report.CompareCommand;
import dev.ringback.loadtest.run.RunOptions;
import dev.ringback.loadtest.run.ScenarioRunner;
import dev.ringback.loadtest.slow.SlowReadersCommand;
import dev.ringback.loadtest.soak.SoakCommand;
import dev.ringback.loadtest.submit.SubmitCommand;
import dev.ringback.loadtest.sweep.SweepCommand;
import dev.ringback.loadtest.webhook.PostFloorCommand;
import dev.ringback.loadtest.webhook.SinkCommand;
import dev.ringback.loadtest.webhook.WebhooksCommand;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;

/** The load harness's command line. */
@Command(
        name = "ringback load",
        description = "Puts load on a gateway and reports what it delivered.",
        subcommands = {
            CompareCommand.class,
            FloorCommand.class,
            MemoryCommand.class,
            LatencyCommand.class,
            QueuesCommand.class,
            RecoveryCommand.class,
            SlowReadersCommand.class,
            SoakCommand.class,
            SubmitCommand.class,
            SweepCommand.class,
            WebhooksCommand.class,
            CrowdCommand.class,
            SinkCommand.class,
            PostFloorCommand.class
        },
        mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
    @Mixin
    private RunOptions options = new RunOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "SCENARIO",
            description = "A scenario of config/load, like smoke, or a file of one's own.")
    private @Nullable String scenario;

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Main::explain);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (scenario != null) {
            return new ScenarioRunner(options).run(scenario);
        }
        CommandLine.usage(this, System.err);
        return CommandLine.ExitCode.USAGE;
    }

    /** What went wrong outside is a line; what went wrong inside is a stack trace. */
    private static int explain(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        if (failure instanceof IOException) {
            command.getErr().println("ringback load: " + failure.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        throw failure;
    }
}
