package dev.ringback.loadtest.submit;

import dev.ringback.loadtest.client.CommonOptions;
import dev.ringback.loadtest.client.Crew;
import dev.ringback.loadtest.client.HttpConnection;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Submits jobs as fast as they are acknowledged, each client one at a time. */
@Command(
        name = "submit",
        description =
                "Measures how fast a gateway takes in jobs, with so many clients that wait for each answer (closed loop).",
        mixinStandardHelpOptions = true)
public final class SubmitCommand implements Callable<Integer> {
    private static final int MOST_CLIENTS = 4_096;
    private static final int ACCEPTED = 202;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--clients",
            description = "Connections, each with one request under way (default ${DEFAULT-VALUE}).")
    private int clients = 16;

    @Option(names = "--jobs", description = "Jobs to submit and measure (default ${DEFAULT-VALUE}).")
    private int jobs = 50_000;

    @Option(names = "--warmup", description = "Jobs before that, not measured (default ${DEFAULT-VALUE}).")
    private int warmup = 10_000;

    @Option(names = "--input-bytes", description = "Bytes of each job's input (default ${DEFAULT-VALUE}).")
    private int inputBytes = 100;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (clients < 1 || clients > MOST_CLIENTS || jobs < 1 || warmup < 0 || inputBytes < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--clients is 1 to " + MOST_CLIENTS + ", --jobs at least 1, --warmup and --input-bytes at least 0");
        }
        Histogram nanos = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        submit(warmup, new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3));
        long begun = System.nanoTime();
        submit(jobs, nanos);
        double seconds = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
        SubmitReport report = SubmitReport.of(clients, seconds, nanos);
        System.out.print(report.text());
        common.write(report);
        return 0;
    }

    private void submit(int count, Histogram nanos) throws IOException, InterruptedException {
        String body = "{\"type\":\"load\",\"input\":\"" + "x".repeat(inputBytes) + "\"}";
        try (Crew crew = Crew.start(clients, common.url(), count, (index, connection) -> {
            long start = System.nanoTime();
            HttpConnection.Answer answer = connection.request("POST", "/jobs", body);
            nanos.recordValue(System.nanoTime() - start);
            if (answer.status() != ACCEPTED) {
                throw new IOException("a submission was answered " + answer.status() + " " + answer.body());
            }
        })) {
            crew.join();
        }
    }
}
