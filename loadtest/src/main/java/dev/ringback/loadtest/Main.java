package dev.ringback.loadtest;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The load harness's command line. */
@Command(name = "ringback load", description = "Puts load on a gateway and reports what it delivered.")
public final class Main implements Callable<Integer> {
    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public Integer call() {
        System.err.println("ringback load: there is no load command yet.");
        return CommandLine.ExitCode.USAGE;
    }
}
