package dev.ringback.loadtest.queue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * When each job of a run came how far, in nanoseconds from when its submission was due: a sender that is late is part of the figures
 * and does not stretch the schedule. The times of one job are written by one thread at a time.
 */
final class Trips {
    /** Where a job comes by. */
    enum Stop {
        /** Its submission begins. */
        POSTED,
        /** Its submission is acknowledged. */
        ACCEPTED,
        /** A worker has it. */
        LEASED,
        /** Its client knows its result. */
        TOLD;

        String words() {
            return "due → " + name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int DIGITS = 3;
    private static final int MOST_WRONG = 20;
    private static final long NEVER = -1;

    private final Map<Stop, long[]> nanos = new EnumMap<>(Stop.class);
    private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());

    Trips(int jobs) {
        for (Stop stop : Stop.values()) {
            long[] times = new long[jobs];
            Arrays.fill(times, NEVER);
            nanos.put(stop, times);
        }
    }

    int size() {
        return times(Stop.TOLD).length;
    }

    private long[] times(Stop stop) {
        return nanos.getOrDefault(stop, new long[0]);
    }

    /** A job came by, so many nanoseconds after it was due; a negative number is none. */
    void reached(int job, Stop stop, long nanosAfterDue) {
        times(stop)[job] = Math.max(NEVER, nanosAfterDue);
    }

    /** Something went as it must not. */
    void wrong(String what) {
        if (wrong.size() < MOST_WRONG) {
            wrong.add(what);
        }
    }

    Histogram histogram(Stop stop) {
        Histogram histogram = new Histogram(DIGITS);
        for (long time : times(stop)) {
            if (time != NEVER) {
                histogram.recordValue(time);
            }
        }
        return histogram;
    }

    /** What was said to be wrong, and how many jobs nobody was told of. */
    List<String> faults() {
        List<String> faults = new ArrayList<>(List.copyOf(wrong));
        long untold =
                Arrays.stream(times(Stop.TOLD)).filter(time -> time == NEVER).count();
        if (untold > 0) {
            faults.add("of " + size() + " jobs " + untold + " ended without their client knowing");
        }
        return faults;
    }
}
