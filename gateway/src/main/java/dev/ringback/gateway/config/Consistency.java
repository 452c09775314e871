package dev.ringback.gateway.config;

import dev.ringback.gateway.config.AuthConfig.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values that are each allowed, but not together. */
final class Consistency {

    /**
     * One rule.
     *
     * @param paths the keys it looks at, those first that are the likelier mistake
     * @param complaint what is wrong, or null
     */
    private record Rule(List<String> paths, Function<GatewayConfig, @Nullable String> complaint) {}

    private static final List<Rule> RULES = List.of(
            new Rule(List.of("listen.host", "auth.mode", "auth.allow-anonymous"), Consistency::anonymousExposure),
            new Rule(List.of("auth.mode", "auth.tokens"), Consistency::noTokens),
            new Rule(List.of("admin.port", "listen.port", "admin.host", "listen.host"), Consistency::samePort),
            new Rule(List.of("long-poll.default-wait", "long-poll.max-wait"), Consistency::defaultWaitTooLong),
            new Rule(List.of("drain.window", "drain.deadline"), Consistency::drainWindowTooLong),
            new Rule(List.of("store.durability", "store.kind"), Consistency::replicatedWithoutRedis),
            new Rule(List.of("store.replication-timeout", "store.timeout"), Consistency::replicationTooLong),
            new Rule(List.of("stream.queued-bytes", "limits.inline-result-bytes"), Consistency::queueTooShort),
            new Rule(List.of("results.kind", "store.kind"), Consistency::resultsWithoutRedis),
            new Rule(List.of("results.max-bytes", "results.kind", "store.kind"), Consistency::resultTooLargeForRedis));

    private Consistency() {}

    /** Adds a line for each broken rule, except those that look at a key whose value was refused already. */
    static void check(GatewayConfig config, Assignments assignments) {
        for (Rule rule : RULES) {
            List<Key> keys = rule.paths().stream()
                    .map(path -> Objects.requireNonNull(Keys.all().get(path)))
                    .toList();
            String complaint = keys.stream().anyMatch(assignments::isRefused)
                    ? null
                    : rule.complaint().apply(config);
            if (complaint != null) {
                assignments.problems().add(place(keys, assignments) + ": " + complaint);
            }
        }
    }

    /** What is allowed but worth a line in the log. */
    static List<String> warnings(GatewayConfig config) {
        List<String> warnings = new ArrayList<>();
        if (isExposed(config) && config.auth().allowAnonymous()) {
            warnings.add("auth.allow-anonymous = true: anyone who reaches "
                    + config.listen().host() + " may read, make and move every job");
        }
        if (config.auth().mode() == Mode.NONE && !config.auth().tokens().isEmpty()) {
            warnings.add("auth.mode = none: auth.tokens is not looked at");
        }
        if (!config.admin().isLoopback()) {
            warnings.add("admin.host = " + config.admin().host() + ": the admin port asks nobody who they are");
        }
        if (config.webSocket().origins().contains("*")) {
            warnings.add("websocket.origins = *: any web page may connect in its visitor's name");
        }
        if (config.cors().origins().contains("*")) {
            warnings.add("cors.origins = *: any web page may use the interface in its visitor's name");
        }
        return warnings;
    }

    private static String place(List<Key> keys, Assignments assignments) {
        return keys.stream()
                .map(assignments::placeOf)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new AssertionError("the defaults contradict each other"));
    }

    private static boolean isExposed(GatewayConfig config) {
        return config.auth().mode() == Mode.NONE && !config.listen().isLoopback();
    }

    private static @Nullable String anonymousExposure(GatewayConfig config) {
        if (!isExposed(config) || config.auth().allowAnonymous()) {
            return null;
        }
        return "listen.host " + config.listen().host()
                + " lets other machines in while auth.mode none asks nobody who they"
                + " are; set auth.mode: tokens, or auth.allow-anonymous: true, or a loopback listen.host";
    }

    private static @Nullable String noTokens(GatewayConfig config) {
        return config.auth().mode() == Mode.TOKENS && config.auth().tokens().isEmpty()
                ? "auth.mode tokens with no auth.tokens lets nobody in; list some, or set auth.mode: none"
                : null;
    }

    private static @Nullable String resultsWithoutRedis(GatewayConfig config) {
        return config.results().kind() == ResultsConfig.Kind.REDIS
                        && config.store().kind() != StoreConfig.Kind.REDIS
                ? "results.kind redis needs store.kind redis: a result lies beside its job"
                : null;
    }

    private static @Nullable String resultTooLargeForRedis(GatewayConfig config) {
        ResultsConfig results = config.results();
        boolean inRedis = results.resolveKind(config.store().kind()) == ResultsConfig.Kind.REDIS;
        return inRedis && results.maxBytes() > ResultsConfig.REDIS_VALUE_BYTES
                ? "results.max-bytes is more than the 512MiB that Redis keeps in one value; lower it, or set"
                        + " results.kind: directory"
                : null;
    }

    private static @Nullable String samePort(GatewayConfig config) {
        ListenConfig listen = config.listen();
        AdminConfig admin = config.admin();
        boolean sameHost = listen.host().equals(admin.host())
                || AddressLiteral.isWildcard(listen.host())
                || AddressLiteral.isWildcard(admin.host());
        return sameHost && listen.port() == admin.port() && listen.port() != 0
                ? "listen.port and admin.port are both " + listen.port() + "; they must differ"
                : null;
    }

    private static @Nullable String defaultWaitTooLong(GatewayConfig config) {
        LongPollConfig longPoll = config.longPoll();
        return tooLong("long-poll.default-wait", longPoll.defaultWait(), "long-poll.max-wait", longPoll.maxWait());
    }

    private static @Nullable String drainWindowTooLong(GatewayConfig config) {
        DrainConfig drain = config.drain();
        return tooLong("drain.window", drain.window(), "drain.deadline", drain.deadline());
    }

    private static @Nullable String replicatedWithoutRedis(GatewayConfig config) {
        StoreConfig store = config.store();
        return store.durability() == StoreConfig.Durability.REPLICATED && store.kind() != StoreConfig.Kind.REDIS
                ? "store.durability replicated needs store.kind redis: no other store has replicas"
                : null;
    }

    private static @Nullable String replicationTooLong(GatewayConfig config) {
        StoreConfig store = config.store();
        Duration twice = store.replicationTimeout().multipliedBy(2);
        return store.durability() == StoreConfig.Durability.REPLICATED
                ? tooLong("twice store.replication-timeout", twice, "store.timeout", store.timeout())
                : null;
    }

    private static @Nullable String tooLong(String path, Duration duration, String boundPath, Duration bound) {
        TimeSpan syntax = new TimeSpan();
        return duration.compareTo(bound) > 0
                ? path + " " + syntax.render(duration) + " is longer than " + boundPath + " " + syntax.render(bound)
                : null;
    }

    private static @Nullable String queueTooShort(GatewayConfig config) {
        ByteSize syntax = new ByteSize();
        long queued = config.stream().queuedBytes();
        long result = config.limits().inlineResultBytes();
        return queued < result
                ? "limits.inline-result-bytes " + syntax.render(result) + " does not fit into stream.queued-bytes "
                        + syntax.render(queued) + ": such a result could never be sent"
                : null;
    }
}
