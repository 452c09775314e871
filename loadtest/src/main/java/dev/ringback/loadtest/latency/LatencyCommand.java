package dev.ringback.loadtest.latency;

import dev.ringback.loadtest.client.CommonOptions;
import dev.ringback.loadtest.client.Transport;
import dev.ringback.loadtest.client.Waiters;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the time from a job's end to its waiter, at a steady rate of jobs with one waiter each. */
@Command(
        name = "latency",
        description = "Measures how long after a job's end its waiter hears of it, at a fixed rate (open loop).",
        mixinStandardHelpOptions = true)
public final class LatencyCommand implements Callable<Integer> {
    private static final int MAX_EVENTS = 50_000_000;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            converter = Transport.Converter.class,
            defaultValue = "sse",
            description = "long-poll, sse or websocket (default ${DEFAULT-VALUE}).")
    private Transport transport = Transport.SSE;

    @Option(names = "--rate", description = "Jobs that end per second (default ${DEFAULT-VALUE}).")
    private int rate = 1_000;

    @Option(names = "--seconds", description = "How long to measure (default ${DEFAULT-VALUE}).")
    private int seconds = 20;

    @Option(names = "--warmup", description = "Seconds before that, not measured (default ${DEFAULT-VALUE}).")
    private int warmup = 5;

    @Option(names = "--waiting", description = "Waiters to keep parked ahead of the events (default ${DEFAULT-VALUE}).")
    private int waiting = 1_000;

    @Option(
            names = "--publishers",
            description = "Connections that post events, each one event at a time (default ${DEFAULT-VALUE}).")
    private int publishers = 16;

    @Override
    public Integer call() throws IOException, InterruptedException {
        long events = (long) rate * (warmup + (long) seconds);
        if (rate < 1 || seconds < 1 || warmup < 0 || waiting < 1 || publishers < 1 || events > MAX_EVENTS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rate, --seconds, --waiting and --publishers are at least 1, --warmup 0, and " + MAX_EVENTS
                            + " events the most");
        }
        Waiters.Plan waiters = new Waiters.Plan(common.url(), transport, common.loops(), waiting + rate);
        LatencyReport report;
        try (LatencyRun run =
                new LatencyRun(waiters, new LatencyRun.Load(rate, seconds, warmup, waiting, publishers))) {
            report = run.run();
        }
        System.out.print(report.text());
        common.write(report);
        return report.faults().any() ? 1 : 0;
    }
}
