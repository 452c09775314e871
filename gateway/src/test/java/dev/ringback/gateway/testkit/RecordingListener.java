package dev.ringback.gateway.testkit;

import dev.ringback.gateway.relay.JobRelay;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what a relay says: on the shard's loop, for the test to read. */
public final class RecordingListener implements JobRelay.Listener {
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<JobEvent> events = new CopyOnWriteArrayList<>();

    /** Everything in its order: {@code connected}, {@code subscribed 7}, {@code event 7 2}. */
    public List<String> heard() {
        return List.copyOf(heard);
    }

    /** What concerns one job, in its order. */
    public List<String> heard(JobId id) {
        return heard.stream()
                .filter(line -> List.of(line.split(" ")).contains(id.toString()))
                .toList();
    }

    /** How often this was said. */
    public long count(String line) {
        return heard.stream().filter(line::equals).count();
    }

    public List<JobEvent> events(JobId id) {
        return events.stream().filter(event -> event.jobId().equals(id)).toList();
    }

    @Override
    public void onConnected() {
        heard.add("connected");
    }

    @Override
    public void onDisconnected() {
        heard.add("disconnected");
    }

    @Override
    public void onSubscribed(JobId id) {
        heard.add("subscribed " + id);
    }

    @Override
    public void onUnsubscribed(JobId id) {
        heard.add("unsubscribed " + id);
    }

    @Override
    public void onEvent(JobEvent event) {
        heard.add("event " + event.jobId() + " " + event.version());
        events.add(event);
    }

    @Override
    public void onCanary(long number) {
        heard.add("canary " + number);
    }

    @Override
    public void onDoubt() {
        heard.add("doubt");
    }

    @Override
    public void onUnreadable(JobId id) {
        heard.add("unreadable " + id);
    }
}
