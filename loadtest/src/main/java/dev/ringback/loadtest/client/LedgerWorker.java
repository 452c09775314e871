package dev.ringback.loadtest.client;

import dev.ringback.loadtest.check.Write;
import dev.ringback.loadtest.check.Write.Outcome;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A worker that makes and moves jobs over HTTP, through any of the gateways, and notes in a ledger what it asked for and was
 * answered. For one thread.
 */
public final class LedgerWorker implements Closeable {
    /** How long an answer may take; after that the write is unknown. */
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private static final Duration MIN_PAUSE = Duration.ofMillis(50);
    private static final Duration MAX_PAUSE = Duration.ofMillis(200);
    private static final Pattern VERSION = Pattern.compile("\"version\":([0-9]{1,18})");

    private final List<HttpConnection> gateways;
    private final Ledger ledger;
    private final RandomGenerator random;

    public LedgerWorker(List<Target> gateways, Ledger ledger, RandomGenerator random) {
        this.gateways =
                gateways.stream().map(g -> new HttpConnection(g, TIMEOUT)).toList();
        this.ledger = ledger;
        this.random = random;
    }

    /** Makes the job; tries once. */
    public Outcome create(JobId job) {
        return write("PUT", "/jobs/" + job, "{\"type\":\"load\"}", job, JobState.QUEUED);
    }

    /** Tells of progress; tries once. */
    public Outcome progress(JobId job, long current, long total) {
        String progress = "{\"current\":" + current + ",\"total\":" + total + "}";
        return post(job, JobState.PROCESSING, ",\"progress\":" + progress);
    }

    /** Ends the job; tries again, with the same event id, until it is answered or the time is over. */
    public Outcome end(JobId job, JobState state, Duration atMost) throws InterruptedException {
        String eventId = ",\"eventId\":\"" + Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX) + "\"";
        long startNanos = System.nanoTime();
        Outcome outcome = post(job, state, eventId);
        while (outcome == Outcome.UNKNOWN && System.nanoTime() - startNanos < atMost.toNanos()) {
            pause();
            outcome = post(job, state, eventId);
        }
        return outcome;
    }

    private void pause() throws InterruptedException {
        LockSupport.parkNanos(random.nextLong(MIN_PAUSE.toNanos(), MAX_PAUSE.toNanos()));
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted between two tries");
        }
    }

    private Outcome post(JobId job, JobState state, String members) {
        String body = "{\"status\":\"" + state.wireName() + "\"" + members + "}";
        return write("POST", "/jobs/" + job + "/events", body, job, state);
    }

    private Outcome write(String method, String path, String body, JobId job, JobState state) {
        HttpConnection gateway = gateways.get(random.nextInt(gateways.size()));
        long beganNanos = System.nanoTime();
        Outcome outcome = Outcome.UNKNOWN;
        long version = 0;
        try {
            HttpConnection.Answer answer = gateway.request(method, path, body);
            outcome = outcomeOf(answer.status());
            version = outcome == Outcome.OK ? versionIn(answer.body()) : 0;
        } catch (IOException e) {
            // Whether the write was done is what nobody knows now.
        }
        ledger.add(new Write(job, null, version, state, beganNanos, System.nanoTime(), outcome));
        return outcome;
    }

    /** A 5xx may come of a time-out behind the gateway. */
    private static Outcome outcomeOf(int status) {
        if (status >= 500) {
            return Outcome.UNKNOWN;
        }
        return status < 300 ? Outcome.OK : Outcome.REFUSED;
    }

    private static long versionIn(String body) {
        Matcher version = VERSION.matcher(body);
        return version.find() ? Long.parseLong(version.group(1)) : 0;
    }

    @Override
    public void close() throws IOException {
        for (HttpConnection gateway : gateways) {
            gateway.close();
        }
    }
}
