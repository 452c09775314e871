package dev.ringback.loadtest.check;

import dev.ringback.protocol.JobId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a history keeps what Ringback promises: no completion is lost or invented, no client hears a job go back unless
 * it is told so, none hears a second end, none waits for ever.
 */
public final class Checker {
    private record Follower(int client, JobId job) {}

    private Checker() {}

    /**
     * Judges a history that has ended.
     *
     * @throws IllegalArgumentException where it lacks the truth of a job
     */
    public static Report check(History history, Bounds bounds) {
        Timeline timeline = new Timeline(history, bounds);
        Findings findings = new Findings();
        findings.faults = history.faults().size();
        Map<JobId, JobLedger> jobs = new LinkedHashMap<>();
        for (Truth truth : history.truths()) {
            jobs.put(truth.job(), new JobLedger(truth));
        }
        for (Write write : history.writes()) {
            known(write.job(), jobs.get(write.job())).add(write);
        }
        jobs.values().forEach(job -> job.judgeEnds(timeline, findings));
        follow(history, jobs, timeline, findings);
        return findings.report();
    }

    private static void follow(History history, Map<JobId, JobLedger> jobs, Timeline timeline, Findings findings) {
        Map<Follower, ClientWait> waits = new LinkedHashMap<>();
        Set<Integer> clients = new HashSet<>();
        for (Heard line : history.heard()) {
            clients.add(line.client());
            ClientWait wait = waits.computeIfAbsent(
                    new Follower(line.client(), line.job()),
                    unused -> new ClientWait(line, known(line.job(), jobs.get(line.job())), timeline, findings));
            wait.take(line);
        }
        waits.values().forEach(ClientWait::finish);
        findings.clients = clients.size();
    }

    private static JobLedger known(JobId id, @Nullable JobLedger job) {
        if (job == null) {
            throw new IllegalArgumentException("no truth of job " + id);
        }
        return job;
    }
}
