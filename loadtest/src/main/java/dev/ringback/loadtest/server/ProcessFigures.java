package dev.ringback.loadtest.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What Linux tells of a process on this machine: {@code /proc/<pid>/stat} and {@code status}. */
public final class ProcessFigures {
    private static final long KIB = 1024;
    /** The kernel's USER_HZ, which is 100 on every architecture that this runs on: a tick is 10 ms. */
    private static final double TICKS_PER_SECOND = 100;
    /** Behind the command's name, which may have blanks: state is the first field, utime the 12th, stime the 13th. */
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;

    private ProcessFigures() {}

    /** User and system time of all threads; -1 where it cannot be told. */
    public static double cpuSeconds(long pid) {
        try {
            return cpuSeconds(Files.readString(Path.of("/proc/" + pid + "/stat")));
        } catch (IOException e) {
            return -1;
        }
    }

    static double cpuSeconds(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND;
    }

    /** User and system time by the threads' names, without the numbers in them; empty where it cannot be told. */
    public static Map<String, Double> cpuSecondsByThread(long pid) {
        Map<String, Double> seconds = new TreeMap<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads.toList()) {
                addThread(thread, seconds);
            }
        } catch (IOException e) {
            // The process has ended.
        }
        return seconds;
    }

    private static void addThread(Path thread, Map<String, Double> seconds) {
        try {
            String name = Files.readString(thread.resolve("comm")).strip().replaceAll("[-#]*[0-9]+", "");
            seconds.merge(name, cpuSeconds(Files.readString(thread.resolve("stat"))), Double::sum);
        } catch (IOException e) {
            // The thread has ended.
        }
    }

    /** Resident memory; -1 where it cannot be told. */
    public static long residentBytes(long pid) {
        try {
            return kib(Files.readString(Path.of("/proc/" + pid + "/status")), "VmRSS");
        } catch (IOException e) {
            return -1;
        }
    }

    static long kib(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name + ":"))
                .findFirst()
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
                .orElse(-1L);
    }

    /** How many files the process has open, sockets included; -1 where it cannot be told. */
    public static long openFiles(long pid) {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        } catch (IOException e) {
            return -1;
        }
    }

    /** How many files this process may open. */
    public static int fileLimit() {
        try {
            return Files.readString(Path.of("/proc/self/limits"))
                    .lines()
                    .filter(line -> line.startsWith("Max open files"))
                    .findFirst()
                    .map(line ->
                            line.substring("Max open files".length()).strip().split(" +")[0])
                    .map(soft -> soft.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(soft))
                    .orElse(Integer.MAX_VALUE);
        } catch (IOException e) {
            return Integer.MAX_VALUE;
        }
    }

    /** The processor's name; empty where it cannot be told. */
    public static String cpuName() {
        try {
            return Files.readString(Path.of("/proc/cpuinfo"))
                    .lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
