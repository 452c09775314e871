package dev.ringback.gateway.queue;

import static dev.ringback.gateway.store.SlotScript.number;
import static dev.ringback.gateway.store.SlotScript.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.config.QueuesConfig;
import dev.ringback.gateway.redis.IndexCommands.Scored;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.gateway.store.SlotScript;
import dev.ringback.gateway.store.SlotScript.Arguments;
import dev.ringback.gateway.store.StoreFailures;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.RedisKeys;
import dev.ringback.protocol.RedisScript;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Queues in Redis, shared by any number of gateways: each method is one run of a script, in the slot of its type. Only what types there
 * are is elsewhere, and written before the first job of a type is.
 *
 * <p>Where {@code store.durability} is {@code replicated}, what adds, returns or removes a job waits for replicas. Leases do not: what a
 * failover undoes of them, the jobs' records put right.
 */
public final class RedisQueueStore implements QueueStore {
    private static final RedisScript SCRIPT = RedisScript.load(RedisQueueStore.class, "queues.lua");
    private static final int MOST_LISTED = 10_000;
    private static final long LISTED_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);
    private static final long KEEPER_MILLIS = 5_000;

    private final List<RedisShardClient> clients;
    private final QueuesConfig config;
    private final Function<String, QueueLimits> limits;
    private final byte[] gatewayId;
    private final RedisQueueWakes wakes;
    private final SecureRandom random = new SecureRandom();
    /** Types that are known to be in the list of all, and since when: another gateway may have stopped in the middle of forgetting one. */
    private final Map<String, Long> listed = new ConcurrentHashMap<>();

    /**
     * Comes before the relays begin, for theirs is the connection on which wakes are heard.
     *
     * @param clients not closed with the store
     * @param limits what bounds the work on a type's jobs
     * @param gatewayId names this gateway, as the one that keeps the queues
     */
    public RedisQueueStore(
            List<RedisShardClient> clients,
            QueuesConfig config,
            Function<String, QueueLimits> limits,
            String gatewayId) {
        this.clients = List.copyOf(clients);
        this.config = config;
        this.limits = limits;
        this.gatewayId = gatewayId.getBytes(UTF_8);
        this.wakes = new RedisQueueWakes(clients.get(0).loop());
        clients.get(0).hearWork(wakes);
    }

    /** Begins to name types again for which somebody waits. */
    public void start() {
        wakes.start();
    }

    private SlotScript script(String type) {
        RedisShardClient client = clients.get(Math.floorMod(type.hashCode(), clients.size()));
        return new SlotScript(client, SCRIPT, RedisKeys.queue(type));
    }

    @Override
    public CompletionStage<Added> add(Entry entry) {
        String type = entry.type();
        Arguments arguments = new Arguments("add")
                .add(entry.id().toString())
                .add(entry.owner())
                .add(entry.priority())
                .add(entry.dueMillis())
                .add(config.depth())
                .add(config.aging().toMillis());
        CompletionStage<Void> known = isListed(type) ? CompletableFuture.completedFuture(null) : list(type);
        return known.thenCompose(done -> script(type).write(arguments, RedisQueueStore::readAddition))
                .thenCompose(addition -> addition.isFirst
                        ? list(type).thenApply(done -> addition.outcome)
                        : CompletableFuture.completedFuture(addition.outcome));
    }

    /**
     * What an addition came to.
     *
     * @param isFirst whether it is the first of its type: Redis may have been emptied since the type was listed
     */
    private record Addition(Added outcome, boolean isFirst) {}

    private static Addition readAddition(List<Object> reply) {
        return new Addition(Added.valueOf(text(reply.get(0))), number(reply.get(1)) == 1);
    }

    private CompletionStage<Void> list(String type) {
        RedisShardClient client = clients.get(0);
        List<Scored> member = List.of(new Scored(type.getBytes(UTF_8), "0"));
        return StoreFailures.named(
                client.call(() -> client.index().put(RedisKeys.queues(), member).thenApply(added -> {
                    if (listed.size() < MOST_LISTED) {
                        listed.put(type, System.nanoTime());
                    }
                    return null;
                })),
                true);
    }

    private boolean isListed(String type) {
        Long since = listed.get(type);
        return since != null && System.nanoTime() - since < LISTED_NANOS;
    }

    @Override
    public CompletionStage<Taken> take(Wish wish) {
        QueueLimits bounds = limits.apply(wish.type());
        Arguments arguments = new Arguments("take")
                .add(wish.most())
                .add(wish.worker())
                .add(wish.owner() == null ? 0 : 1)
                .add(wish.owner())
                .add(wish.leaseMillis())
                .add(bounds.concurrency())
                .add(String.format(Locale.ROOT, "%.6f", bounds.ratePerSecond()))
                .add(Math.max(1, bounds.burst()))
                .add(wish.othersWait() ? 1 : 0);
        List<String> leaseIds = new ArrayList<>();
        for (int i = 0; i < wish.most(); i++) {
            leaseIds.add(LeaseToken.of(LeaseToken.newName(random), wish.leaseMillis())
                    .leaseId());
        }
        leaseIds.forEach(arguments::add);
        return script(wish.type()).ask(arguments, reply -> readTaken(wish, leaseIds, reply));
    }

    private Taken readTaken(Wish wish, List<String> leaseIds, List<Object> reply) {
        String again = text(reply.get(0));
        long deadline = number(reply.get(1));
        List<Lease> leases = new ArrayList<>();
        boolean drained = number(reply.get(2)) == 1;
        for (Object id : reply.subList(3, reply.size())) {
            leases.add(new Lease(JobId.of(text(id)), leaseIds.get(leases.size()), deadline));
        }
        if (drained) {
            wakes.onHungry(wish.type());
        }
        return new Taken(leases, again.isEmpty() ? Long.MAX_VALUE : Long.parseLong(again), drained);
    }

    @Override
    public CompletionStage<Long> renew(String type, JobId id, String leaseId, long leaseMillis) {
        Arguments arguments =
                new Arguments("renew").add(id.toString()).add(leaseId).add(leaseMillis);
        return script(type).ask(arguments, reply -> number(reply.get(0)));
    }

    @Override
    public CompletionStage<Void> giveBack(String type, JobId id, String leaseId, long dueMillis, Return why) {
        Arguments arguments = new Arguments("giveBack")
                .add(id.toString())
                .add(leaseId)
                .add(dueMillis)
                .add(why == Return.UNTOUCHED ? "" : why.name().toLowerCase(Locale.ROOT));
        return script(type).write(arguments, reply -> null);
    }

    @Override
    public CompletionStage<Void> end(String type, JobId id, Ending how) {
        Arguments arguments = new Arguments("end")
                .add(id.toString())
                .add(how == Ending.DROPPED ? "" : how.name().toLowerCase(Locale.ROOT))
                .add(config.dead())
                .add(config.deadTtl().toMillis());
        return script(type).write(arguments, reply -> null);
    }

    @Override
    public CompletionStage<List<Lease>> lost(String type, int most) {
        Arguments arguments = new Arguments("lost").add(most).add(CLAIM_MILLIS);
        return script(type).ask(arguments, reply -> {
            List<Lease> leases = new ArrayList<>();
            for (int i = 0; i + 2 < reply.size(); i += 3) {
                JobId id = JobId.of(text(reply.get(i)));
                leases.add(new Lease(id, text(reply.get(i + 1)), number(reply.get(i + 2))));
            }
            return leases;
        });
    }

    @Override
    public CompletionStage<List<JobId>> oldest(String type, int skip, int most) {
        return script(type)
                .ask(
                        new Arguments("oldest").add(skip).add(most),
                        reply -> reply.stream().map(id -> JobId.of(text(id))).toList());
    }

    @Override
    public CompletionStage<List<Dead>> dead(String type, int most, @Nullable Dead after) {
        Arguments arguments = new Arguments("dead")
                .add(most)
                .add(after == null ? null : Long.toString(after.diedMillis()))
                .add(config.deadTtl().toMillis());
        return script(type).ask(arguments, reply -> {
            List<Dead> dead = new ArrayList<>();
            for (int i = 0; i + 1 < reply.size(); i += 2) {
                dead.add(new Dead(JobId.of(text(reply.get(i))), number(reply.get(i + 1))));
            }
            return dead;
        });
    }

    @Override
    public CompletionStage<Integer> bury(String type, List<JobId> ids) {
        Arguments arguments = new Arguments("bury");
        ids.forEach(id -> arguments.add(id.toString()));
        return script(type).write(arguments, reply -> (int) number(reply.get(0)));
    }

    @Override
    public CompletionStage<List<String>> types(int skip, int most) {
        RedisShardClient client = clients.get(0);
        return StoreFailures.named(
                client.call(() -> client.index().ranked(RedisKeys.queues(), skip, most))
                        .thenApply(members -> members.stream()
                                .map(member -> new String(member.member(), UTF_8))
                                .toList()),
                false);
    }

    /** Off the list first: whoever adds a job in between finds that it is the first, and lists the type again. */
    @Override
    public CompletionStage<Void> forgetIdle(String type) {
        return forget(type, false)
                .thenCompose(idle -> idle
                        ? unlist(type)
                                .thenCompose(done -> forget(type, true))
                                .thenCompose(done -> done ? DONE : list(type))
                        : DONE);
    }

    private CompletionStage<Boolean> forget(String type, boolean really) {
        return script(type).write(new Arguments("forget").add(really ? 1 : 0), reply -> number(reply.get(0)) == 1);
    }

    private CompletionStage<Void> unlist(String type) {
        RedisShardClient client = clients.get(0);
        listed.remove(type);
        return StoreFailures.named(
                client.call(() -> client.index()
                        .remove(RedisKeys.queues(), List.of(type.getBytes(UTF_8)))
                        .thenApply(removed -> null)),
                true);
    }

    @Override
    public CompletionStage<QueueFigures> figures(String type) {
        Arguments arguments = new Arguments("figures").add(config.deadTtl().toMillis());
        return script(type).ask(arguments, RedisQueueStore::readFigures);
    }

    private static QueueFigures readFigures(List<Object> reply) {
        long[] numbers = new long[6];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(reply.get(i));
        }
        double endsPerSecond = Double.parseDouble(text(reply.get(6)));
        long[] counts = new long[8];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = number(reply.get(7 + i));
        }
        return new QueueFigures(
                numbers[0],
                numbers[1],
                numbers[2],
                numbers[3],
                numbers[4],
                numbers[5],
                new QueueFigures.Counts(
                        counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], counts[7]),
                endsPerSecond);
    }

    @Override
    public CompletionStage<Boolean> keeps() {
        RedisShardClient client = clients.get(0);
        return StoreFailures.named(
                client.call(() -> client.index().takeLease(RedisKeys.queueKeeper(), gatewayId, KEEPER_MILLIS)), false);
    }

    @Override
    public void onWork(Consumer<String> listener) {
        wakes.add(listener);
    }

    @Override
    public void close() {
        wakes.close();
    }
}
