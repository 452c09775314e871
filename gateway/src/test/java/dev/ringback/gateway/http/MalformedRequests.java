package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.Attack.HOST;
import static dev.ringback.gateway.http.Attack.head;
import static dev.ringback.gateway.http.Attack.read;
import static dev.ringback.gateway.http.Attack.refused;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Requests that are broken, oversized or for someone else: the cases of Http11Probe's malformed suite, and more, restated. */
final class MalformedRequests {
    private static final String ID = "X-Correlation-Id: " + Attack.ITSELF + "\r\n";

    private MalformedRequests() {}

    static Stream<Attack> all() {
        List<Attack> all = new ArrayList<>();
        all.addAll(methods());
        all.addAll(targets());
        all.addAll(targetForms());
        all.addAll(versions());
        all.addAll(requestLines());
        all.addAll(hosts());
        all.addAll(fields());
        all.addAll(bombs());
        all.addAll(bodies());
        all.addAll(otherProtocols());
        return all.stream();
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\n" + HOST + ID + "\r\n";
    }

    private static List<Attack> methods() {
        return List.of(
                read("method-case", "RFC 9110, 9.1", head("get"), 404),
                read("method-unknown", "RFC 9110, 9.1", head("FROBNICATE"), 404),
                read("method-trace", "RFC 9110, 9.3.8", head("TRACE"), 404),
                refused("method-brackets", "RFC 9110, 5.6.2", head("G[T"), 400),
                refused("method-nul", "RFC 9110, 5.6.2", head("G\u0000T"), 400),
                refused("method-8-bit", "RFC 9110, 5.6.2", head("G\u00cbT"), 400),
                refused("method-colon", "RFC 9110, 5.6.2", head("GET:"), 400),
                refused("long-method", "RFC 9112, 3", head("A".repeat(100_000)), 414, 400, 501));
    }

    private static Attack badTarget(String name, String target) {
        return refused(name, "RFC 9112, 3.2", get(target), 400);
    }

    private static Attack answeredTarget(String name, String target, Integer... statuses) {
        return read(name, "RFC 9112, 3.2 and RFC 3986", get(target), statuses);
    }

    private static List<Attack> targets() {
        return List.of(
                badTarget("nul-in-url", "/jobs/a\u0000b"),
                badTarget("control-in-url", "/jobs/a\u0001b"),
                badTarget("delete-in-url", "/jobs/a\u007fb"),
                badTarget("non-ascii-url", "/jobs/caf\u00e9"),
                badTarget("url-utf8", "/jobs/caf\u00c3\u00a9"),
                badTarget("url-overlong-utf8", "/jobs/\u00c0\u00af"),
                answeredTarget("url-percent-overlong-utf8", "/jobs/%c0%af", 400),
                answeredTarget("url-percent-null", "/jobs/a%00b", 400),
                answeredTarget("url-percent-crlf", "/jobs/a%0d%0aX:%20y", 400),
                answeredTarget("url-backslash", "/jobs\\a", 404),
                answeredTarget("url-bad-escape", "/jobs/%zz", 400),
                answeredTarget("url-dot-segments", "/jobs/../jobs/a", 404),
                badTarget("fragment-in-target", "/jobs/a#b"),
                badTarget("url-with-space", "/jobs/a b"),
                badTarget("url-with-tab", "/jobs/a\tb"),
                refused("long-url", "RFC 9112, 3", get("/" + "x".repeat(100_000)), 414));
    }

    private static List<Attack> targetForms() {
        return List.of(
                answeredTarget("absolute-form", "http://localhost/jobs/none", 404),
                answeredTarget("absolute-form-no-path", "http://localhost?x", 200),
                answeredTarget("absolute-form-userinfo", "http://a:b@localhost/jobs/none", 404),
                answeredTarget("absolute-form-of-another-scheme", "ftp://localhost/jobs/none", 400),
                answeredTarget("authority-form", "localhost:8080", 400),
                answeredTarget("asterisk-with-get", "*", 400),
                answeredTarget("relative-target", "jobs/none", 400),
                answeredTarget("two-slashes", "//jobs/none", 404),
                read("options-star", "RFC 9112, 3.2.4", "OPTIONS * HTTP/1.1\r\n" + HOST + ID + "\r\n", 400),
                read(
                        "method-connect",
                        "RFC 9110, 9.3.6",
                        "CONNECT localhost:80 HTTP/1.1\r\n" + HOST + ID + "\r\n",
                        400),
                read(
                        "connect-with-body",
                        "RFC 9110, 9.3.6",
                        "CONNECT localhost:80 HTTP/1.1\r\n" + HOST + ID + "Content-Length: " + Attack.HIDDEN.length()
                                + "\r\n\r\n" + Attack.HIDDEN,
                        400));
    }

    private static Attack badVersion(String version, Integer... statuses) {
        String bytes = "GET /attack" + version + "\r\n" + HOST + "\r\n";
        return refused("version" + version.replace(' ', '-'), "RFC 9112, 2.3", bytes, statuses);
    }

    private static List<Attack> versions() {
        return List.of(
                badVersion(" HTTP/1.2", 505),
                badVersion(" HTTP/2.0", 505),
                badVersion(" HTTP/2", 400),
                badVersion(" HTTP/3.0", 505),
                badVersion(" HTTP/9.9", 505),
                badVersion(" HTTP/0.9", 505),
                badVersion(" HTTP/1", 400),
                badVersion(" HTTP/1.", 400),
                badVersion(" HTTP/.1", 400),
                badVersion(" HTTP/01.1", 400),
                badVersion(" HTTP/1.01", 400),
                badVersion(" HTTP/1.10", 400),
                badVersion(" HTTP/11", 400),
                badVersion(" HTTP/1.1.1", 400),
                badVersion(" HTTP/-1.1", 400),
                badVersion(" HTTP/+1.1", 400),
                badVersion(" HTTP/1.1\u0000", 400),
                badVersion(" HTTP/1,1", 400),
                badVersion(" HTTP /1.1", 400),
                badVersion(" HTTP/ 1.1", 400),
                badVersion(" http/1.1", 400),
                badVersion(" Http/1.1", 400),
                badVersion(" HTTPS/1.1", 400, 505),
                badVersion(" 1.1", 400),
                badVersion(" X", 400),
                badVersion("", 400));
    }

    private static Attack badLine(String name, String line) {
        return refused(name, "RFC 9112, 3", line + "\r\n" + HOST + "\r\n", 400);
    }

    private static List<Attack> requestLines() {
        return List.of(
                badLine("multi-sp-request-line", "GET  /attack HTTP/1.1"),
                badLine("multi-sp-before-version", "GET /attack  HTTP/1.1"),
                badLine("request-line-tab", "GET\t/attack\tHTTP/1.1"),
                badLine("request-line-vtab", "GET\u000b/attack HTTP/1.1"),
                badLine("request-line-formfeed", "GET /attack\u000cHTTP/1.1"),
                badLine("request-line-no-break-space", "GET\u00a0/attack HTTP/1.1"),
                badLine("request-line-trailing-space", "GET /attack HTTP/1.1 "),
                badLine("request-line-leading-space", " GET /attack HTTP/1.1"),
                badLine("request-line-leading-tab", "\tGET /attack HTTP/1.1"),
                badLine("request-line-four-words", "GET /attack b HTTP/1.1"),
                badLine("missing-target", "GET HTTP/1.1"),
                badLine("missing-target-two-spaces", "GET  HTTP/1.1"),
                badLine("one-word", "GET"),
                badLine("http09-request", "GET /attack"),
                badLine("whitespace-only-line", "   "),
                badLine("request-line-nul-first", "\u0000GET /attack HTTP/1.1"),
                // Netty passes over any CR and LF there, as over an empty line; nothing can hide in them.
                read("bare-cr-first", "RFC 9112, 2.2", "\r" + get("/attack"), 404),
                read("bare-lf-first", "RFC 9112, 2.2", "\n" + get("/attack"), 404),
                read("leading-crlf", "RFC 9112, 2.2", "\r\n" + get("/attack"), 404),
                read("leading-crlf-twice", "RFC 9112, 2.2", "\r\n\r\n" + get("/attack"), 404));
    }

    private static Attack badHost(String name, String lines) {
        return refused(name, "RFC 9112, 3.2", "GET /attack HTTP/1.1\r\n" + lines + "\r\n", 400);
    }

    private static Attack goodHost(String name, String host) {
        return read(name, "RFC 9112, 3.2", "GET /attack HTTP/1.1\r\nHost: " + host + "\r\n" + ID + "\r\n", 404);
    }

    private static List<Attack> hosts() {
        return List.of(
                badHost("missing-host", ""),
                badHost("duplicate-host", "Host: a\r\nHost: b\r\n"),
                badHost("duplicate-host-same", HOST + HOST),
                badHost("duplicate-host-case", "Host: a\r\nhOST: b\r\n"),
                badHost("host-with-path", "Host: a/b\r\n"),
                badHost("host-with-userinfo", "Host: user@a\r\n"),
                badHost("host-with-space", "Host: a b\r\n"),
                badHost("host-with-query", "Host: a?b\r\n"),
                badHost("host-with-fragment", "Host: a#b\r\n"),
                badHost("host-8-bit", "Host: caf\u00e9\r\n"),
                badHost("host-nul", "Host: a\u0000b\r\n"),
                badHost("host-bad-port", "Host: a:b\r\n"),
                badHost("host-two-ports", "Host: a:1:2\r\n"),
                badHost("host-open-bracket", "Host: [::1\r\n"),
                badHost("host-obs-fold", "Host: a\r\n b\r\n"),
                badHost("host-sp-before-colon", "Host : a\r\n"),
                goodHost("host-port", "localhost:8080"),
                goodHost("host-ipv6", "[::1]:8080"),
                // RFC 9112 demands it empty where the target has no authority.
                goodHost("host-empty-value", ""));
    }

    private static Attack badField(String name, String line) {
        return refused(name, "RFC 9110, 5.1 and 5.5", "GET /attack HTTP/1.1\r\n" + HOST + line + "\r\n\r\n", 400);
    }

    private static List<Attack> fields() {
        return List.of(
                badField("empty-header-name", ": b"),
                badField("fold-behind-cr", "\rA: b\r\n x"),
                badField("draft-websocket-keys", "Sec-WebSocket-Key1: a\r\nSec-WebSocket-Key2: b"),
                badField("header-no-colon", "NoColon"),
                badField("sp-before-colon", "A : b"),
                badField("tab-in-name", "A\tB: c"),
                badField("space-in-name", "A B: c"),
                badField("invalid-header-name", "A[b]: c"),
                badField("slash-in-header-name", "A/b: c"),
                badField("non-ascii-header-name", "A\u00e9: b"),
                badField("nul-in-header-name", "A\u0000: b"),
                badField("control-chars-header-name", "A\u0001: b"),
                badField("delete-in-header-name", "A\u007f: b"),
                badField("nul-in-header-value", "A: b\u0000c"),
                badField("cr-in-header-value", "A: b\rc"),
                badField("vtab-in-header-value", "A: b\u000bc"),
                badField("formfeed-in-header-value", "A: b\u000cc"),
                read(
                        "non-ascii-header-value",
                        "RFC 9110, 5.5",
                        "GET /attack HTTP/1.1\r\n" + HOST + ID + "A: caf\u00e9\r\n\r\n",
                        404),
                read("empty-header-value", "RFC 9110, 5.5", "GET /attack HTTP/1.1\r\n" + HOST + ID + "A:\r\n\r\n", 404),
                read(
                        "range-overlapping",
                        "RFC 9110, 14.2",
                        "GET /attack HTTP/1.1\r\n" + HOST + ID + "Range: bytes=0-,0-,0-,0-,0-,0-\r\n\r\n",
                        404));
    }

    private static Attack bomb(String name, String lines) {
        return refused(name, "RFC 9110, 5.4 and RFC 6585, 5", "GET /attack HTTP/1.1\r\n" + HOST + lines + "\r\n", 431);
    }

    private static List<Attack> bombs() {
        return List.of(
                bomb("long-header-name", "A".repeat(100_000) + ": b\r\n"),
                bomb("long-header-value", "A: " + "b".repeat(100_000) + "\r\n"),
                bomb("many-headers", "A: b\r\n".repeat(10_000)),
                bomb("many-different-headers", manyFields()),
                refused(
                        "many-folds",
                        "RFC 9112, 5.2",
                        "GET /attack HTTP/1.1\r\n" + HOST + "A: b\r\n" + " c\r\n".repeat(20_000) + "\r\n",
                        400),
                bomb("long-cookie", "Cookie: " + "a=b; ".repeat(10_000) + "\r\n"));
    }

    private static String manyFields() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            lines.append("X-").append(i).append(": b\r\n");
        }
        return lines.toString();
    }

    private static List<Attack> bodies() {
        return List.of(
                refused("cl-overflow", "RFC 9110, 8.6", Attack.post("Content-Length: 99999999999999999999"), 400),
                refused(
                        "post-cl-huge-no-body",
                        "RFC 9110, 15.5.14",
                        Attack.post("Content-Length: 9223372036854775807"),
                        413),
                refused(
                        "chunk-size-overflow",
                        "RFC 9112, 7.1",
                        Attack.post("Transfer-Encoding: chunked") + "ffffffffffffffff\r\n",
                        400),
                refused(
                        "chunk-size-huge",
                        "RFC 9110, 15.5.14",
                        Attack.post("Transfer-Encoding: chunked") + "7fffffff\r\n" + "x".repeat(2_000_000),
                        413),
                refused(
                        "long-trailer",
                        "RFC 9110, 5.4",
                        Attack.post("Transfer-Encoding: chunked") + "0\r\nA: " + "b".repeat(100_000) + "\r\n\r\n",
                        431),
                refused(
                        "many-trailer-folds",
                        "RFC 9112, 5.2",
                        Attack.post("Transfer-Encoding: chunked") + "0\r\nA: b\r\n" + " c\r\n".repeat(20_000) + "\r\n",
                        400),
                refused(
                        "many-trailers",
                        "RFC 9110, 5.4",
                        Attack.post("Transfer-Encoding: chunked") + "0\r\n" + "A: b\r\n".repeat(10_000) + "\r\n",
                        431));
    }

    /** The first bytes of a TLS 1.3 client that asks for {@code localhost}, its random bytes being zeros. */
    private static String tlsClientHello() {
        return "\u0016\u0003\u0001\u0000\u0050\u0001\u0000\u0000\u004c\u0003\u0003" + "\u0000".repeat(32)
                + "\u0000\u0000\u0002\u0013\u0001\u0001\u0000\u0000\u0021\u0000\u0000\u0000\u000e\u0000\u000c\u0000\u0000\u0009localhost"
                + "\u0000\u002b\u0000\u0003\u0002\u0003\u0004\u0000\u0033\u0000\u0002\u0000\u0000\r\n\r\n";
    }

    private static List<Attack> otherProtocols() {
        String utf16 = new String(get("/attack").getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1);
        return List.of(
                refused("binary-garbage", "RFC 9112, 2.2", "\u0080\u00ff\u00fe\u0001\u0090garbage\r\n\r\n", 400),
                refused("tls-client-hello", "RFC 9112, 2.2", tlsClientHello(), 400),
                refused(
                        "h2-preface",
                        "RFC 9113, 3.4",
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000",
                        505),
                refused(
                        "proxy-protocol",
                        "RFC 9112, 2.2",
                        "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n" + get("/attack"),
                        400),
                refused(
                        "proxy-protocol-2",
                        "RFC 9112, 2.2",
                        "\r\n\r\n\u0000\r\nQUIT\n!\u0000\u0000\u0000\r\n\r\n",
                        400),
                refused("utf-16", "RFC 9112, 2.2", utf16 + "\r\n\r\n", 400),
                refused("byte-order-mark", "RFC 9112, 2.2", "\u00ef\u00bb\u00bf" + get("/attack"), 400),
                refused("redis-command", "RFC 9112, 2.2", "*1\r\n$4\r\nPING\r\n\r\n", 400),
                refused("json", "RFC 9112, 2.2", "{\"subscribe\":\"1\"}\r\n\r\n", 400));
    }
}
