package dev.ringback.gateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A primary, two replicas, and three Sentinels that watch them. Which of the three is the primary changes with each failover. For
 * one thread.
 */
public final class SentinelGroup implements AutoCloseable {
    /** How long one must not answer before a Sentinel takes it for down. */
    public static final Duration DOWN_AFTER = Duration.ofMillis(1_500);

    public static final int REPLICAS = 2;
    private static final int SENTINELS = 3;
    private static final String NAME = "jobs";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Pattern ONLINE = Pattern.compile("slave\\d+:[^\\r]*state=online,offset=(\\d+)");

    private final List<RedisProcess> redises = new ArrayList<>();
    private final List<RedisProcess> sentinels = new ArrayList<>();

    private SentinelGroup(Place primaryPlace, Place place, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--repl-diskless-sync-delay", "0"));
        RedisProcess primary = RedisProcess.startAt(primaryPlace, all.toArray(String[]::new));
        redises.add(primary);
        all.addAll(List.of("--replicaof", primary.address().replace(':', ' ')));
        for (int i = 0; i < REPLICAS; i++) {
            redises.add(RedisProcess.startAt(place, all.toArray(String[]::new)));
        }
        for (int i = 0; i < SENTINELS; i++) {
            sentinels.add(RedisProcess.startSentinel(
                    place,
                    "sentinel monitor " + NAME + " " + primary.address().replace(':', ' ') + " 2",
                    "sentinel down-after-milliseconds " + NAME + " " + DOWN_AFTER.toMillis(),
                    "sentinel failover-timeout " + NAME + " 6000",
                    "sentinel parallel-syncs " + NAME + " " + REPLICAS));
        }
        awaitWhole();
    }

    /** Starts them; waits until all know each other. */
    public static SentinelGroup start(String... redisArguments) {
        return new SentinelGroup(Place.HERE, Place.HERE, redisArguments);
    }

    /** As the other, with a first primary that is in another place than all the rest. */
    public static SentinelGroup startAt(Place primaryPlace, Place place, String... redisArguments) {
        return new SentinelGroup(primaryPlace, place, redisArguments);
    }

    /** What a gateway needs to know of it. */
    public String uri() {
        String places = sentinels.stream().map(RedisProcess::address).collect(Collectors.joining(","));
        return "redis-sentinel://" + places + "/0#" + NAME;
    }

    /** The primary that the Sentinels agree on; waits until they do. */
    public RedisProcess primary() {
        return patiently("the Sentinels agree")
                .until(this::agreed, Optional::isPresent)
                .orElseThrow();
    }

    private Optional<RedisProcess> agreed() {
        List<String> named =
                sentinels.stream().map(SentinelGroup::named).distinct().toList();
        return redises.stream()
                .filter(redis -> named.equals(List.of(redis.address())))
                .findFirst();
    }

    /** Those that are not the primary. */
    public List<RedisProcess> replicas() {
        RedisProcess primary = primary();
        return redises.stream().filter(redis -> redis != primary).toList();
    }

    public List<RedisProcess> sentinels() {
        return List.copyOf(sentinels);
    }

    private static String named(RedisProcess sentinel) {
        Object answer = sentinel.cli("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME);
        return ((List<?>) Objects.requireNonNull(answer))
                .stream().map(String::valueOf).collect(Collectors.joining(":"));
    }

    /** Tells a Sentinel to fail over although nothing is wrong; returns when all name another primary. */
    public void failOver() {
        RedisProcess before = primary();
        awaitThat("a failover begins", () -> "OK".equals(sentinels.get(0).cli("SENTINEL", "FAILOVER", NAME)));
        awaitOtherPrimary(before);
    }

    /** Makes the Sentinels promote this replica rather than another, whatever it has; returns when all of them know. */
    public void prefer(RedisProcess replica) {
        assertThat(replica.cli("CONFIG", "SET", "replica-priority", "1")).isEqualTo("OK");
        awaitThat("all prefer it", () -> sentinels.stream().allMatch(sentinel -> knowsPriority(sentinel, replica)));
    }

    private static boolean knowsPriority(RedisProcess sentinel, RedisProcess replica) {
        Object answer = sentinel.cli("SENTINEL", "REPLICAS", NAME);
        return ((List<?>) Objects.requireNonNull(answer))
                .stream()
                        .map(fields -> (List<?>) fields)
                        .filter(fields -> replica.address().equals(value(fields, "name")))
                        .allMatch(fields -> "1".equals(value(fields, "slave-priority")));
    }

    /** Waits until the Sentinels agree on another primary, and it has taken over. */
    public void awaitOtherPrimary(RedisProcess before) {
        awaitThat(
                "there is another primary",
                () -> agreed().filter(redis -> redis != before && "master".equals(role(redis)))
                        .isPresent());
    }

    /** Waits until the primary has all its replicas, and all Sentinels know of all. */
    public void awaitWhole() {
        awaitThat("the group is whole", this::isWhole);
    }

    /** Waits until no client with a name that begins so is connected to a replica. */
    public void awaitReplicasWithout(String clientName) {
        awaitThat(
                "no replica has clients named " + clientName,
                () -> replicas().stream().noneMatch(replica -> hasClient(replica, clientName)));
    }

    private static boolean hasClient(RedisProcess redis, String name) {
        return String.valueOf(redis.cli("CLIENT", "LIST")).contains(" name=" + name);
    }

    /** Waits until it is whole, which it then stays: the Sentinels are to take nobody for down any more who is only slow. */
    public void settle() {
        awaitWhole();
        sentinels.forEach(sentinel -> assertThat(
                        sentinel.cli("SENTINEL", "SET", NAME, "down-after-milliseconds", "" + LONG.toMillis()))
                .isEqualTo("OK"));
        awaitWhole();
    }

    private boolean isWhole() {
        boolean replicated = agreed().filter(redis -> "master".equals(role(redis)) && onlineReplicas(redis) == REPLICAS)
                .isPresent();
        return replicated && sentinels.stream().allMatch(SentinelGroup::knowsAll);
    }

    private static boolean knowsAll(RedisProcess sentinel) {
        Object answer = sentinel.cli("SENTINEL", "MASTER", NAME);
        List<?> fields = (List<?>) Objects.requireNonNull(answer);
        return "master".equals(value(fields, "flags"))
                && String.valueOf(REPLICAS).equals(value(fields, "num-slaves"))
                && String.valueOf(SENTINELS - 1).equals(value(fields, "num-other-sentinels"))
                && replicasAreUp(sentinel);
    }

    private static boolean replicasAreUp(RedisProcess sentinel) {
        Object answer = sentinel.cli("SENTINEL", "REPLICAS", NAME);
        return ((List<?>) Objects.requireNonNull(answer))
                .stream().allMatch(replica -> "slave".equals(value((List<?>) replica, "flags")));
    }

    private static @Nullable String value(List<?> fields, String name) {
        int at = fields.indexOf(name);
        return at < 0 ? null : String.valueOf(fields.get(at + 1));
    }

    private static int onlineReplicas(RedisProcess primary) {
        return (int) ONLINE.matcher(String.valueOf(primary.cli("INFO", "replication")))
                .results()
                .count();
    }

    /** {@code master} or {@code slave}, as it says itself. */
    public static String role(RedisProcess redis) {
        Object answer = redis.cli("ROLE");
        return String.valueOf(((List<?>) Objects.requireNonNull(answer)).get(0));
    }

    private static void awaitThat(String what, Callable<Boolean> condition) {
        patiently(what).until(condition);
    }

    /** While they fail over, some do not answer. */
    private static ConditionFactory patiently(String what) {
        return await(what)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsMatching(e -> e instanceof UncheckedIOException);
    }

    @Override
    public void close() {
        sentinels.forEach(RedisProcess::close);
        redises.forEach(RedisProcess::close);
    }
}
