package dev.ringback.gateway.webhook;

import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import dev.ringback.gateway.webhook.client.WebhookClient.Failure;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleConsumer;

/** What is counted about webhooks. Any thread. */
public final class WebhookCounters {
    /** Deliveries that a receiver took. */
    public final LongAdder delivered = new LongAdder();
    /** Deliveries that were given up. */
    public final LongAdder dead = new LongAdder();
    /** Deliveries that are to be tried again after an attempt. */
    public final LongAdder retried = new LongAdder();
    /** Progress that was not sent, because a later state was known or an attempt had failed. */
    public final LongAdder superseded = new LongAdder();
    /** How often a circuit opened. */
    public final LongAdder circuitsOpened = new LongAdder();
    /** Endpoints that a receiver's 410 has switched off. */
    public final LongAdder disabled = new LongAdder();
    /** Calls of the store that failed and are tried again. */
    public final LongAdder storeFailures = new LongAdder();

    private final LongAdder[] answers = {
        new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder()
    };
    private final Map<Failure, LongAdder> failures = new EnumMap<>(Failure.class);
    private volatile DoubleConsumer latencySeconds = seconds -> {};

    public WebhookCounters() {
        for (Failure failure : Failure.values()) {
            failures.put(failure, new LongAdder());
        }
    }

    /** Attempts whose answer had a status of so many hundreds. */
    public LongAdder answers(int hundreds) {
        return answers[hundreds];
    }

    /** Attempts without an answer, for this reason. */
    public LongAdder failures(Failure failure) {
        LongAdder counter = failures.get(failure);
        if (counter == null) {
            throw new IllegalStateException("each failure has a counter: " + failure);
        }
        return counter;
    }

    /** Who hears how long each attempt took. */
    public void onLatency(DoubleConsumer seconds) {
        latencySeconds = seconds;
    }

    /** Counts an attempt. */
    void count(Answer answer) {
        latencySeconds.accept(answer.latencyNanos() / 1e9);
        Failure failure = answer.failure();
        LongAdder counter = failure == null ? answers(Math.min(5, answer.status() / 100)) : failures(failure);
        counter.increment();
    }
}
