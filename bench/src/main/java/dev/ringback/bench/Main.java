package dev.ringback.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/**
 * JMH's own command line with defaults for a quick look: one fork, few short iterations, and what each operation allocates. A
 * figure that is to be published takes {@code -f 3} or more, and longer iterations. {@code memory} and {@code queues} are no
 * benchmarks of JMH's but {@link HubMemory} and {@link QueueMemory}.
 */
public final class Main {
    /** Neither a leak detector nor assertions, as in production. */
    private static final String JVM_OPTIONS = "-Dio.netty.leakDetection.level=disabled";

    private Main() {}

    public static void main(String[] args) throws IOException {
        if (args.length > 0 && args[0].equals("memory")) {
            HubMemory.main(List.of(args).subList(1, args.length), System.out);
        } else if (args.length > 0 && args[0].equals("queues")) {
            QueueMemory.main(List.of(args).subList(1, args.length), System.out);
        } else {
            org.openjdk.jmh.Main.main(withDefaults(args));
        }
    }

    private static String[] withDefaults(String[] args) {
        CommandLineOptions given;
        try {
            given = new CommandLineOptions(args);
        } catch (CommandLineOptionException e) {
            return args; // JMH says what is wrong with them.
        }
        List<String> all = new ArrayList<>(List.of(args));
        add(all, given.getForkCount().hasValue(), "-f", "1");
        add(all, given.getWarmupIterations().hasValue(), "-wi", "3");
        add(all, given.getWarmupTime().hasValue(), "-w", "500ms");
        add(all, given.getMeasurementIterations().hasValue(), "-i", "5");
        add(all, given.getMeasurementTime().hasValue(), "-r", "500ms");
        add(all, given.getJvmArgsAppend().hasValue(), "-jvmArgsAppend", JVM_OPTIONS);
        add(all, !given.getProfilers().isEmpty(), "-prof", "gc");
        return all.toArray(String[]::new);
    }

    private static void add(List<String> all, boolean given, String option, String value) {
        if (!given) {
            all.add(option);
            all.add(value);
        }
    }
}
