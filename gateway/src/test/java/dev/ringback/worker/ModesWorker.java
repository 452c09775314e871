package dev.ringback.worker;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@link JobWorker} with work whose outcome the input chooses; see {@link WorkerExample}. */
final class ModesWorker {
    private static final Pattern MODE = Pattern.compile("\"mode\":\"([a-z]+)\"");
    private static final Pattern MILLIS = Pattern.compile("\"millis\":([0-9]+)");

    private ModesWorker() {}

    public static void main(String[] arguments) {
        JobWorker worker = JobWorker.of(System.getenv("GATEWAY"), System.getenv("TYPE"))
                .token(System.getenv().getOrDefault("TOKEN", ""))
                .lease(Duration.ofSeconds(Long.parseLong(System.getenv("LEASE"))))
                .grace(Duration.ofSeconds(Long.parseLong(System.getenv("GRACE"))))
                .start(ModesWorker::work);
        Runtime.getRuntime().addShutdownHook(new Thread(worker::close));
    }

    private static String work(JobWorker.Job job, JobWorker.Context context) throws Exception {
        Matcher mode = MODE.matcher(job.input());
        Matcher millis = MILLIS.matcher(job.input());
        if (!mode.find()) {
            throw new JobWorker.PermanentException("no mode in " + job.input());
        }
        boolean first = job.attempt() == 1;
        if (mode.group(1).equals("steady")) {
            context.progress(0, 1, "begun");
        }
        isCancelledWithin(millis.find() ? Long.parseLong(millis.group(1)) : 0, context);
        switch (mode.group(1)) {
            case "crash" -> crash(first);
            case "permanent" -> throw new JobWorker.PermanentException("never");
            case "poison" -> throw new IllegalStateException("not \"now\"");
            case "flaky" -> refuse(first);
            case "slow" -> linger(first, context);
            default -> {}
        }
        return result(mode.group(1), job);
    }

    private static String result(String mode, JobWorker.Job job) {
        if (mode.equals("nonsense")) {
            return "{]";
        }
        if (mode.equals("large")) {
            return '"' + "x".repeat(2 << 20) + '"';
        }
        return "{\"by\":\"java\",\"attempt\":" + job.attempt() + "}";
    }

    private static void crash(boolean first) throws Exception {
        if (first) {
            String self = Long.toString(ProcessHandle.current().pid());
            new ProcessBuilder("kill", "-9", self).start().waitFor();
        }
    }

    private static void refuse(boolean first) {
        if (first) {
            throw new IllegalStateException("not \"now\"");
        }
    }

    private static void linger(boolean first, JobWorker.Context context) throws Exception {
        for (int step = 1; first && !isCancelledWithin(200, context); step++) {
            context.progress(step, 1000, "still at it");
        }
    }

    private static boolean isCancelledWithin(long millis, JobWorker.Context context)
            throws InterruptedException, ExecutionException {
        try {
            context.cancelled().get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException notYet) {
            return false;
        }
    }
}
