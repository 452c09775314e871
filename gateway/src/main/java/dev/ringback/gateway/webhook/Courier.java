package dev.ringback.gateway.webhook;

import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.webhook.Delivery.Attempt;
import dev.ringback.gateway.webhook.Delivery.Status;
import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Sends what is due at one destination, in its order and as fast as its circuit allows, for as long as this gateway has the claim.
 * Its deadline is the end of a pause. Confined to the loop.
 */
final class Courier extends LoopTicker.Deadline {
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
    /** Looked for at once, for each request that may be under way: what waits here is kept in memory. */
    private static final int LOAD_FOR_EACH = 4;
    /** So many that the store does not know to be settled, and nothing more is looked for. */
    private static final int MOST_UNSETTLED = 256;
    /** What waits longer is forgotten here, and looked for again. */
    private static final long LONG_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Of an answer to a request that another URL got. */
    private static final int OTHER_ERA = -1;

    private static final long BUG_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How long the claim is kept with nothing to do: the next event often comes soon. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Dispatcher dispatcher;
    private final String destination;
    private Circuit circuit;
    /** What is called there as far as known; null for jobs' own URLs. */
    private @Nullable String url;

    /** Loaded, not sent yet. */
    private final Deque<Delivery> queue = new ArrayDeque<>();
    /** Loaded, and not known by the store to be settled. */
    private final Set<String> unsettled = new HashSet<>();

    /** Settled while a look was under way, which may have found it as it was before. */
    private final Set<String> settledMeanwhile = new HashSet<>();

    private int inFlight;
    private boolean loading;
    /** Whether the last look found less than it asked for, and nothing was heard of since. */
    private boolean exhausted;
    /** Whether something was heard of while it looked. */
    private boolean lookAgain;
    /** Progress that the store has not forgotten yet. */
    private final List<String> toDrop = new ArrayList<>();

    private boolean waitsForRoom;
    private boolean ended;
    private long pausedUntilNanos;
    private long busyNanos;

    Courier(Dispatcher dispatcher, String destination, Circuit circuit) {
        this.dispatcher = dispatcher;
        this.destination = destination;
        this.circuit = circuit;
        this.busyNanos = dispatcher.loop().nanoTime();
        this.pausedUntilNanos = busyNanos;
    }

    String destination() {
        return destination;
    }

    boolean isOpen() {
        return circuit.state() == Circuit.State.OPEN;
    }

    /** There may be more than was found at the last look. */
    void more() {
        exhausted = false;
        lookAgain = loading;
        lookAtUrl();
        if (!toDrop.isEmpty()) {
            drop(List.of());
        }
        advance();
    }

    /** What was learned of one URL says nothing of another. */
    private void lookAtUrl() {
        WebhookEndpoint endpoint = dispatcher.endpoints().get(destination);
        if (endpoint == null || endpoint.url().equals(url)) {
            return;
        }
        if (url != null) {
            circuit = dispatcher.circuits().anew(destination);
            pausedUntilNanos = dispatcher.loop().nanoTime();
        }
        url = endpoint.url();
    }

    /** There is room again for what it wants to send. */
    void onRoom() {
        waitsForRoom = false;
        advance();
    }

    /** The claim is lost, or the gateway stops: nothing more is sent. What is under way is settled when it ends. */
    void end() {
        ended = true;
        unload();
        dispatcher.loop().ticker().clear(this);
    }

    @Override
    protected void onDeadline() {
        advance();
    }

    private void unload() {
        queue.forEach(delivery -> unsettled.remove(delivery.id()));
        queue.clear();
    }

    /** Whether nothing is under way, and the store knows of all that was. */
    boolean isQuiet() {
        return inFlight == 0 && unsettled.isEmpty();
    }

    /** Does whatever can be done now. */
    void advance() {
        while (!ended && !waitsForRoom && inFlight < window()) {
            Delivery next = queue.poll();
            if (next == null) {
                load();
                break;
            }
            String complaint = complaint(next, dispatcher.nowMillis());
            if (complaint != null) {
                Attempt attempt = new Attempt(dispatcher.nowMillis(), 0, 0, complaint, null);
                giveUp(next.after(attempt, Status.DEAD, next.dueMillis()));
                continue;
            }
            boolean isProven = circuit.isProven();
            if (dispatcher.room().take(this, isProven)) {
                send(next, isProven);
            } else {
                waitsForRoom = true;
                queue.addFirst(next);
            }
        }
        rest();
    }

    private int window() {
        long now = dispatcher.loop().nanoTime();
        return pausedUntilNanos - now > 0 ? 0 : circuit.window(now);
    }

    /** Waits for the end of a pause, or gives the claim back where there is nothing to do. */
    private void rest() {
        if (ended) {
            dispatcher.onQuiet(this);
            return;
        }
        long now = dispatcher.loop().nanoTime();
        long wait = Math.max(pausedUntilNanos - now, circuit.waitNanos(now));
        if (wait > LONG_WAIT_NANOS && !queue.isEmpty()) {
            unload();
            exhausted = false;
        }
        if (wait > 0) {
            dispatcher.loop().ticker().set(this, now, wait);
        } else if (!queue.isEmpty() || !unsettled.isEmpty()) {
            busyNanos = now;
        } else if (!loading && exhausted && now - busyNanos >= LINGER_NANOS) {
            dispatcher.release(this);
        }
    }

    private void load() {
        if (loading || exhausted || unsettled.size() >= MOST_UNSETTLED) {
            return;
        }
        loading = true;
        lookAgain = false;
        settledMeanwhile.clear();
        int most = LOAD_FOR_EACH * circuit.window(dispatcher.loop().nanoTime());
        var unused = dispatcher
                .store()
                .due(destination, most, Set.copyOf(unsettled))
                .whenComplete((due, failure) -> dispatcher.loop().execute(() -> {
                    loading = false;
                    if (failure != null) {
                        // The next beat tries again.
                        exhausted = true;
                        dispatcher.onStoreFailure("looking for what is due", failure);
                        return;
                    }
                    exhausted = due.deliveries().size() < most && !lookAgain;
                    if (due.deliveries().stream().anyMatch(one -> endpointComplaint(one) != null)) {
                        askAgain(due.deliveries());
                    } else {
                        take(due.deliveries());
                        advance();
                    }
                }));
    }

    /** Before they are given up: their endpoint may have been switched on since it was read last. */
    private void askAgain(List<Delivery> found) {
        loading = true;
        var unused = dispatcher.endpoints().refresh().whenComplete((read, unread) -> {
            loading = false;
            if (unread == null) {
                take(found);
                advance();
            } else {
                exhausted = true;
            }
        });
    }

    private void take(List<Delivery> found) {
        if (ended) {
            return;
        }
        Set<String> endedJobs = new HashSet<>();
        found.stream()
                .filter(delivery -> WebhookEvent.ENDS.contains(delivery.sent().event()))
                .forEach(delivery -> endedJobs.add(delivery.sent().jobId()));
        List<String> superseded = new ArrayList<>();
        for (Delivery delivery : found) {
            if (settledMeanwhile.contains(delivery.id())) {
                exhausted = false;
                continue;
            }
            if (!unsettled.add(delivery.id())) {
                continue;
            }
            boolean isOld = delivery.sent().event() == WebhookEvent.PROGRESS
                    && endedJobs.contains(delivery.sent().jobId());
            if (isOld) {
                superseded.add(delivery.id());
            } else {
                queue.add(delivery);
            }
        }
        if (!superseded.isEmpty()) {
            drop(superseded);
        }
    }

    /** Progress that nobody needs any more, and what the store would not forget before. */
    private void drop(List<String> ids) {
        dispatcher.counters().superseded.add(ids.size());
        List<String> all = new ArrayList<>(toDrop);
        all.addAll(ids);
        toDrop.clear();
        dispatcher.purge(all, isDone -> {
            if (isDone) {
                settled(all);
            } else {
                toDrop.addAll(all);
            }
        });
    }

    private void send(Delivery delivery, boolean isProven) {
        long startedMillis = dispatcher.nowMillis();
        int era = circuit.era();
        Circuit asked = circuit;
        inFlight++;
        var unused = dispatcher
                .post(delivery)
                .whenComplete((answer, bug) -> dispatcher.loop().execute(() -> {
                    if (dispatcher.isClosed()) {
                        return;
                    }
                    try {
                        if (bug != null) {
                            throw new IllegalStateException("the client failed", bug);
                        }
                        onAnswer(delivery, answer, startedMillis, asked == circuit ? era : OTHER_ERA);
                    } catch (RuntimeException e) {
                        LOG.error("delivery {} failed in the gateway", delivery.id(), e);
                        unsettled.remove(delivery.id());
                        pausedUntilNanos = dispatcher.loop().nanoTime() + BUG_PAUSE_NANOS;
                    } finally {
                        inFlight--;
                        dispatcher.room().give(isProven);
                        advance();
                    }
                }));
    }

    /** Why it is not sent at all; null where it is. */
    private @Nullable String complaint(Delivery delivery, long now) {
        String complaint = endpointComplaint(delivery);
        boolean isOverdue = now - delivery.dueMillis() > dispatcher.schedule().overdueMillis();
        return complaint == null && isOverdue ? "overdue" : complaint;
    }

    private @Nullable String endpointComplaint(Delivery delivery) {
        String id = delivery.sent().endpoint();
        if (id == null) {
            return null;
        }
        WebhookEndpoint endpoint = dispatcher.endpoints().get(id);
        if (endpoint == null) {
            return "removed";
        }
        boolean isTest = delivery.sent().event() == WebhookEvent.TEST;
        return endpoint.disabled() != null && !isTest ? "disabled" : null;
    }

    private void onAnswer(Delivery delivery, Answer answer, long startedMillis, int era) {
        Outcome outcome = Outcome.of(delivery, answer, startedMillis, dispatcher.nowMillis(), dispatcher.schedule());
        dispatcher.counters().count(answer);
        if (era != OTHER_ERA) {
            judge(outcome, era);
        }
        Delivery after = outcome.delivery();
        if (after.status() == Status.DELIVERED) {
            dispatcher.counters().delivered.increment();
            dispatcher.settlements().add(this, after);
        } else if (after.sent().event() == WebhookEvent.PROGRESS) {
            drop(List.of(after.id()));
        } else if (after.status() == Status.DEAD) {
            giveUp(after);
        } else {
            dispatcher.counters().retried.increment();
            dispatcher.settlements().add(this, after);
        }
    }

    /** What the attempt says of the receiver. */
    private void judge(Outcome outcome, int era) {
        long now = dispatcher.loop().nanoTime();
        if (outcome.isWell()) {
            if (circuit.state() != Circuit.State.CLOSED) {
                LOG.info("{}: the receiver answers again, the circuit is closed", destination);
            }
            circuit.onAnswer();
        } else if (circuit.onFailure(now, era)) {
            dispatcher.counters().circuitsOpened.increment();
            LOG.warn(
                    "{}: {} failures in a row, the last {}; left alone for {} s",
                    destination,
                    circuit.failures(),
                    outcome.delivery()
                            .log()
                            .get(outcome.delivery().log().size() - 1)
                            .failure(),
                    TimeUnit.NANOSECONDS.toSeconds(circuit.waitNanos(now)));
        }
        if (outcome.pauseMillis() > 0) {
            pausedUntilNanos = now + TimeUnit.MILLISECONDS.toNanos(outcome.pauseMillis());
        }
        String endpoint = outcome.delivery().sent().endpoint();
        if (outcome.isGone() && endpoint != null) {
            dispatcher.endpoints().disable(endpoint, "the receiver answered 410 Gone");
        }
    }

    private void giveUp(Delivery dead) {
        dispatcher.counters().dead.increment();
        Attempt last = dead.log().get(dead.log().size() - 1);
        // What was never asked for comes by the thousand: its owner switched the endpoint off.
        LOG.atLevel(last.status() == 0 && last.latencyMillis() == 0 ? Level.DEBUG : Level.INFO)
                .log(
                        "{}: delivery {} of {} is given up after {} attempts: {}",
                        destination,
                        dead.id(),
                        dead.sent().webhookId(),
                        dead.attempts(),
                        last.failure());
        dispatcher.settlements().add(this, dead);
    }

    /** The store knows how these stand. */
    void settled(List<String> ids) {
        ids.forEach(unsettled::remove);
        if (loading) {
            settledMeanwhile.addAll(ids);
        }
        advance();
    }
}
