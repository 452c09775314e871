package dev.ringback.loadtest;

import dev.ringback.loadtest.latency.LatencyCommand;
import dev.ringback.loadtest.memory.MemoryCommand;
import dev.ringback.loadtest.sweep.SweepCommand;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The load harness's command line. */
@Command(
        name = "ringback load",
        description = "Puts load on a gateway and reports what it delivered.",
        subcommands = {MemoryCommand.class, LatencyCommand.class, SweepCommand.class},
        mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler(Main::explain);
    }

    @Override
    public Integer call() {
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
