package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.store.SlotScript.number;
import static dev.ringback.gateway.store.SlotScript.texts;

import dev.ringback.gateway.store.SlotScript;
import dev.ringback.gateway.store.SlotScript.Arguments;
import dev.ringback.gateway.store.StoreException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deliveries that are to be sent again from the beginning. The gateway writes their documents anew, so it reads them first, and the
 * script writes only over what was read; one that somebody else wrote in between is read once more. Bounded steps, one after the
 * other, because documents may be large.
 */
final class RedisRedelivery {
    private static final Logger LOG = LoggerFactory.getLogger(RedisRedelivery.class);
    private static final int STEP = 32;

    private final SlotScript script;
    private final long nowMillis;

    RedisRedelivery(SlotScript script, long nowMillis) {
        this.script = script;
        this.nowMillis = nowMillis;
    }

    /**
     * What came of one step.
     *
     * @param changed ids of those that somebody wrote between the reading and the step
     */
    private record Written(long count, Set<String> changed) {}

    /** How many there were. */
    CompletionStage<Long> of(List<String> ids) {
        return of(ids, 0);
    }

    private CompletionStage<Long> of(List<String> ids, long before) {
        if (ids.isEmpty()) {
            return CompletableFuture.completedFuture(before);
        }
        List<String> first = ids.subList(0, Math.min(STEP, ids.size()));
        return step(first)
                .thenCompose(this::again)
                .thenCompose(count -> of(ids.subList(first.size(), ids.size()), before + count));
    }

    private CompletionStage<Long> again(Written written) {
        return written.changed.isEmpty()
                ? CompletableFuture.completedFuture(written.count)
                : step(List.copyOf(written.changed)).thenApply(second -> written.count + second.count);
    }

    private CompletionStage<Written> step(List<String> ids) {
        Arguments reading = new Arguments("docs");
        ids.forEach(reading::add);
        return script.ask(reading, this::writing)
                .thenCompose(writing -> script.write(
                        writing, reply -> new Written(number(reply.get(0)), texts(reply.subList(1, reply.size())))));
    }

    private Arguments writing(List<Object> docs) {
        Arguments arguments = new Arguments("redeliver");
        for (Object element : docs) {
            byte[] doc = (byte[]) element;
            try {
                Delivery delivery = DeliveryFormat.decode(doc);
                arguments.add(delivery.id()).add(doc).add(DeliveryFormat.encode(delivery.again(nowMillis)));
            } catch (StoreException damaged) {
                LOG.warn("a delivery is not sent again: {}", damaged.detail());
            }
        }
        return arguments;
    }
}
