package dev.ringback.loadtest.client;

import dev.ringback.loadtest.client.HttpConnection.Answer;
import dev.ringback.protocol.JobId;
import java.io.IOException;

/**
 * The jobs of one run, numbered from 0.
 *
 * @param run tells this run's jobs from those of others
 */
public record LoadJobs(String run) {
    private static final String NEW_JOB = "{\"type\":\"load\"}";
    private static final String COMPLETED = "{\"status\":\"completed\"}";

    /** Jobs that no other run has. */
    public static LoadJobs fresh() {
        return new LoadJobs(Long.toString(System.currentTimeMillis(), Character.MAX_RADIX));
    }

    public JobId id(int index) {
        return JobId.of("load-" + run + "-" + index);
    }

    public void create(int index, HttpConnection connection) throws IOException {
        create(index, NEW_JOB, connection);
    }

    /** @param body what is submitted, JSON */
    public void create(int index, String body, HttpConnection connection) throws IOException {
        require(202, connection.request("PUT", "/jobs/" + id(index), body));
    }

    public void complete(int index, HttpConnection connection) throws IOException {
        event(index, COMPLETED, connection);
    }

    /** @param result JSON */
    public void complete(int index, String result, HttpConnection connection) throws IOException {
        event(index, "{\"status\":\"completed\",\"result\":" + result + "}", connection);
    }

    private void event(int index, String body, HttpConnection connection) throws IOException {
        require(200, connection.request("POST", "/jobs/" + id(index) + "/events", body));
    }

    private static void require(int status, Answer answer) throws WireException {
        if (answer.status() != status) {
            throw new WireException("HTTP " + answer.status() + " instead of " + status + ": " + answer.body());
        }
    }
}
