package dev.ringback.loadtest.webhook;

import dev.ringback.loadtest.client.Crew;
import dev.ringback.loadtest.client.EventStamp;
import dev.ringback.loadtest.client.LoadJobs;
import dev.ringback.loadtest.client.Poll;
import dev.ringback.loadtest.crowd.Histograms;
import dev.ringback.loadtest.latency.Schedule;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.webhook.DeadEndpointsReport.Run;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * One run against one gateway: jobs are made, each with the URL of the next endpoint, and ended on schedule. With the dead, the last
 * tenth of the endpoints never answers or refuses connections; without them, all answer.
 */
final class DeadEndpointsRun {
    /**
     * How much.
     *
     * @param jobs in one run, each of them one delivery
     * @param eventBytes of each job's result
     */
    record Load(int jobs, int perSecond, int threads, int eventBytes) {}

    static final int ENDPOINTS = 100;
    static final int DEAD = 10;
    static final int HEALTHY = ENDPOINTS - DEAD;

    private static final String CIRCUITS_OPENED = "ringback_webhook_circuits_opened_total";
    private static final Duration LEAD = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** In which a repeat would come. */
    private static final Duration AFTERMATH = Duration.ofMillis(300);

    private final LoadedServer server;
    private final RemoteSink sink;
    private final Load load;
    /** Each run has dead ones that the gateway does not know: 127.0.1.1, 127.0.2.1 and so on. */
    private int run;

    DeadEndpointsRun(LoadedServer server, RemoteSink sink, Load load) {
        this.server = server;
        this.sink = sink;
        this.load = load;
    }

    Run withoutDead() throws IOException, InterruptedException {
        return run(sink.urls(), 0);
    }

    Run withDead() throws IOException, InterruptedException {
        run++;
        List<String> urls = new ArrayList<>(sink.urls().subList(0, HEALTHY));
        for (int i = 0; i < DEAD; i++) {
            int port = i % 2 == 0 ? sink.ports().silent() : sink.ports().refusing();
            urls.add("http://127.0." + run + "." + (i + 1) + ":" + port + "/dead");
        }
        return run(urls, DEAD);
    }

    private Run run(List<String> urls, int dead) throws IOException, InterruptedException {
        LoadJobs jobs = LoadJobs.fresh();
        sink.begin(new SinkRun(jobs.run(), false, HEALTHY));
        SinkFigures before = sink.read();
        double opened = server.metric(CIRCUITS_OPENED);
        Histogram late = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        Schedule schedule = new Schedule(System.nanoTime() + LEAD.toNanos(), load.perSecond());
        try (Crew crew = Crew.start(load.threads(), server.target(), load.jobs(), (index, connection) -> {
            String url = urls.get(index % urls.size());
            jobs.create(index, "{\"type\":\"load\",\"callbackUrl\":\"" + url + "\"}", connection);
            schedule.awaitDue(index);
            long due = schedule.dueNanos(index);
            late.recordValue(Math.max(0, System.nanoTime() - due));
            jobs.complete(index, EventStamp.value(due, load.eventBytes()), connection);
        })) {
            crew.join();
        }
        int answering = urls.size() - dead;
        awaitAll(expected(answering));
        SinkFigures after = sink.read();
        Histogram times = Histograms.decode(after.hlog());
        return new Run(
                expected(HEALTHY),
                times.getTotalCount(),
                expected(answering) - after.distinct(),
                after.repeats(),
                after.foreign() + after.unstamped(),
                micros(times, 50),
                micros(times, 99),
                worstP99Micros(after),
                micros(late, 99),
                after.ignored() - before.ignored(),
                Math.round(server.metric(CIRCUITS_OPENED) - opened));
    }

    /** How many of the jobs have one of the first so many endpoints. */
    private long expected(int endpoints) {
        int whole = load.jobs() / ENDPOINTS;
        return (long) whole * endpoints + Math.min(endpoints, load.jobs() % ENDPOINTS);
    }

    private void awaitAll(long expected) throws IOException, InterruptedException {
        Poll.until(PATIENCE, () -> sink.distinct() >= expected);
        Poll.pass(AFTERMATH);
    }

    private static double micros(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e3;
    }

    private static double worstP99Micros(SinkFigures figures) {
        return figures.endpoints().subList(0, HEALTHY).stream()
                .mapToDouble(SinkFigures.OfEndpoint::p99Micros)
                .max()
                .orElse(0);
    }
}
