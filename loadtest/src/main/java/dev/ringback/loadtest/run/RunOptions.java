package dev.ringback.loadtest.run;

import dev.ringback.loadtest.client.Target;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a run is told beside its scenario. */
public final class RunOptions {
    /** What {@code --find-limit} raises. */
    public enum Limit {
        CONNECTIONS,
        RATE
    }

    @Option(
            names = "--url",
            paramLabel = "URL",
            converter = Target.Converter.class,
            description = "The server; without it, one is started for the run and stopped with it.")
    @Nullable Target url;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            converter = Target.Converter.class,
            description = "The admin port of the gateway at --url, for its metrics.")
    @Nullable Target admin;

    @Option(names = "--pid", paramLabel = "PID", description = "The process of the server at --url, on this machine.")
    long pid;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "Sets one key over the scenario's; may be repeated.")
    List<String> settings = List.of();

    @Option(
            names = "--find-limit",
            paramLabel = "WHAT",
            description = "connections or rate: raises it until --p99 is missed or anything is lost.")
    @Nullable Limit findLimit;

    @Option(
            names = "--p99",
            paramLabel = "MS",
            description = "The most that --find-limit allows (default ${DEFAULT-VALUE}).")
    double p99Millis = 100;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the report goes (default load-results/<scenario>-<time>).")
    @Nullable Path out;

    @Option(
            names = "--nginx",
            paramLabel = "FILE",
            description = "The nginx of target nchan (default ${DEFAULT-VALUE}).")
    String nginx = "/usr/sbin/nginx";
}
