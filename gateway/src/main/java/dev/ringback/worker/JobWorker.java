package dev.ringback.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Works on the jobs of one type that wait in a gateway's queue: takes them by leases, keeps the leases while a handler is at it, and
 * reports what came of them. JDK 17 and nothing else, so that the two files of this package can be copied into another
 * project as they are.
 *
 * <p>Each of {@link Builder#concurrency} threads waits for a job, works on it, and waits for the next. Heartbeats, from one more
 * thread, go out at a third of the lease. While the gateway is away, everything is tried again, with pauses that grow to 15 s.
 *
 * <p>Delivery is at least once: a job whose lease was lost is worked on again, maybe while the first worker has not noticed yet.
 */
public final class JobWorker implements AutoCloseable {
    private static final Duration WAIT = Duration.ofSeconds(30);
    /** How much longer than it was asked to wait the gateway may need. */
    static final Duration SLACK = Duration.ofSeconds(10);

    static final Duration LAST_WORDS = Duration.ofSeconds(5);
    /** An answer that there is no work comes so soon from a gateway that lets nobody wait now. */
    private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 15_000;

    // No text of a caller's can look like this, because its quotes are escaped, and the input, which can, is last.
    private static final Pattern LEASE = Pattern.compile(
            "\"leaseId\":\"([^\"]+)\".*?\"leaseSeconds\":([0-9.]+).*?\"jobId\":\"([^\"]+)\".*?\"attempt\":([0-9]+)");
    private static final String INPUT = ",\"input\":";

    /** What is done about a job. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Works on a job, in a thread of the worker. What it throws fails the job, which is tried again while it has attempts left, or
         * fails it for good if it is a {@link PermanentException}.
         *
         * @return the result, as JSON
         */
        String work(Job job, Context context) throws Exception;
    }

    /**
     * A job to work on.
     *
     * @param attempt the present try, from 1
     * @param input as it was submitted, in JSON; {@code null}, the four letters, where there was none
     */
    public record Job(String id, String type, int attempt, String input) {}

    /** How a handler stands with the gateway. Any thread may use it. */
    public interface Context {
        /** Whether the result is not wanted any more: the job was cancelled, its lease is lost, or the worker stops. */
        boolean isCancelled();

        /** Is completed when the result is not wanted any more: to hook on, or to wait for with a timeout in place of sleeping. */
        CompletableFuture<Void> cancelled();

        /** Tells those who wait how far the job is; returns at once. Where the gateway is slower, only the latest is told. */
        void progress(long current, long total, String message);
    }

    /** A failure that would be the same again: the job fails for good. */
    public static final class PermanentException extends Exception {
        private static final long serialVersionUID = 1;

        public PermanentException(String message) {
            super(message);
        }
    }

    /** How a worker works. Only where the gateway is and the type of the jobs have no default. */
    public static final class Builder {
        private final String gateway;
        private final String type;
        private String token = "";
        private String name = System.getenv().getOrDefault("HOSTNAME", "java") + "-"
                + ProcessHandle.current().pid();
        private int concurrency = 1;
        private Duration lease = Duration.ofSeconds(30);
        private Duration grace = Duration.ofSeconds(20);
        boolean interrupting;
        Consumer<String> problems = System.err::println;

        private Builder(String gateway, String type) {
            this.gateway = gateway;
            this.type = type;
        }

        /** A worker's token; empty where the gateway asks for none. */
        public Builder token(String secret) {
            token = secret;
            return this;
        }

        /** By which workers are counted; this machine's and this process's if not said. */
        public Builder name(String worker) {
            name = worker;
            return this;
        }

        /** How many jobs are worked on at once; 1 if not said. */
        public Builder concurrency(int jobs) {
            if (jobs < 1) {
                throw new IllegalArgumentException("concurrency " + jobs + " is below 1");
            }
            concurrency = jobs;
            return this;
        }

        /** After how long without a heartbeat somebody else gets the job, in whole seconds; 30 s if not said. */
        public Builder lease(Duration time) {
            if (time.toSeconds() < 1) {
                throw new IllegalArgumentException("a lease of " + time + " is below 1 s");
            }
            lease = time;
            return this;
        }

        /** How long {@link JobWorker#close} lets handlers finish before their jobs are given back; 20 s if not said. */
        public Builder grace(Duration time) {
            grace = time;
            return this;
        }

        /** Interrupts the handler's thread when its result is not wanted any more. */
        public Builder interrupting() {
            interrupting = true;
            return this;
        }

        /** Hears what goes wrong outside of handlers; standard error if not said. */
        public Builder problems(Consumer<String> listener) {
            problems = listener;
            return this;
        }

        /** Begins to work. */
        public JobWorker start(Handler handler) {
            return new JobWorker(this, handler);
        }
    }

    final Builder settings;
    private final Handler handler;
    private final String leasePath;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(SLACK)
            .build();
    final ScheduledExecutorService heart = new ScheduledThreadPoolExecutor(1, JobWorker::heartThread);
    private final List<Thread> threads = new ArrayList<>();
    private final Set<CompletableFuture<?>> wishes = ConcurrentHashMap.newKeySet();
    private final Set<LeasedJob> held = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopping = new CountDownLatch(1);
    /** Nothing is repeated any more. */
    final CountDownLatch gone = new CountDownLatch(1);

    private JobWorker(Builder settings, Handler handler) {
        this.settings = settings;
        this.handler = handler;
        this.leasePath = "/queues/" + encode(settings.type) + "/lease?wait=" + WAIT.toSeconds() + "&lease="
                + settings.lease.toSeconds() + "&worker=" + encode(settings.name);
        for (int i = 1; i <= settings.concurrency; i++) {
            threads.add(new Thread(this::run, "ringback-worker-" + settings.type + "-" + i));
        }
        threads.forEach(Thread::start);
    }

    /** A worker for jobs of this type, at a gateway like {@code http://127.0.0.1:8080}. */
    public static Builder of(String gateway, String type) {
        return new Builder(gateway.replaceFirst("/+$", ""), type);
    }

    private static Thread heartThread(Runnable task) {
        Thread thread = new Thread(task, "ringback-worker-heart");
        thread.setDaemon(true);
        return thread;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    private void run() {
        int failures = 0;
        while (stopping.getCount() > 0) {
            try {
                if (failures > 0 && pause(stopping, failures)) {
                    return;
                }
                failures = workOnce() ? 0 : failures + 1;
            } catch (InterruptedException | RuntimeException | Error broken) {
                failures++;
                if (stopping.getCount() > 0) {
                    tell("a thread goes on after " + broken);
                }
            }
        }
    }

    /** Whether all was well, with work or without. */
    private boolean workOnce() throws InterruptedException {
        long askedNanos = System.nanoTime();
        Answer answer = lease();
        if (answer.status == 204) {
            return System.nanoTime() - askedNanos >= SOON_NANOS;
        }
        Matcher lease = LEASE.matcher(answer.body);
        if (answer.status != 200 || !lease.find()) {
            tell("no lease: " + answer);
            return false;
        }
        work(lease, answer.body);
        return true;
    }

    private Answer lease() throws InterruptedException {
        CompletableFuture<HttpResponse<String>> wish = post(leasePath, "{}", WAIT.plus(SLACK));
        wishes.add(wish);
        try {
            if (stopping.getCount() == 0) {
                wish.cancel(true);
            }
            return answer(wish);
        } finally {
            wishes.remove(wish);
            wish.cancel(true);
        }
    }

    private void work(Matcher lease, String answer) throws InterruptedException {
        int input = answer.indexOf(INPUT);
        String given = input < 0 ? "null" : answer.substring(input + INPUT.length(), answer.lastIndexOf('}'));
        Job job = new Job(lease.group(3), settings.type, Integer.parseInt(lease.group(4)), given);
        LeasedJob mine = new LeasedJob(this, job, lease.group(1), Double.parseDouble(lease.group(2)));
        held.add(mine);
        try {
            if (stopping.getCount() > 0) {
                mine.work(handler);
            } else {
                await(mine.giveBack());
            }
        } finally {
            held.remove(mine);
        }
    }

    /** The longer the more failures there were, and not quite the same each time; whether the latch ended it. */
    static boolean pause(CountDownLatch unless, int failures) throws InterruptedException {
        long most = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
        return unless.await(ThreadLocalRandom.current().nextLong(most / 2, most), TimeUnit.MILLISECONDS);
    }

    void tell(String problem) {
        try {
            settings.problems.accept(problem);
        } catch (RuntimeException deaf) {
            // Work goes on whether anybody listens or not.
        }
    }

    /** What the gateway answered; 0 is the status where it is away. */
    record Answer(int status, String body) {
        /** Whether the job is not the worker's any more. */
        boolean isLost() {
            return status == 404 || status == 409 || status == 410;
        }

        /** Whether it would be the same again. */
        boolean isFinal() {
            return status == 200 || (status >= 400 && status < 500 && status != 408 && status != 429);
        }
    }

    /** Throws nothing: what goes wrong is in the answer. */
    CompletableFuture<HttpResponse<String>> post(String path, String json, Duration timeout) {
        try {
            return send(path, json, timeout);
        } catch (RuntimeException | Error failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private CompletableFuture<HttpResponse<String>> send(String path, String json, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(settings.gateway + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json));
        if (!settings.token.isEmpty()) {
            request.header("Authorization", "Bearer " + settings.token);
        }
        CompletableFuture<HttpResponse<String>> call = client.sendAsync(request.build(), BodyHandlers.ofString());
        // Unlike the request's own timeout, this one goes on until the body is there.
        CompletableFuture<HttpResponse<String>> inTime =
                call.copy().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        var unused = inTime.whenComplete((answer, failure) -> call.cancel(true));
        return inTime;
    }

    static Answer answer(CompletableFuture<HttpResponse<String>> call) throws InterruptedException {
        try {
            HttpResponse<String> answer = call.get();
            return new Answer(answer.statusCode(), answer.body());
        } catch (ExecutionException away) {
            return new Answer(0, String.valueOf(away.getCause()));
        }
    }

    private void await(CompletableFuture<?> last) throws InterruptedException {
        try {
            last.get();
        } catch (ExecutionException away) {
            tell("a job comes back when its lease is over: " + away.getCause());
        }
    }

    /** Waits until the worker was closed. */
    public void await() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /**
     * Takes no more jobs, lets handlers finish for {@link Builder#grace}, and then gives back what they are still at. Returns at the
     * latest 10 s after that, where the gateway does not answer; what it was not told comes back by itself when the lease is over.
     */
    @Override
    public void close() {
        stopping.countDown();
        wishes.forEach(wish -> wish.cancel(true));
        try {
            if (!hasEnded(settings.grace)) {
                List<CompletableFuture<?>> returns =
                        held.stream().map(LeasedJob::giveBack).toList();
                for (CompletableFuture<?> given : returns) {
                    await(given);
                }
                hasEnded(LAST_WORDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            gone.countDown();
            heart.shutdownNow();
        }
    }

    private boolean hasEnded(Duration within) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + within.toNanos();
        for (Thread thread : threads) {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadlineNanos - System.nanoTime()));
        }
        return threads.stream().noneMatch(Thread::isAlive);
    }
}
