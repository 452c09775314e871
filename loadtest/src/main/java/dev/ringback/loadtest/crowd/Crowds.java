package dev.ringback.loadtest.crowd;

import dev.ringback.loadtest.crowd.CrowdFigures.Counter;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.Scenario.Shape;
import dev.ringback.loadtest.server.ProcessFigures;
import dev.ringback.loadtest.server.SelfCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** A whole crowd: one in this process, or as many processes as the limit of open files makes necessary. For one thread. */
public final class Crowds implements AutoCloseable {
    /** For the publisher, the loops, the JVM's own files, and connections that linger behind their job's end. */
    private static final int SPARE_FILES = 1_000;

    private final List<Crowd> parts = new ArrayList<>();
    private final List<Long> pids = new ArrayList<>();
    private final Map<Integer, CrowdFigures> latest = new HashMap<>();
    /** Since it was last {@link #restart restarted}. */
    private final Map<String, Histogram> measured = new TreeMap<>();

    private Crowds() {}

    public static Crowds of(Scenario scenario, String url, String run) throws IOException {
        int processes = processes(scenario, ProcessFigures.fileLimit());
        Crowds crowds = new Crowds();
        pidsOfSelf(crowds);
        try {
            for (int i = 0; i < processes; i++) {
                Crowd.Plan plan = new Crowd.Plan(scenario.shown(), url, run, i, processes);
                crowds.add(
                        processes == 1 ? new LocalCrowd(plan) : new RemoteCrowd(SelfCommand.with("crowd-part"), plan));
            }
        } catch (IOException e) {
            crowds.close();
            throw e;
        }
        return crowds;
    }

    private static void pidsOfSelf(Crowds crowds) {
        crowds.pids.add(ProcessHandle.current().pid());
    }

    private void add(Crowd crowd) {
        parts.add(crowd);
        if (crowd instanceof RemoteCrowd remote) {
            pids.add(remote.pid());
        }
    }

    /** Says so, in one line, where one process is not enough. */
    static int processes(Scenario scenario, int fileLimit) {
        int asked = scenario.means().processes();
        boolean lingers = scenario.load().shape() == Shape.ONE;
        long files = scenario.load().connections() + (lingers ? scenario.pace().rate() : 0L);
        int needed = processes(files, fileLimit);
        if (asked == 0 && needed > 1) {
            System.err.printf(
                    "%,d connections do not fit into one process, which may open %,d files: starting %d client processes%n",
                    scenario.load().connections(), fileLimit, needed);
        }
        return asked == 0 ? needed : asked;
    }

    /** How many processes so many connections at a time need, where each may have so many files. */
    public static int processes(long connections, int fileLimit) {
        int room = Math.max(1, fileLimit - SPARE_FILES);
        return (int) Math.max(1, (connections + room - 1) / room);
    }

    /** Of all processes of this side, this one included. */
    public double cpuSeconds() {
        return pids.stream().mapToDouble(ProcessFigures::cpuSeconds).sum();
    }

    public void open() throws IOException {
        for (Crowd part : parts) {
            part.open();
        }
    }

    public void churn() throws IOException {
        for (Crowd part : parts) {
            part.churn();
        }
    }

    public void storm() throws IOException {
        for (Crowd part : parts) {
            part.storm();
        }
    }

    /** Forgets the latencies until now; counts go on. */
    public void restart() throws IOException {
        read();
        measured.keySet().removeIf(name -> !name.equals(CrowdFigures.CONNECTING));
    }

    /** Asks all parts; returns the latencies since it was asked before, all transports together. */
    public Histogram read() throws IOException {
        Histogram since = new Histogram(3);
        for (int i = 0; i < parts.size(); i++) {
            CrowdFigures figures = parts.get(i).read();
            latest.put(i, figures);
            for (Map.Entry<String, String> entry : figures.histograms().entrySet()) {
                Histogram histogram = Histograms.decode(entry.getValue());
                measured.computeIfAbsent(entry.getKey(), unused -> new Histogram(3))
                        .add(histogram);
                if (!entry.getKey().equals(CrowdFigures.CONNECTING)) {
                    since.add(histogram);
                }
            }
        }
        return since;
    }

    /** As it was last read. */
    public long count(Counter counter) {
        return latest.values().stream()
                .mapToLong(figures -> figures.count(counter))
                .sum();
    }

    /** From the first dialling until the last one waited, as it was last read; -1 where nobody waited yet. */
    public double comingSeconds() {
        return latest.values().stream()
                .map(CrowdFigures::span)
                .reduce(CrowdFigures.Span.NONE, CrowdFigures.Span::and)
                .seconds();
    }

    public Map<Counter, Long> counts() {
        Map<Counter, Long> counts = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            counts.put(counter, count(counter));
        }
        return counts;
    }

    /** As they were last read, since the last restart. */
    public Map<String, Histogram> latencies() {
        return measured;
    }

    public Map<String, Integer> complaints() {
        Map<String, Integer> all = new TreeMap<>();
        latest.values().forEach(figures -> figures.complaints().forEach((what, n) -> all.merge(what, n, Integer::sum)));
        return all;
    }

    public long outstanding(long[] accepted) throws IOException {
        long outstanding = 0;
        for (Crowd part : parts) {
            outstanding += part.outstanding(accepted);
        }
        return outstanding;
    }

    /** The same, when nothing more is waited for. */
    public long missing(long[] accepted) throws IOException {
        long missing = 0;
        for (Crowd part : parts) {
            missing += part.missing(accepted);
        }
        return missing;
    }

    @Override
    public void close() throws IOException {
        for (Crowd part : parts) {
            part.close();
        }
    }
}
