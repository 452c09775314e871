package dev.ringback.gateway.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.store.JobWork;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the clients and workers of a {@link QueueWorld} were told, and what the jobs' events say: what was wrong in between, and whether
 * all was kept in the end.
 */
final class QueueLedger {
    /** What is known of a job by its events. */
    private static final class Course {
        private JobState state = JobState.QUEUED;
        private List<JobId> after = List.of();
        private String document = "";
        private int losses;
        /** Whether its record says that it has begun, and did before those that it waits for had completed. */
        private boolean isEarly;
    }

    private final Map<JobId, Course> courses = new LinkedHashMap<>();
    /** Until when a worker has a job, as it was told. */
    private final Map<JobId, Long> promised = new HashMap<>();
    /** Jobs that a client was told of that they are taken. */
    private final Set<JobId> accepted = new LinkedHashSet<>();
    /** How jobs have ended, as somebody was told. */
    private final Map<JobId, JobState> ends = new LinkedHashMap<>();

    private final List<String> wrongs = new ArrayList<>();

    void accepted(JobId id) {
        accepted.add(id);
    }

    void promised(JobId id, long deadlineMillis) {
        requireInTime(id);
        promised.put(id, deadlineMillis);
    }

    void ended(JobId id, JobState state) {
        ends.put(id, state);
    }

    List<JobId> jobs() {
        return List.copyOf(courses.keySet());
    }

    JobState state(JobId id) {
        Course course = courses.get(id);
        return course == null ? null : course.state;
    }

    int losses() {
        return courses.values().stream().mapToInt(course -> course.losses).sum();
    }

    /**
     * A job has moved.
     *
     * @param after those that it waits for
     */
    void hear(JobEvent event, List<JobId> after, long nowMillis) {
        JobId id = event.jobId();
        Course course = courses.computeIfAbsent(id, unknown -> new Course());
        course.after = after;
        String document = new String(event.json(), UTF_8);
        if (course.state.isTerminal()) {
            wrongs.add(id + " has moved after its end: " + document);
        }
        boolean lost = course.state == JobState.PROCESSING && document.contains("lease-expired");
        if (lost) {
            course.losses++;
            long until = promised.getOrDefault(id, 0L);
            if (nowMillis < until) {
                wrongs.add(id + " was taken away " + (until - nowMillis) + " ms before its lease was over");
            }
        }
        if (event.state() == JobState.COMPLETED) {
            requireInTime(id);
        }
        course.isEarly = event.state() == JobState.PROCESSING
                && (course.isEarly || course.state == JobState.QUEUED && !upstreamIn(course, JobState.COMPLETED));
        course.state = event.state();
        course.document = document;
    }

    /** A job that another submission's entry led to the desk is given back before any worker has it. */
    private void requireInTime(JobId id) {
        Course course = courses.get(id);
        if (course != null && course.isEarly) {
            wrongs.add(id + " has begun before those that it waits for have completed");
        }
    }

    private boolean upstreamIn(Course course, JobState state) {
        return course.after.stream().allMatch(before -> state(before) == state);
    }

    /** How jobs went. */
    void countInto(Map<String, Integer> figures) {
        courses.values().forEach(course -> {
            figures.merge("jobs " + course.state, 1, Integer::sum);
            figures.merge("jobs that followed others", course.after.isEmpty() ? 0 : 1, Integer::sum);
            figures.merge("jobs stopped by others", course.document.contains("\"upstream-") ? 1 : 0, Integer::sum);
            figures.merge("attempts lost", course.losses, Integer::sum);
        });
    }

    /** What is not as it has to be in the end. */
    List<String> judge(Map<JobId, JobWork> works) {
        List<String> found = new ArrayList<>(wrongs);
        accepted.forEach(id -> {
            if (!courses.containsKey(id)) {
                found.add(id + " was accepted and is not there");
            }
        });
        courses.forEach((id, course) -> {
            if (!course.state.isTerminal()) {
                found.add(id + " has not ended: " + works.get(id));
            }
            boolean stopped = course.document.contains("\"upstream-");
            if (stopped && upstreamIn(course, JobState.COMPLETED)) {
                found.add(id + " was stopped though all that it waited for have completed: " + course.document);
            }
            if (course.state == JobState.COMPLETED && !upstreamIn(course, JobState.COMPLETED)) {
                found.add(id + " has completed though not all that it waited for have");
            }
        });
        ends.forEach((id, state) -> {
            if (state(id) != state) {
                found.add(id + " is " + state(id) + ", and somebody was told that it is " + state);
            }
        });
        return found;
    }
}
