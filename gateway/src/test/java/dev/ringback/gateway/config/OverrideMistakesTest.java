package dev.ringback.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of mistake in the environment and on the command line, with the entire message. */
final class OverrideMistakesTest {

    private static final String TOKENS = "[{token: 0123456789abcdef, owner: shop, role: client}]";

    @ParameterizedTest
    @MethodSource
    void wrongVariableIsNamedWithItsValueAndWhatIsAllowed(String variable, String text, String message) {
        assertThat(problems(Map.of(variable, text), List.of())).containsExactly(message);
    }

    static Stream<Arguments> wrongVariableIsNamedWithItsValueAndWhatIsAllowed() {
        return Stream.of(
                arguments(
                        "RINGBACK_LISTEN_PORT",
                        "x",
                        "RINGBACK_LISTEN_PORT=\"x\": not a whole number; allowed: 0 to 65535"),
                arguments("RINGBACK_LISTEN_PORT", "", "RINGBACK_LISTEN_PORT=\"\": no value; allowed: 0 to 65535"),
                arguments(
                        "RINGBACK_LISTEN_PROT",
                        "80",
                        "RINGBACK_LISTEN_PROT=80: unknown variable; did you mean RINGBACK_LISTEN_PORT?"),
                arguments(
                        "RINGBACK_COLOUR",
                        "blue",
                        "RINGBACK_COLOUR=\"blue\": unknown variable; variables are named like RINGBACK_LISTEN_HOST for"
                                + " listen.host"),
                arguments(
                        "RINGBACK_REDIS_URL",
                        "redis://:hunter2@db",
                        "RINGBACK_REDIS_URL=***: unknown variable; did you mean RINGBACK_REDIS_URI?"),
                arguments(
                        "RINGBACK_AUTH_TOKENS",
                        "hunter2hunter2hunter2",
                        "RINGBACK_AUTH_TOKENS=***: not a list; allowed: a list of {token: …, owner: …, role: client or"
                                + " worker}"),
                arguments(
                        "RINGBACK_AUTH_TOKENS",
                        "[{token: hunter2hunter2hunter2",
                        "RINGBACK_AUTH_TOKENS=***: column 31: not valid YAML: while parsing a flow mapping, expected ',' or"
                                + " '}', but got <stream end>"),
                arguments(
                        "RINGBACK_AUTH_TOKENS",
                        "[{token: hunter2hunter2hunter2, owner: shop, role: boss}]",
                        "RINGBACK_AUTH_TOKENS[0].role=***: unknown word; allowed: client, worker"),
                arguments(
                        "RINGBACK_LISTEN_TRUSTED_PROXIES",
                        "10.0.0.0/8,,::1",
                        "RINGBACK_LISTEN_TRUSTED_PROXIES[1]=\"\": no value; allowed: IP addresses and CIDR ranges, like"
                                + " 10.0.0.0/8, 192.168.1.7, fd00::/8"));
    }

    @ParameterizedTest
    @MethodSource
    void wrongSettingIsNamedWithItsValueAndWhatIsAllowed(String setting, String message) {
        assertThat(problems(Map.of(), List.of(setting))).containsExactly(message);
    }

    static Stream<Arguments> wrongSettingIsNamedWithItsValueAndWhatIsAllowed() {
        return Stream.of(
                arguments("hub.shards=-1", "--set hub.shards=-1: out of range; allowed: 0 to 1024"),
                arguments("hub.shards=", "--set hub.shards=\"\": no value; allowed: 0 to 1024"),
                arguments("hub.shards", "--set hub.shards: no value; write --set key=value"),
                arguments("redis://:hunter2@db", "--set ***: no value; write --set key=value"),
                arguments("hub.shard=1", "--set hub.shard=1: unknown key; did you mean hub.shards?"),
                arguments("=1", "--set =1: unknown key; " + sections()),
                arguments(
                        "auth.password=x",
                        "--set auth.***=***: unknown key; keys of auth: mode, allow-anonymous, tokens"),
                arguments(
                        "redis.uri=redis://:hunter2@",
                        "--set redis.uri=\"redis://***@\": not a Redis URI; allowed: redis://, rediss://, redis-sentinel://"
                                + " or redis-socket://, special characters of the password as %XX"));
    }

    private static String sections() {
        return "sections: listen, admin, auth, store, redis, hub, readiness, long-poll, stream, websocket, cors, jobs, queues,"
                + " results, webhook, limits, overload, drain, demo, log";
    }

    @ParameterizedTest
    @MethodSource
    void valuesThatContradictEachOtherAreRefused(List<String> settings, String message) {
        assertThat(problems(Map.of(), settings)).containsExactly(message);
    }

    static Stream<Arguments> valuesThatContradictEachOtherAreRefused() {
        return Stream.of(
                arguments(
                        List.of("listen.host=0.0.0.0"),
                        "--set listen.host=\"0.0.0.0\": listen.host 0.0.0.0 lets other machines in while auth.mode none asks"
                                + " nobody who they are; set auth.mode: tokens, or auth.allow-anonymous: true, or a loopback"
                                + " listen.host"),
                arguments(
                        List.of("auth.mode=tokens"),
                        "--set auth.mode=\"tokens\": auth.mode tokens with no auth.tokens lets nobody in; list some, or set"
                                + " auth.mode: none"),
                arguments(
                        List.of("long-poll.default-wait=60s"),
                        "--set long-poll.default-wait=\"60s\": long-poll.default-wait 1m is longer than long-poll.max-wait"
                                + " 55s"),
                arguments(
                        List.of("long-poll.max-wait=10s"),
                        "--set long-poll.max-wait=\"10s\": long-poll.default-wait 30s is longer than long-poll.max-wait 10s"),
                arguments(
                        List.of("drain.deadline=1s"),
                        "--set drain.deadline=\"1s\": drain.window 3s is longer than drain.deadline 1s"),
                arguments(
                        List.of("listen.port=8081"),
                        "--set listen.port=8081: listen.port and admin.port are both 8081; they must differ"),
                arguments(
                        List.of("stream.queued-bytes=1KiB"),
                        "--set stream.queued-bytes=\"1KiB\": limits.inline-result-bytes 32KiB does not fit into"
                                + " stream.queued-bytes 1KiB: such a result could never be sent"));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1", "localhost", "LOCALHOST", "::ffff:127.0.0.1"})
    void everyoneMayComeFromThisMachine(String host) {
        assertThat(GatewayConfig.of("listen.host=" + host).listen().isLoopback())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0", "::", "192.168.1.7", "gateway.example", "localhost.example", "fe80::1%eth0"})
    void othersNeedTokensOrThePermissionToBeAnonymous(String host) {
        assertThat(problems(Map.of(), List.of("listen.host=" + host)))
                .singleElement()
                .asString()
                .contains("auth.mode", "auth.allow-anonymous");
        assertThat(GatewayConfig.of("listen.host=" + host, "auth.allow-anonymous=true")
                        .listen()
                        .host())
                .isEqualTo(host);
        assertThat(GatewayConfig.of("listen.host=" + host, "auth.mode=tokens", "auth.tokens=" + TOKENS)
                        .listen()
                        .host())
                .isEqualTo(host);
    }

    @Test
    void mistakesOfEnvironmentAndCommandLineComeTogether() {
        assertThat(problems(
                        Map.of("RINGBACK_HUB_SHARDS", "x", "RINGBACK_DEMO_MAX_JOBS", "0"),
                        List.of("log.format=xml", "admin.port=-1")))
                .containsExactly(
                        "RINGBACK_DEMO_MAX_JOBS=0: out of range; allowed: 1 to 1000",
                        "RINGBACK_HUB_SHARDS=\"x\": not a whole number; allowed: 0 to 1024",
                        "--set log.format=\"xml\": unknown word; allowed: text, json",
                        "--set admin.port=-1: out of range; allowed: 0 to 65535");
    }

    private static List<String> problems(Map<String, String> environment, List<String> settings) {
        ConfigException mistakes =
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(null, environment, settings));
        assertThat(mistakes).as("the mistakes").isNotNull();
        assertThat(mistakes).hasMessage(String.join("\n", mistakes.problems()));
        return mistakes.problems();
    }
}
