package dev.ringback.gateway.hub;

import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobJson;
import dev.ringback.protocol.JobPace;
import dev.ringback.protocol.JobState;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells clients that poll when to ask again: when the job is likely to have ended, by its own progress or else by how long jobs of
 * its type took to be started and to run; and where nothing is known, ever less often. Any thread may call.
 */
public final class Hints {
    private static final int MIN_SECONDS = 1;
    private static final int MAX_SECONDS = 30;
    /** A job that has been silent for so long is asked about again after half of that. */
    private static final int BACK_OFF = 2;

    private static final double MILLIS = 1000;
    private static final double NEWEST_WEIGHT = 0.2;
    private static final int MOST_TYPES = 1024;

    /**
     * How long jobs of one type took of late.
     *
     * @param waitMillis until they were started, which grows with the queue
     * @param learntMillis when the last one that counts ended: older ones count no more, and so none counts twice
     */
    private record TypePace(double waitMillis, double runMillis, long learntMillis) {
        TypePace with(double wait, double run, long ended) {
            return new TypePace(mean(waitMillis, wait), mean(runMillis, run), ended);
        }

        private static double mean(double before, double newest) {
            return before + NEWEST_WEIGHT * (newest - before);
        }
    }

    private final InstantSource clock;
    private final Map<String, TypePace> paces = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TypePace> eldest) {
            return size() > MOST_TYPES;
        }
    };

    public Hints(InstantSource clock) {
        this.clock = clock;
    }

    /** When a client that polls should ask again; 0 once the job has ended. */
    public int retryAfterSeconds(JobEvent event) {
        if (event.state().isTerminal()) {
            return 0;
        }
        JobPace pace = JobPace.of(event);
        return seconds(clock.millis(), expectedEnd(event.state(), pace), pace);
    }

    /** The body with which an HTTP answer tells of the event. */
    public HttpBody body(JobEvent event) {
        JobPace pace = JobPace.of(event);
        if (event.state().isTerminal()) {
            learn(pace);
            return new HttpBody(event, JobJson.httpBody(event, 0, 0, pace.retryable()), 0);
        }
        long now = clock.millis();
        long end = expectedEnd(event.state(), pace);
        int seconds = seconds(now, end, pace);
        return new HttpBody(event, JobJson.httpBody(event, seconds, end > now ? end : 0, false), seconds);
    }

    private static int seconds(long now, long expectedEnd, JobPace pace) {
        long millis =
                expectedEnd > now ? expectedEnd - now : (now - Math.max(expectedEnd, pace.updatedMillis())) / BACK_OFF;
        return (int) Math.min(MAX_SECONDS, Math.max(MIN_SECONDS, Math.ceil(millis / MILLIS)));
    }

    /** When the job is likely to end; 0 where nothing is known. */
    private long expectedEnd(JobState state, JobPace pace) {
        if (state == JobState.PROCESSING && pace.done() > 0) {
            double took = pace.updatedMillis() - pace.startedMillis();
            return pace.updatedMillis() + (long) (took * (1 - pace.done()) / pace.done());
        }
        TypePace usual = usual(pace.type());
        if (usual == null) {
            return 0;
        }
        return state == JobState.PROCESSING
                ? pace.startedMillis() + (long) usual.runMillis()
                : pace.createdMillis() + (long) (usual.waitMillis() + usual.runMillis());
    }

    private @Nullable TypePace usual(@Nullable String type) {
        if (type == null) {
            return null;
        }
        synchronized (paces) {
            return paces.get(type);
        }
    }

    private void learn(JobPace pace) {
        boolean whole = pace.type() != null && pace.startedMillis() > 0 && pace.completedMillis() > 0;
        if (!whole) {
            return;
        }
        double wait = pace.startedMillis() - pace.createdMillis();
        double run = pace.completedMillis() - pace.startedMillis();
        synchronized (paces) {
            TypePace before = paces.get(pace.type());
            if (before == null) {
                paces.put(pace.type(), new TypePace(wait, run, pace.completedMillis()));
            } else if (pace.completedMillis() > before.learntMillis()) {
                paces.put(pace.type(), before.with(wait, run, pace.completedMillis()));
            }
        }
    }
}
