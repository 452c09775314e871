package dev.ringback.loadtest.webhook;

import dev.ringback.loadtest.crowd.EventText;
import dev.ringback.loadtest.crowd.Histograms;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What came of one run: which job's event at which endpoint, and how late. Confined to the sink's loop. */
final class SinkCounts {
    private static final double MICRO_NANOS = 1_000;
    private static final int DIGITS = 3;

    private final SinkRun run;
    private final String prefix;
    private final EventText event = new EventText();
    /** Bit {@code job × endpoints + endpoint}. */
    private final BitSet seen = new BitSet();

    private final Histogram judged = new Histogram(DIGITS);
    private final Histogram[] times;
    private final long[] received;
    private final long[] distinct;
    private long foreign;
    private long unstamped;

    SinkCounts(SinkRun run, int endpoints) {
        this.run = run;
        this.prefix = "load-" + run.run() + "-";
        this.times = new Histogram[endpoints];
        for (int i = 0; i < endpoints; i++) {
            times[i] = new Histogram(DIGITS);
        }
        this.received = new long[endpoints];
        this.distinct = new long[endpoints];
    }

    /**
     * A whole request has come.
     *
     * @param webhookId its header; a job's id, a slash and a cursor
     */
    void received(int endpoint, String webhookId, byte[] body, long nowNanos) {
        int job = job(webhookId);
        if (endpoint < 0 || endpoint >= times.length || job < 0) {
            foreign++;
            return;
        }
        if (!run.toEach() && job % times.length != endpoint) {
            foreign++;
            return;
        }
        received[endpoint]++;
        int bit = Math.addExact(Math.multiplyExact(job, times.length), endpoint);
        if (seen.get(bit)) {
            return;
        }
        seen.set(bit);
        distinct[endpoint]++;
        if (!event.read(body, 0, body.length) || event.dueNanos() == EventText.NO_STAMP) {
            unstamped++;
            return;
        }
        long nanos = Math.max(0, nowNanos - event.dueNanos());
        times[endpoint].recordValue(nanos);
        if (endpoint < run.judged()) {
            judged.recordValue(nanos);
        }
    }

    /** The job's number; -1 for one of another run. */
    private int job(String webhookId) {
        int end = webhookId.indexOf('/');
        if (end < 0 || !webhookId.startsWith(prefix)) {
            return -1;
        }
        String digits = webhookId.substring(prefix.length(), end);
        return digits.matches("[0-9]{1,7}") ? Integer.parseInt(digits) : -1;
    }

    SinkFigures figures(long ignored, long accepted) {
        List<SinkFigures.OfEndpoint> each = new ArrayList<>();
        long allReceived = 0;
        long allDistinct = 0;
        for (int i = 0; i < times.length; i++) {
            allReceived += received[i];
            allDistinct += distinct[i];
            each.add(new SinkFigures.OfEndpoint(
                    received[i],
                    distinct[i],
                    times[i].getValueAtPercentile(50) / MICRO_NANOS,
                    times[i].getValueAtPercentile(99) / MICRO_NANOS));
        }
        return new SinkFigures(
                allReceived,
                allDistinct,
                allReceived - allDistinct,
                foreign,
                unstamped,
                ignored,
                accepted,
                Histograms.encode(judged),
                each);
    }

    long distinctDeliveries() {
        return seen.cardinality();
    }
}
