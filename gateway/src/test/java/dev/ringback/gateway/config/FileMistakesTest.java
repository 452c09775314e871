package dev.ringback.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of mistake in a file, with the entire message. */
final class FileMistakesTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource({"wrongNames", "wrongValues", "wrongShapes", "wrongLists", "wrongTokens", "noYaml"})
    void mistakeIsNamedWithPlaceKeyValueAndWhatIsAllowed(String yaml, List<String> messages) throws IOException {
        assertThat(ConfigLoader.check(file(yaml.getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(messages);
    }

    static Stream<Arguments> wrongNames() {
        return Stream.of(
                mistake(
                        "listen:\n  prot: 8080",
                        "gateway.yaml:2: listen.prot = 8080: unknown key; did you mean listen.port?"),
                mistake(
                        "longPoll:\n  maxWait: 5s",
                        "gateway.yaml:1: longPoll = {…}: unknown section; did you mean long-poll?"),
                mistake(
                        "long-poll:\n  max_wait: 5s",
                        "gateway.yaml:2: long-poll.max_wait = \"5s\": unknown key; did you mean long-poll.max-wait?"),
                mistake(
                        "stream:\n  max-wait: 5s",
                        "gateway.yaml:2: stream.max-wait = \"5s\": unknown key; did you mean long-poll.max-wait?"),
                mistake("port: 80", "gateway.yaml:1: port = 80: unknown key; did you mean listen.port?"),
                mistake(
                        "drain:\n  colour: blue",
                        "gateway.yaml:2: drain.colour = \"blue\": unknown key; keys of drain: window, deadline"),
                mistake(
                        "colour: blue",
                        "gateway.yaml:1: colour = \"blue\": unknown key; sections: listen, admin, auth, store, redis, hub,"
                                + " readiness, long-poll, stream, websocket, cors, jobs, queues, results, webhook, limits, overload, drain, demo, log"),
                mistake(
                        "listen.port: 80",
                        "gateway.yaml:1: listen.port = 80: dotted; write \"listen:\" and below it \"  port: …\""),
                mistake("<<: {a: b}", "gateway.yaml:1: << = {…}: unknown section; " + sections()),
                mistake(
                        "listen:\n  port: 80\n  port: 81",
                        "gateway.yaml:3: listen.port = 81: given twice, first on line 2"),
                mistake(
                        "hub:\n  shards: 1\n\nhub:\n  linger: 1s\n  shards: 2",
                        "gateway.yaml:4: hub = {…}: given twice, first on line 1",
                        "gateway.yaml:6: hub.shards = 2: given twice, first on line 2"));
    }

    private static String sections() {
        return "sections: listen, admin, auth, store, redis, hub, readiness, long-poll, stream, websocket, cors, jobs, queues,"
                + " results, webhook, limits, overload, drain, demo, log";
    }

    static Stream<Arguments> wrongValues() {
        String wait = "; allowed: 1s to 10m";
        String size = "; allowed: 128B to 16MiB";
        String like = ", like 64KiB, 1MiB, 4096";
        return Stream.of(
                value("long-poll", "max-wait", "abc", "\"abc\": not a duration" + wait + ", like 30s, 5m, 500ms"),
                value("long-poll", "max-wait", "30", "30: not a duration" + wait + ", like 30s, 5m, 500ms"),
                value("long-poll", "max-wait", "1h", "\"1h\": out of range" + wait),
                value("long-poll", "max-wait", "999ms", "\"999ms\": out of range" + wait),
                value(
                        "long-poll",
                        "max-wait",
                        "99999999999999999999d",
                        "\"99999999999999999999d\": out of range" + wait),
                value("long-poll", "max-wait", "999999999999999999d", "\"999999999999999999d\": out of range" + wait),
                value("listen", "port", "65536", "65536: out of range; allowed: 0 to 65535"),
                value("listen", "port", "-1", "-1: out of range; allowed: 0 to 65535"),
                value("listen", "port", "010", "010: not a whole number; allowed: 0 to 65535"),
                value("listen", "port", "0x50", "\"0x50\": not a whole number; allowed: 0 to 65535"),
                value("listen", "port", "80.0", "\"80.0\": not a whole number; allowed: 0 to 65535"),
                value("listen", "port", "1:30", "\"1:30\": not a whole number; allowed: 0 to 65535"),
                value(
                        "websocket",
                        "frame-bytes",
                        "64 KiB",
                        "\"64 KiB\": not a size (did you mean 64KiB, powers of 1024?)" + size + like),
                value(
                        "websocket",
                        "frame-bytes",
                        "64KB",
                        "\"64KB\": not a size (did you mean 64KiB, powers of 1024?)" + size + like),
                value("websocket", "frame-bytes", "lots", "\"lots\": not a size" + size + like),
                value("websocket", "frame-bytes", "9999999TiB", "\"9999999TiB\": out of range" + size),
                value("websocket", "frame-bytes", "999999999TiB", "\"999999999TiB\": out of range" + size),
                value("jobs", "auto-create", "yes", "\"yes\": unknown word; allowed: true, false"),
                value("listen", "transport", "IO_URING", transportMessage("\"IO_URING\"")),
                value("listen", "transport", "io-uring", transportMessage("\"io-uring\"")),
                value("store", "kind", "disk", "\"disk\": unknown word; allowed: memory, file, redis"),
                value("log", "level", "loud", "\"loud\": unknown word; allowed: trace, debug, info, warn, error"),
                value("listen", "host", "\"[::1]\"", "\"[::1]\"" + hostMessage()),
                value("listen", "host", "300.0.0.1", "\"300.0.0.1\"" + hostMessage()),
                value("listen", "host", "\"a\\nb\\u202e\\\"\"", "\"a\\nb\\u202e\\\"\"" + hostMessage()));
    }

    private static String transportMessage(String shown) {
        return shown + ": unknown word; allowed: auto, io_uring, epoll, nio";
    }

    private static String hostMessage() {
        return ": not a host name or IP address; allowed: a host name or an IP address without brackets, like 127.0.0.1,"
                + " 0.0.0.0, ::1, localhost";
    }

    static Stream<Arguments> wrongShapes() {
        return Stream.of(
                mistake(
                        "- a\n- b",
                        "gateway.yaml:1: no sections; write them like \"listen:\" and below it \"  port: 8080\""),
                mistake(
                        "hello",
                        "gateway.yaml:1: no sections; write them like \"listen:\" and below it \"  port: 8080\""),
                mistake(
                        "drain: 3s",
                        "gateway.yaml:1: drain = \"3s\": a single value where a mapping belongs; keys of drain: window,"
                                + " deadline"),
                mistake(
                        "drain: [3s]",
                        "gateway.yaml:1: drain = […]: a list where a mapping belongs; keys of drain: window, deadline"),
                value("listen", "port", "[80, 81]", "[…]: a list where a whole number belongs; allowed: 0 to 65535"),
                value("listen", "port", "{a: b}", "{…}: a mapping where a whole number belongs; allowed: 0 to 65535"),
                value("listen", "port", "", "\"\": no value; allowed: 0 to 65535"),
                value("listen", "port", "~", "\"~\": no value; allowed: 0 to 65535"),
                value("listen", "port", "\"\"", "\"\": no value; allowed: 0 to 65535"));
    }

    static Stream<Arguments> wrongLists() {
        String ranges = "allowed: IP addresses and CIDR ranges, like 10.0.0.0/8, 192.168.1.7, fd00::/8";
        String origins =
                ": not an origin; allowed: origins as browsers send them, lower case, no path, no default port,"
                        + " like https://app.example, http://localhost:3000; or * for all";
        return Stream.of(
                value(
                        "listen",
                        "trusted-proxies",
                        "10.0.0.0/8",
                        "\"10.0.0.0/8\": not a list, like [a, b] or []; " + ranges),
                mistake(
                        "listen:\n  trusted-proxies:\n    - 10.0.0.0/8\n    - 10.0.0.0/33\n    - proxy",
                        "gateway.yaml:4: listen.trusted-proxies[1] = \"10.0.0.0/33\": not an address or CIDR range; "
                                + ranges,
                        "gateway.yaml:5: listen.trusted-proxies[2] = \"proxy\": not an address or CIDR range; "
                                + ranges),
                mistake(
                        "websocket:\n  origins: [\"https://a.example/\"]",
                        "gateway.yaml:2: websocket.origins[0] = \"https://a.example/\"" + origins),
                mistake(
                        "websocket:\n  origins: [\"https://a.example:443\"]",
                        "gateway.yaml:2: websocket.origins[0] = \"https://a.example:443\"" + origins),
                mistake(
                        "websocket:\n  origins: [[a]]",
                        "gateway.yaml:2: websocket.origins[0] = […]: a list where an origin belongs; "
                                + origins.substring(origins.indexOf("allowed"))));
    }

    static Stream<Arguments> wrongTokens() {
        String entry = "allowed: {token: …, owner: …, role: client or worker}";
        String length = "; allowed: 16 to 1024 visible ASCII characters, no spaces";
        String secret = "0123456789abcdef";
        return Stream.of(
                tokens(
                        "tokens: " + secret,
                        "2: auth.tokens = ***: not a list; allowed: a list of " + entry.substring(9)),
                tokens("tokens:", "2: auth.tokens = ***: no value; allowed: a list of " + entry.substring(9)),
                tokens("tokens: [" + secret + "]", "2: auth.tokens[0] = ***: not a mapping; " + entry),
                tokens(
                        "tokens: [{" + secret + ": shop, owner: shop, role: client}]",
                        "2: auth.tokens[0] = ***: an unknown field; " + entry,
                        "2: auth.tokens[0] = ***: no token; " + entry),
                tokens(
                        "tokens: [{token: short, owner: \"a b\", role: boss}]",
                        "2: auth.tokens[0].token = ***: 5 characters" + length,
                        "2: auth.tokens[0].owner = ***: not an owner; allowed: 1 to 64 of A-Z a-z 0-9 . _ @ -, or * for all owners",
                        "2: auth.tokens[0].role = ***: unknown word; allowed: client, worker"),
                tokens(
                        "tokens: [{token: 0123456789 abcdef, owner: shop, role: client}]",
                        "2: auth.tokens[0].token = ***: not what a header can carry" + length),
                tokens(
                        "tokens:\n    - {token: 0123456789abcdef, owner: shop, role: client}"
                                + "\n    - {token: 0123456789abcdef, owner: mill, role: client}",
                        "4: auth.tokens[1].token = ***: the same token as in an earlier entry"),
                tokens(
                        "tokens: [{token: 0123456789abcdef, token: 0123456789abcdeg, owner: shop, role: client}]",
                        "2: auth.tokens[0].token = ***: given twice in one entry"),
                tokens(
                        "tokens: [{token: [a], owner: shop, role: client}]",
                        "2: auth.tokens[0].token = ***: no value; " + entry),
                tokens("token: 0123456789abcdef", "2: auth.token = ***: unknown key; did you mean auth.tokens?"),
                tokens(
                        "0123456789abcdef: shop",
                        "2: auth.*** = ***: unknown key; keys of auth: mode, allow-anonymous, tokens"),
                mistake(
                        "redis:\n  url: redis://:hunter2@db",
                        "gateway.yaml:2: redis.url = ***: unknown key; did you mean redis.uri?"),
                mistake("redis:\n  uri: http://:hunter2@db", "gateway.yaml:2: redis.uri = \"***\"" + redisMessage()),
                mistake(
                        "redis:\n  uri: redis://:hun ter2@db",
                        "gateway.yaml:2: redis.uri = \"redis://***@db\"" + redisMessage()));
    }

    private static String redisMessage() {
        return ": not a Redis URI; allowed: redis://, rediss://, redis-sentinel:// or redis-socket://, special characters"
                + " of the password as %XX";
    }

    static Stream<Arguments> noYaml() {
        String quote = "; quote the value if it is meant to start like that";
        return Stream.of(
                mistake("listen:\n\tport: 80", "gateway.yaml:2:1: a tab; indent with spaces"),
                mistake(
                        "listen: {port: 80\nhub:\n",
                        "gateway.yaml:2:4: not valid YAML: while parsing a flow mapping, expected ',' or '}', but got :"),
                mistake(
                        "listen:\n  port: \"80\nhub: {}\n",
                        "gateway.yaml:4:1: not valid YAML: while scanning a quoted scalar, found unexpected end of stream"),
                mistake(
                        "listen:\n  port: @80",
                        "gateway.yaml:2:9: not valid YAML: while scanning for the next token, found character '@' that cannot start any token"),
                mistake("a: &x [1]\nb: *x", "gateway.yaml:1:4: an anchor (&…)" + quote),
                mistake("log:\n  level: !!str info", "gateway.yaml:2:10: a tag (!…)" + quote),
                mistake("log: !x {}", "gateway.yaml:1:6: a tag (!…)" + quote),
                mistake(
                        "auth:\n  tokens: [{token: *hunter2hunter2hunter2}]",
                        "gateway.yaml:2:20: an alias (*…)" + quote),
                mistake(
                        "auth:\n  tokens: [{token: !hunter2!hunter2hunter2 }]",
                        "gateway.yaml:2:20: a tag (!…)" + quote),
                mistake("a: {b: {c: {d: {e: {f: {g: {h: {i: j}}}}}}}}", "gateway.yaml:1:33: nested too deep"),
                mistake("[".repeat(100_000), "gateway.yaml:1:10: nested too deep"),
                mistake("? [a]\n: b", "gateway.yaml:1:3: a key that is a list or a mapping"),
                mistake("listen: {}\n---\nhub: {}", "gateway.yaml:2:1: a second document; a configuration is one"),
                mistake("hub:\n  shards: 1\u0007", "gateway.yaml:2:12: a character that YAML does not allow (U+0007)"));
    }

    @Test
    void everyMistakeOfAFileIsReportedAtOnceInItsOrder() throws IOException {
        Path file = file("""
                listen:
                  port: 99999
                  backlog: 0
                long-poll:
                  max-wait: soon
                  default-wait: 9m
                drain:
                  window: 20s
                """.getBytes(StandardCharsets.UTF_8));

        assertThat(ConfigLoader.check(file))
                .containsExactly(
                        "gateway.yaml:2: listen.port = 99999: out of range; allowed: 0 to 65535",
                        "gateway.yaml:3: listen.backlog = 0: out of range; allowed: 1 to 65535",
                        "gateway.yaml:5: long-poll.max-wait = \"soon\": not a duration; allowed: 1s to 10m, like 30s, 5m,"
                                + " 500ms",
                        "gateway.yaml:8: drain.window = \"20s\": drain.window 20s is longer than drain.deadline 10s");
    }

    @Test
    void reportOfAThousandMistakesIsCutAndCounted() throws IOException {
        Path file = file("listen:\n".concat("  x: 1\n".repeat(1_000)).getBytes(StandardCharsets.UTF_8));

        List<String> problems = ConfigLoader.check(file);

        assertThat(problems).hasSize(101);
        assertThat(problems.get(100)).isEqualTo("and 900 more");
    }

    @Test
    void longValuesAreCut() throws IOException {
        Path file = file(("log:\n  level: " + "x".repeat(1_000)).getBytes(StandardCharsets.UTF_8));

        assertThat(ConfigLoader.check(file))
                .containsExactly("gateway.yaml:2: log.level = \"" + "x".repeat(60)
                        + "…\": unknown word; allowed: trace, debug, info, warn, error");
    }

    @Test
    void bytesThatAreNotUtf8AreNamedWithTheirLine() throws IOException {
        Path file = file("log:\n  level: f\u00fcr".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(ConfigLoader.check(file)).containsExactly("gateway.yaml:2: not UTF-8 (byte 0xFC)");
    }

    @Test
    void fileThatIsCutWithinACharacterIsNotUtf8() throws IOException {
        assertThat(ConfigLoader.check(file(new byte[] {'#', (byte) 0xC3})))
                .containsExactly("gateway.yaml:1: not UTF-8 (byte 0xC3)");
    }

    @Test
    void fileLargerThanAMebibyteIsRefused() throws IOException {
        Path file = file("#".repeat(1024 * 1024 + 1).getBytes(StandardCharsets.UTF_8));

        assertThat(ConfigLoader.check(file)).containsExactly("gateway.yaml: larger than 1MiB");
    }

    @Test
    void fileThatIsNotThereOrIsADirectoryIsNamedInFull() {
        Path missing = directory.resolve("missing.yaml");

        assertThat(ConfigLoader.check(missing)).containsExactly(missing + ": no such file");
        assertThat(ConfigLoader.check(directory)).containsExactly(directory + ": is a directory, not a file");
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(directory.resolve("gateway.yaml"), content);
    }

    private static Arguments mistake(String yaml, String... messages) {
        return arguments(yaml, List.of(messages));
    }

    private static Arguments value(String section, String name, String text, String message) {
        return mistake(
                section + ":\n  " + name + ": " + text, "gateway.yaml:2: " + section + "." + name + " = " + message);
    }

    private static Arguments tokens(String yaml, String... messages) {
        List<String> located =
                Stream.of(messages).map(message -> "gateway.yaml:" + message).toList();
        return arguments("auth:\n  " + yaml, located);
    }
}
