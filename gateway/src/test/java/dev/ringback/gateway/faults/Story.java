package dev.ringback.gateway.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one waiter was told of one job, from the first word to the last, and what was wrong with it. Any thread may add to it. */
final class Story {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String waiter;
    /** Guarded by this, as are the others. */
    private final List<String> told = new ArrayList<>();

    private final List<String> faults = new ArrayList<>();
    private @Nullable String incarnation;
    private long version;
    private boolean resetStateDue;
    private int resets;
    private int ends;
    private final List<String> gones = new ArrayList<>();
    private boolean closed;

    Story(String waiter) {
        this.waiter = waiter;
    }

    /** An event of a stream. */
    synchronized void event(String name, String json) {
        JsonNode job = read(json);
        told.add(name + " " + job.path("reason").asText(job.path("incarnation").asText() + "-" + job.path("version")));
        if (isOver()) {
            faults.add(name + " after the end");
        }
        switch (name) {
            case "gone" -> gones.add(job.path("reason").asText());
            case "reset" -> reset(job);
            default -> state(job);
        }
    }

    private void reset(JsonNode job) {
        resets++;
        resetStateDue = true;
        incarnation = job.path("incarnation").asText();
        version = job.path("version").asLong();
    }

    private void state(JsonNode job) {
        boolean sameLife = incarnation == null
                || incarnation.equals(job.path("incarnation").asText());
        long next = job.path("version").asLong();
        if (!sameLife || (resetStateDue ? next != version : next <= version)) {
            faults.add("not after " + incarnation + "-" + version + (resetStateDue ? ", reset" : ""));
        }
        resetStateDue = false;
        take(job);
    }

    private void take(JsonNode job) {
        incarnation = job.path("incarnation").asText();
        version = job.path("version").asLong();
        ends += job.has("completedAt") ? 1 : 0;
    }

    /** A poll's answer with the job: one that is behind the last, or of another life, is how a poll hears of a reset. */
    synchronized void polled(String json) {
        JsonNode job = read(json);
        told.add("200 " + job.path("incarnation").asText() + "-" + job.path("version"));
        boolean sameLife = incarnation == null
                || incarnation.equals(job.path("incarnation").asText());
        if (!sameLife || job.path("version").asLong() < version) {
            resets++;
        }
        take(job);
    }

    /** A poll's answer that is the result alone. */
    synchronized void result(String json) {
        told.add("200 " + json);
        ends++;
    }

    /** A poll's answer that there is no such job. */
    synchronized void gone(int status) {
        told.add(Integer.toString(status));
        gones.add(Integer.toString(status));
    }

    /** Something worth reading when the story goes wrong. */
    synchronized void note(String what) {
        told.add(what);
    }

    /** Nothing can follow: the server has ended the stream, or answered something that was asked after the end. */
    synchronized void closed(String how) {
        told.add(how);
        if (!isOver()) {
            faults.add("closed before the end");
        }
        closed = true;
    }

    synchronized boolean isOver() {
        return ends + gones.size() > 0;
    }

    /** Whether it is over, and nothing can follow. */
    synchronized boolean isClosed() {
        return closed;
    }

    synchronized long version() {
        return version;
    }

    synchronized int resets() {
        return resets;
    }

    synchronized int ends() {
        return ends;
    }

    /** Why it was told that the job is gone, each time. */
    synchronized List<String> gones() {
        return List.copyOf(gones);
    }

    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + json, e);
        }
    }

    @Override
    public synchronized String toString() {
        return waiter + " was told " + told + (faults.isEmpty() ? "" : ", faults: " + faults);
    }
}
