package dev.ringback.loadtest.server;

import dev.ringback.loadtest.client.Transport;
import dev.ringback.loadtest.scenario.Scenario.ServerChoice;

/** How one kind of server is spoken to. */
public interface ServerKind {
    /**
     * One change of a job.
     *
     * @param version what a server that gives no versions itself is told
     * @param value the caller's own JSON: progress, or the result of a change that ends the job
     */
    record Change(String job, long version, boolean ends, String value) {}

    /** A request's path and body. */
    record Post(String path, String body) {}

    /** Where waits for a job are asked for. */
    String waitPath(String job, Transport transport);

    Post post(Change change);

    /** Whether a newer state may replace one that was not yet delivered. */
    boolean replacesProgress();

    /** Whether the server counts each job's versions, and begins a stream with the job's present state. */
    boolean keepsJobs();

    static ServerKind of(ServerChoice choice) {
        return choice == ServerChoice.RINGBACK ? new RingbackKind() : new ChannelKind();
    }

    /** Ringback, which has jobs. */
    final class RingbackKind implements ServerKind {
        private static final int POLL_SECONDS = 55;

        @Override
        public String waitPath(String job, Transport transport) {
            return transport == Transport.LONG_POLL ? "/jobs/" + job + "?wait=" + POLL_SECONDS : "/jobs/" + job;
        }

        @Override
        public Post post(Change change) {
            return new Post("/jobs/" + change.job() + "/events", members(change) + "}");
        }

        @Override
        public boolean replacesProgress() {
            return true;
        }

        @Override
        public boolean keepsJobs() {
            return true;
        }

        static String members(Change change) {
            return change.ends()
                    ? "{\"status\":\"completed\",\"result\":" + change.value()
                    : "{\"status\":\"processing\",\"progress\":" + change.value();
        }
    }

    /** A server that only hands on what it is told on a channel: it is told whole documents, much like those that Ringback makes. */
    final class ChannelKind implements ServerKind {
        @Override
        public String waitPath(String job, Transport transport) {
            return "/sub/" + job;
        }

        @Override
        public Post post(Change change) {
            String members = RingbackKind.members(change);
            String document =
                    "{\"jobId\":\"" + change.job() + "\",\"version\":" + change.version() + "," + members.substring(1);
            return new Post("/pub/" + change.job(), document + "}");
        }

        @Override
        public boolean replacesProgress() {
            return false;
        }

        @Override
        public boolean keepsJobs() {
            return false;
        }
    }
}
