package dev.ringback.gateway.webhook;

import static dev.ringback.gateway.store.SlotScript.number;
import static dev.ringback.gateway.store.SlotScript.text;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.config.StoreConfig;
import dev.ringback.gateway.redis.LogLimit;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.gateway.store.SlotScript;
import dev.ringback.gateway.store.SlotScript.Arguments;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.protocol.RedisKeys;
import dev.ringback.protocol.RedisScript;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Webhooks in Redis, shared by any number of gateways: each method is one run of a script, in one slot. The outbox is filled by the
 * apply script, in the step that moves the job.
 *
 * <p>Where {@code store.durability} is {@code replicated}, what is written waits for replicas, claims apart, which are leases only. So
 * does the answer of {@link #due}: nobody is told of an end that a failover undoes, be it that another gateway made the delivery and
 * has no answer yet.
 */
public final class RedisWebhookStore implements WebhookStore {
    private static final Logger LOG = LoggerFactory.getLogger(RedisWebhookStore.class);
    private static final RedisScript SCRIPT = RedisScript.load(RedisWebhookStore.class, "webhooks.lua");
    private static final long DAMAGED_LOG_SECONDS = 10;
    private final SlotScript script;
    private final String gatewayId;
    private final Clock clock;
    private final int room;
    private final long historyMillis;
    private final boolean replicated;
    private final RedisWebhookKeeper keeper;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final LongAdder overflowed = new LongAdder();
    /** Endpoints that could not be read last time. What is due there waits: as removed ones they would let it die. */
    private volatile Set<String> unreadable = Set.of();

    private final LogLimit damagedLog = new LogLimit(System.nanoTime(), DAMAGED_LOG_SECONDS);

    /**
     * @param client not closed with the store
     * @param gatewayId whose claims these are
     */
    public RedisWebhookStore(RedisShardClient client, GatewayConfig config, String gatewayId, Clock clock) {
        this.script = new SlotScript(client, SCRIPT, RedisKeys.webhooks());
        this.gatewayId = gatewayId;
        this.clock = clock;
        this.room = config.webhook().deliveries();
        this.historyMillis = config.webhook().history().toMillis();
        this.replicated = config.store().durability() == StoreConfig.Durability.REPLICATED;
        this.keeper = new RedisWebhookKeeper(client.loop(), script, historyMillis, room);
    }

    /** Begins to forget what is old, and to know the figures. */
    public void start() {
        keeper.start();
    }

    @Override
    public CompletionStage<List<WebhookEndpoint>> endpoints() {
        return script.ask(new Arguments("endpoints"), this::readEndpoints);
    }

    private List<WebhookEndpoint> readEndpoints(List<Object> idsAndDocs) {
        List<WebhookEndpoint> endpoints = new ArrayList<>();
        Set<String> damagedOnes = new HashSet<>();
        for (int i = 0; i + 1 < idsAndDocs.size(); i += 2) {
            try {
                endpoints.add(DeliveryFormat.decodeEndpoint((byte[]) idsAndDocs.get(i + 1)));
            } catch (StoreException damaged) {
                String id = text(idsAndDocs.get(i));
                damaged("endpoint " + id + " is left out", damaged);
                damagedOnes.add(id);
            }
        }
        unreadable = Set.copyOf(damagedOnes);
        return endpoints;
    }

    @Override
    public CompletionStage<Boolean> putEndpoint(WebhookEndpoint endpoint) {
        Arguments arguments = new Arguments("putEndpoint")
                .add(endpoint.id())
                .add(wanted(endpoint))
                .add(DeliveryFormat.encode(endpoint))
                .add(endpoint.revision());
        return script.write(arguments, reply -> number(reply.get(0)) == 1);
    }

    /** As the apply script understands it. */
    private static String wanted(WebhookEndpoint endpoint) {
        if (endpoint.disabled() != null || endpoint.events().isEmpty()) {
            return "";
        }
        return endpoint.events().contains(WebhookEvent.PROGRESS) ? "p" : "e";
    }

    @Override
    public CompletionStage<Boolean> removeEndpoint(String id) {
        return script.write(new Arguments("removeEndpoint").add(id), reply -> number(reply.get(0)) == 1);
    }

    @Override
    public CompletionStage<List<Waiting>> outbox(int most) {
        return script.ask(new Arguments("outbox").add(most).add(room), reply -> {
            keeper.onCounts(number(reply.get(0)), number(reply.get(1)));
            List<Waiting> waiting = new ArrayList<>();
            for (Object entry : (List<?>) reply.get(2)) {
                List<?> nameAndFields = (List<?>) entry;
                String name = text(nameAndFields.get(0));
                OutboxEvent event = event(name, (List<?>) nameAndFields.get(1));
                if (event != null) {
                    waiting.add(new Waiting(name, event));
                }
            }
            return waiting;
        });
    }

    /** What is no event would stand in the way of those behind it, and leaves the outbox. */
    private @Nullable OutboxEvent event(String name, List<?> fields) {
        try {
            return new RedisOutboxEntry(fields).event();
        } catch (IllegalArgumentException damaged) {
            damaged("event " + name + " of the outbox is removed", damaged);
            var unused = add(name, List.of());
            return null;
        }
    }

    private void damaged(String what, Exception why) {
        if (damagedLog.permits(System.nanoTime())) {
            LOG.warn("{}, because it is not readable: {}", what, why.getMessage());
        }
    }

    @Override
    public CompletionStage<Void> add(@Nullable String name, List<Delivery> deliveries) {
        return telling(write(name, deliveries));
    }

    /** A step that finds a destination without room does nothing; the next has what is too much there as dead. */
    private CompletionStage<Void> write(@Nullable String name, List<Delivery> deliveries) {
        Arguments arguments =
                new Arguments("add").add(name).add(clock.millis()).add(room).add(historyMillis);
        for (Delivery delivery : deliveries) {
            Delivery.Sent sent = delivery.sent();
            arguments
                    .add(delivery.id())
                    .add(DeliveryFormat.encode(delivery))
                    .add(sent.destination())
                    .add(sent.endpoint())
                    .add(sent.owner())
                    .add(delivery.dueMillis())
                    .add(sent.createdMillis())
                    .add(delivery.status().wireName());
        }
        return script.write(arguments, SlotScript::texts).thenCompose(crowded -> {
            if (crowded.isEmpty()) {
                return CompletableFuture.completedFuture(null);
            }
            overflowed.add(crowded.size());
            return write(name, overflowing(deliveries, crowded));
        });
    }

    private List<Delivery> overflowing(List<Delivery> deliveries, Set<String> crowded) {
        long now = clock.millis();
        return deliveries.stream()
                .map(delivery -> crowded.contains(delivery.id()) ? delivery.overflowed(now) : delivery)
                .toList();
    }

    private CompletionStage<Void> telling(CompletionStage<Void> written) {
        return written.thenApply(done -> {
            changed();
            return done;
        });
    }

    @Override
    public CompletionStage<List<String>> claim(int most) {
        Arguments arguments =
                new Arguments("claim").add(gatewayId).add(LEASE_MILLIS).add(most);
        return script.ask(
                arguments, reply -> reply.stream().map(SlotScript::text).toList());
    }

    @Override
    public CompletionStage<Set<String>> renew(Collection<String> destinations) {
        Arguments arguments = new Arguments("renew").add(gatewayId).add(LEASE_MILLIS);
        destinations.forEach(arguments::add);
        return script.ask(arguments, SlotScript::texts);
    }

    @Override
    public CompletionStage<Void> release(String destination) {
        return script.ask(new Arguments("release").add(gatewayId).add(destination), reply -> null);
    }

    @Override
    public CompletionStage<Due> due(String destination, int most, Set<String> known) {
        if (unreadable.contains(destination)) {
            return CompletableFuture.completedFuture(new Due(List.of(), Long.MAX_VALUE));
        }
        Arguments arguments = new Arguments("due").add(destination).add(most).add(clock.millis());
        arguments.add(replicated ? 1 : 0);
        known.forEach(arguments::add);
        return replicated ? script.write(arguments, this::readDue) : script.ask(arguments, this::readDue);
    }

    private Due readDue(List<Object> reply) {
        String next = text(reply.get(0));
        List<Delivery> deliveries = new ArrayList<>();
        for (int i = 1; i + 2 < reply.size(); i += 3) {
            try {
                Delivery delivery = DeliveryFormat.decode((byte[]) reply.get(i + 1));
                deliveries.add(dueBy(delivery, number(reply.get(i + 2))));
            } catch (StoreException damaged) {
                String id = text(reply.get(i));
                damaged("delivery " + id + " is removed", damaged);
                var unused = purge(List.of(id));
            }
        }
        return new Due(deliveries, next.isEmpty() ? Long.MAX_VALUE : Long.parseLong(next));
    }

    /** What another gateway wrote has that one's clock. */
    private static Delivery dueBy(Delivery delivery, long dueMillis) {
        return new Delivery(
                delivery.id(), delivery.sent(), delivery.status(), dueMillis, delivery.attempts(), delivery.log());
    }

    @Override
    public CompletionStage<Void> settle(List<Delivery> deliveries) {
        Arguments arguments = new Arguments("settle").add(clock.millis()).add(historyMillis);
        for (Delivery delivery : deliveries) {
            arguments
                    .add(delivery.id())
                    .add(DeliveryFormat.encode(delivery))
                    .add(delivery.status().wireName())
                    .add(delivery.dueMillis());
        }
        return telling(script.write(arguments, reply -> null));
    }

    @Override
    public CompletionStage<Long> redeliver(List<String> ids, long nowMillis) {
        return new RedisRedelivery(script, nowMillis).of(ids).thenApply(count -> {
            changed();
            return count;
        });
    }

    @Override
    public CompletionStage<Long> purge(List<String> ids) {
        Arguments arguments = new Arguments("purge");
        ids.forEach(arguments::add);
        return script.write(arguments, reply -> number(reply.get(0)));
    }

    @Override
    public CompletionStage<@Nullable Delivery> delivery(String id) {
        return script.ask(new Arguments("delivery").add(id), reply -> {
            byte[] doc = (byte[]) reply.get(0);
            return doc == null ? null : DeliveryFormat.decode(doc);
        });
    }

    @Override
    public CompletionStage<DeliveryPage> list(DeliveryQuery query) {
        Delivery.Status status = query.status();
        DeliveryQuery.Place after = query.after();
        Arguments arguments = new Arguments("list")
                .add(query.endpoint())
                .add(query.owner() == null ? 0 : 1)
                .add(query.owner())
                .add(status == null ? null : status.wireName())
                .add(query.limit())
                .add(after == null ? null : Long.toString(after.createdMillis()))
                .add(after == null ? null : after.id());
        return script.ask(arguments, this::readPage);
    }

    private DeliveryPage readPage(List<Object> reply) {
        List<Delivery> deliveries = new ArrayList<>();
        for (Object doc : reply.subList(2, reply.size())) {
            try {
                deliveries.add(DeliveryFormat.decode((byte[]) doc));
            } catch (StoreException damaged) {
                damaged("a delivery is left out", damaged);
            }
        }
        String created = text(reply.get(0));
        return new DeliveryPage(
                deliveries,
                created.isEmpty() ? null : new DeliveryQuery.Place(Long.parseLong(created), text(reply.get(1))));
    }

    @Override
    public void onWork(Runnable listener) {
        listeners.add(Objects.requireNonNull(listener));
    }

    /** A job was changed in a way that webhooks may be told of. Any thread. */
    public void changed() {
        listeners.forEach(Runnable::run);
    }

    @Override
    public long pending() {
        return keeper.figures().pending();
    }

    @Override
    public long waiting() {
        return keeper.figures().waiting();
    }

    @Override
    public long dropped() {
        return keeper.figures().dropped();
    }

    @Override
    public long overflowed() {
        return overflowed.sum();
    }

    @Override
    public void close() {
        keeper.close();
    }
}
