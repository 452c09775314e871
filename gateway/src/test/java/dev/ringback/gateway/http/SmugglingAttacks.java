package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.Attack.HIDDEN;
import static dev.ringback.gateway.http.Attack.HOST;
import static dev.ringback.gateway.http.Attack.chunk;
import static dev.ringback.gateway.http.Attack.head;
import static dev.ringback.gateway.http.Attack.post;
import static dev.ringback.gateway.http.Attack.read;
import static dev.ringback.gateway.http.Attack.refused;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Requests whose end two servers may see in different places: the cases of Http11Probe's smuggling suite, and more, restated. Where a
 * case is one that may be read, a hidden request lies in what RFC 9112 calls its body.
 */
final class SmugglingAttacks {
    private static final String CHUNKED = "Transfer-Encoding: chunked";
    private static final String LAST = "0\r\n\r\n";
    private static final int LENGTH = HIDDEN.length();

    private SmugglingAttacks() {}

    static Stream<Attack> all() {
        List<Attack> all = new ArrayList<>();
        all.addAll(lengths());
        all.addAll(repeatedLengths());
        all.addAll(codings());
        all.addAll(both());
        all.addAll(chunkSizes());
        all.addAll(chunkExtensions());
        all.addAll(chunkEnds());
        all.addAll(trailers());
        all.addAll(bodiesNobodyWants());
        all.addAll(heads());
        return all.stream();
    }

    private static Attack badLength(String name, String line) {
        return refused(name, "RFC 9112, 6.3", post(line) + "xxxxx", 400);
    }

    private static Attack goodLength(String name, String line) {
        return read(name, "RFC 9110, 5.5 and 8.6", post(line) + HIDDEN, 404);
    }

    private static List<Attack> lengths() {
        return List.of(
                badLength("cl-plus-sign", "Content-Length: +5"),
                badLength("cl-negative", "Content-Length: -5"),
                badLength("cl-negative-zero", "Content-Length: -0"),
                badLength("cl-hex-prefix", "Content-Length: 0x5"),
                badLength("cl-hex", "Content-Length: a"),
                badLength("cl-octal", "Content-Length: 0o5"),
                badLength("cl-underscore", "Content-Length: 1_0"),
                badLength("cl-internal-space", "Content-Length: 1 0"),
                badLength("cl-internal-tab", "Content-Length: 1\t0"),
                badLength("cl-decimal-point", "Content-Length: 5.0"),
                badLength("cl-exponent", "Content-Length: 5e0"),
                badLength("cl-quoted", "Content-Length: \"5\""),
                badLength("cl-non-numeric", "Content-Length: 5a"),
                badLength("cl-empty", "Content-Length:"),
                badLength("cl-nul", "Content-Length: 5\u0000"),
                badLength("cl-vtab", "Content-Length: \u000b5"),
                badLength("cl-no-break-space", "Content-Length: 5\u00a0"),
                badLength("cl-comma", "Content-Length: ,"),
                badLength("cl-64-bits", "Content-Length: 18446744073709551621"),
                badLength("cl-32-bits-and-letters", "Content-Length: 4294967301x"),
                badLength("cl-sp-before-colon", "Content-Length : 5"),
                badLength("cl-tab-before-colon", "Content-Length\t: 5"),
                badLength("cl-obs-fold", "Content-Length: \r\n 5"),
                goodLength("cl-trailing-space", "Content-Length: " + LENGTH + " "),
                goodLength("cl-extra-leading-sp", "Content-Length:  " + LENGTH),
                goodLength("cl-tab-before-value", "Content-Length:\t" + LENGTH),
                goodLength("cl-no-space", "Content-Length:" + LENGTH),
                goodLength("cl-lower-case", "content-length: " + LENGTH),
                goodLength("cl-leading-zeros-octal", "Content-Length: 0" + LENGTH),
                goodLength("cl-leading-zeros", "Content-Length: 0000000000000000000000" + LENGTH),
                read("cl-double-zero", "RFC 9110, 8.6", post("Content-Length: 00"), 404),
                read("content-length-underscore", "RFC 9112, 6.3", post("Content_Length: 500"), 404));
    }

    private static List<Attack> repeatedLengths() {
        return List.of(
                badLength("duplicate-cl", "Content-Length: 5\r\nContent-Length: 6"),
                badLength("duplicate-cl-zero", "Content-Length: 5\r\nContent-Length: 0"),
                badLength("duplicate-cl-same", "Content-Length: 5\r\nContent-Length: 5"),
                badLength("duplicate-cl-apart", "Content-Length: 5\r\nAccept: a/b\r\ncontent-length: 6"),
                badLength("duplicate-cl-smuggled-get", "Content-Length: 5\r\nContent-Length: " + (5 + LENGTH)),
                badLength("duplicate-cl-one-empty", "Content-Length: 5\r\nContent-Length:"),
                badLength("cl-comma-different", "Content-Length: 5, 6"),
                badLength("cl-comma-same", "Content-Length: 5, 5"),
                badLength("cl-comma-triple", "Content-Length: 5,5,5"),
                badLength("cl-comma-trailing", "Content-Length: 5,"));
    }

    /** Each is followed by a body that is chunked, and would end before the hidden request. */
    private static Attack badCoding(String name, String line) {
        return refused(name, "RFC 9112, 6.1 and 6.3", post(line) + LAST, 400, 501);
    }

    private static List<Attack> codings() {
        return List.of(
                badCoding("te-xchunked", "Transfer-Encoding: xchunked"),
                badCoding("te-chunkedx", "Transfer-Encoding: chunkedx"),
                badCoding("te-unknown", "Transfer-Encoding: cow"),
                badCoding("te-gzip", "Transfer-Encoding: gzip"),
                badCoding("te-gzip-chunked", "Transfer-Encoding: gzip, chunked"),
                badCoding("te-identity", "Transfer-Encoding: identity"),
                badCoding("te-identity-chunked", "Transfer-Encoding: identity, chunked"),
                badCoding("te-empty-value", "Transfer-Encoding:"),
                badCoding("te-not-final-chunked", "Transfer-Encoding: chunked, gzip"),
                badCoding("te-double-chunked", "Transfer-Encoding: chunked, chunked"),
                badCoding("te-duplicate-headers", CHUNKED + "\r\nTransfer-Encoding: identity"),
                badCoding("te-duplicate-chunked", CHUNKED + "\r\n" + CHUNKED),
                badCoding("te-duplicate-unknown-first", "Transfer-Encoding: x\r\n" + CHUNKED),
                badCoding("chunked-with-params", "Transfer-Encoding: chunked;q=1"),
                badCoding("te-quoted", "Transfer-Encoding: \"chunked\""),
                badCoding("te-vtab", "Transfer-Encoding: \u000bchunked"),
                badCoding("te-formfeed", "Transfer-Encoding: \u000cchunked"),
                badCoding("te-null", "Transfer-Encoding: chunked\u0000"),
                badCoding("te-no-break-space", "Transfer-Encoding: \u00a0chunked"),
                badCoding("te-sp-before-colon", "Transfer-Encoding : chunked"),
                badCoding("te-tab-before-colon", "Transfer-Encoding\t: chunked"),
                badCoding("te-name-with-ctl", "Transfer-Encoding\u0001: chunked"),
                badCoding("te-obs-fold", "Transfer-Encoding:\r\n chunked"),
                badCoding("te-trailing-comma", "Transfer-Encoding: chunked,"),
                badCoding("te-leading-comma", "Transfer-Encoding: , chunked"),
                badCoding("te-bare-cr-in-value", "Transfer-Encoding: chunked\rX: y"),
                badCoding("te-behind-bare-cr", "A: b\rTransfer-Encoding: chunked"),
                refused(
                        "te-http10",
                        "RFC 9112, 6.1",
                        "POST /attack HTTP/1.0\r\n" + HOST + "Connection: keep-alive\r\n" + CHUNKED + "\r\n\r\n" + LAST,
                        400),
                read("te-case-mismatch", "RFC 9112, 7", post("Transfer-Encoding: cHuNkEd") + chunk(HIDDEN) + LAST, 404),
                read("te-upper-case", "RFC 9110, 5.1", post("TRANSFER-ENCODING: CHUNKED") + chunk(HIDDEN) + LAST, 404),
                read("te-trailing-space", "RFC 9110, 5.5", post(CHUNKED + " ") + chunk(HIDDEN) + LAST, 404),
                read(
                        "te-tab-before-value",
                        "RFC 9110, 5.5",
                        post("Transfer-Encoding:\tchunked") + chunk(HIDDEN) + LAST,
                        404),
                read("transfer_encoding", "RFC 9112, 6.3", post("Transfer_Encoding: chunked"), 404),
                read("te-header", "RFC 9110, 10.1.4", post("TE: chunked"), 404));
    }

    private static Attack conflict(String name, String... lines) {
        return refused(name, "RFC 9112, 6.3", post(lines) + LAST, 400, 501);
    }

    private static List<Attack> both() {
        return List.of(
                conflict("cl-te-both", "Content-Length: 5", CHUNKED),
                conflict("te-cl-both", CHUNKED, "Content-Length: 5"),
                conflict("clte-desync", "Content-Length: " + (5 + LENGTH), CHUNKED),
                conflict("clte-zero", "Content-Length: 0", CHUNKED),
                conflict("clte-conn-close", "Connection: close", "Content-Length: 5", CHUNKED),
                conflict("clte-te-case-mismatch", "Content-Length: 5", "Transfer-Encoding: Chunked"),
                conflict("clte-te-trailing-space", "Content-Length: 5", CHUNKED + " "),
                conflict("clte-te-leading-comma", "Content-Length: 5", "Transfer-Encoding: , chunked"),
                conflict("clte-te-obs-fold", "Content-Length: 5", "Transfer-Encoding:\r\n chunked"),
                conflict("clte-cl-plus", "Content-Length: +5", CHUNKED),
                conflict("clte-cl-non-numeric", "Content-Length: 5x", CHUNKED),
                conflict("clte-identity", "Content-Length: 5", "Transfer-Encoding: identity"),
                conflict("clte-xchunked", "Content-Length: 5", "Transfer-Encoding: xchunked"),
                conflict("clte-empty", "Content-Length: 5", "Transfer-Encoding:"),
                conflict("clte-duplicate-te", "Content-Length: 5", CHUNKED, "Transfer-Encoding: x"),
                conflict("clte-named-by-connection", "Connection: Content-Length", "Content-Length: 5", CHUNKED),
                refused("clte-pipeline", "RFC 9112, 6.3", post("Content-Length: 4", CHUNKED) + LAST, 400),
                refused(
                        "tecl-pipeline",
                        "RFC 9112, 6.3",
                        post("Content-Length: 4", CHUNKED) + chunk("POST / HTTP/1.1\r\n\r\n") + LAST,
                        400),
                refused(
                        "tecl-smuggled-get",
                        "RFC 9112, 6.3",
                        post(CHUNKED, "Content-Length: 4") + chunk(HIDDEN) + LAST,
                        400),
                refused(
                        "clte-smuggled-head",
                        "RFC 9112, 6.3",
                        post("Content-Length: 44", CHUNKED) + LAST + "HEAD /smuggled HTTP/1.1\r\n" + HOST + "\r\n",
                        400));
    }

    /** The size line is followed by five bytes of data. */
    private static Attack badSize(String name, String size) {
        return refused(name, "RFC 9112, 7.1", post(CHUNKED) + size + "\r\nxxxxx\r\n" + LAST, 400);
    }

    private static List<Attack> chunkSizes() {
        return List.of(
                badSize("chunk-hex-prefix", "0x5"),
                badSize("chunk-underscore", "0_5"),
                badSize("chunk-leading-sp", " 5"),
                badSize("chunk-leading-tab", "\t5"),
                badSize("chunk-size-trailing-ows", "5 "),
                badSize("chunk-size-trailing-tab", "5\t"),
                badSize("chunk-size-plus", "+5"),
                badSize("chunk-negative", "-5"),
                badSize("chunk-empty-size", ""),
                badSize("chunk-not-hex", "g"),
                badSize("chunk-size-space-inside", "0 5"),
                badSize("chunk-size-comma", "5,5"),
                badSize("chunk-size-nul", "5\u0000"),
                badSize("chunk-size-vtab", "\u000b5"),
                badSize("chunk-size-no-break-space", "\u00a05"),
                badSize("chunk-size-overflow", "fffffffffffffffff5"),
                badSize("chunk-size-64-bits", "10000000000000005"),
                badSize("chunk-size-32-bits", "100000005"),
                badSize("chunk-size-sign-bit", "80000005"),
                badSize("chunk-invalid-size-desync", "5x"),
                read(
                        "chunk-size-upper-case",
                        "RFC 9112, 7.1",
                        post(CHUNKED) + chunk(HIDDEN).toUpperCase(java.util.Locale.ROOT) + LAST,
                        404),
                read(
                        "chunk-size-leading-zeros",
                        "RFC 9112, 7.1",
                        post(CHUNKED) + "00000" + chunk(HIDDEN) + "000\r\n\r\n",
                        404));
    }

    private static List<Attack> chunkExtensions() {
        return List.of(
                // The grammar wants a name behind it, but neither size nor end are in doubt.
                read(
                        "chunk-bare-semicolon",
                        "RFC 9112, 7.1.1",
                        post(CHUNKED) + chunk(HIDDEN).replaceFirst("\r", ";\r") + LAST,
                        404),
                badSize("chunk-ext-invalid-token", "5;b[d=x"),
                badSize("chunk-ext-ctrl", "5;a=\u0000"),
                badSize("chunk-ext-cr", "5;a=\rx"),
                badSize("chunk-ext-lf", "5;a=\nx"),
                badSize("chunk-ext-open-quote", "5;a=\"x"),
                refused(
                        "chunk-ext-64k",
                        "RFC 9112, 7.1.1",
                        post(CHUNKED) + "5;a=" + "x".repeat(65_536) + "\r\nxxxxx\r\n" + LAST,
                        400,
                        414),
                read(
                        "chunk-ext",
                        "RFC 9112, 7.1.1",
                        post(CHUNKED) + chunk(HIDDEN).replaceFirst("\r", ";a=b;c=\"d\"\r") + LAST,
                        404));
    }

    private static Attack badEnd(String name, String body) {
        return refused(name, "RFC 9112, 7.1 and 2.2", post(CHUNKED) + body, 400);
    }

    private static List<Attack> chunkEnds() {
        return List.of(
                badEnd("chunk-spill", "5\r\nxxxxxxx\r\n" + LAST),
                badEnd("chunk-missing-trailing-crlf", "5\r\nxxxxx" + LAST),
                badEnd("chunk-lf-term", "5\r\nxxxxx\n" + LAST),
                badEnd("chunk-cr-term", "5\r\nxxxxx\r" + LAST),
                badEnd("chunk-two-bytes-for-crlf", "5\r\nxxxxxyy" + LAST),
                badEnd("chunk-bare-cr-term", "5\rxxxxx\r\n" + LAST),
                badEnd("chunk-size-lf-term", "5\nxxxxx\r\n" + LAST),
                badEnd("chunk-last-lf-term", "5\r\nxxxxx\r\n0\n\r\n"),
                badEnd("chunk-lf-trailer", "5\r\nxxxxx\r\n0\r\n\n"),
                badEnd("chunk-short", "2\r\nxxxxx\r\n" + LAST));
    }

    private static Attack trailer(String name, String line) {
        return read(name, "RFC 9110, 6.5.1", post(CHUNKED) + chunk("xxxxx") + "0\r\n" + line + "\r\n\r\n", 404);
    }

    private static Attack badTrailer(String name, String line) {
        return refused(
                name, "RFC 9112, 5 and 7.1.2", post(CHUNKED) + chunk("xxxxx") + "0\r\n" + line + "\r\n\r\n", 400);
    }

    private static List<Attack> trailers() {
        return List.of(
                trailer("trailer-cl", "Content-Length: " + LENGTH),
                trailer("trailer-te", CHUNKED),
                trailer("trailer-host", "Host: other"),
                trailer("trailer-auth", "Authorization: Bearer x"),
                trailer("trailer-content-type", "Content-Type: text/html"),
                badTrailer("trailer-obs-fold", "A: b\r\n c"),
                badTrailer("trailer-obs-fold-tab", "A: b\r\nB: c\r\n\td"),
                badTrailer("trailer-no-colon", "x"),
                read(
                        "chunks-that-look-like-heads",
                        "RFC 9112, 7.1",
                        post(CHUNKED)
                                + chunk("0\r\nA: b\r\n c\r\n\r\n")
                                + chunk(" \t\n ")
                                + chunk("0\r\n")
                                + chunk(HIDDEN)
                                + LAST,
                        404),
                badTrailer("trailer-sp-before-colon", "A : b"),
                badTrailer("trailer-nul", "A: b\u0000"),
                badTrailer("trailer-bare-cr", "A: b\rc"));
    }

    private static Attack unwanted(String name, String method) {
        return read(name, "RFC 9110, 9.3", head(method, "Content-Length: " + LENGTH) + HIDDEN, 404);
    }

    private static List<Attack> bodiesNobodyWants() {
        return List.of(
                unwanted("get-cl-body-desync", "GET"),
                unwanted("head-cl-body", "HEAD"),
                unwanted("options-cl-body-desync", "OPTIONS"),
                unwanted("delete-cl-body", "DELETE"),
                unwanted("unknown-method-cl-body", "WAIT"),
                read("get-chunked-body", "RFC 9110, 9.3.1", head("GET", CHUNKED) + chunk(HIDDEN) + LAST, 404),
                read("options-chunked-body", "RFC 9110, 9.3.7", head("OPTIONS", CHUNKED) + chunk(HIDDEN) + LAST, 404),
                read(
                        "get-cl-prefix-desync",
                        "RFC 9110, 9.3.1",
                        head("GET", "Content-Length: 32") + "GET /smuggled HTTP/1.1\r\nX-Not: x",
                        404),
                refused("cl0-body-poison", "RFC 9112, 6.3", post("Content-Length: 0", "Connection: close") + "x", 404),
                read(
                        "cl-named-by-connection",
                        "RFC 9112, 6.3",
                        post("Connection: keep-alive, Content-Length", "Content-Length: " + LENGTH) + HIDDEN,
                        404),
                read(
                        "upgrade-cl-body",
                        "RFC 9110, 7.8",
                        post("Connection: Upgrade", "Upgrade: websocket", "Content-Length: " + LENGTH) + HIDDEN,
                        404));
    }

    private static Attack badHead(String name, String rule, String lines) {
        return refused(name, rule, post(lines, "Content-Length: 5") + "xxxxx", 400);
    }

    private static List<Attack> heads() {
        return List.of(
                badHead("bare-cr-header-value", "RFC 9112, 2.2", "A: b\rc"),
                badHead("bare-cr-line-end", "RFC 9112, 2.2", "A: b\rContent-Length: 1"),
                badHead("header-injection-nul", "RFC 9110, 5.5", "A: b\u0000c"),
                badHead("obs-fold", "RFC 9112, 5.2", "A: b\r\n c"),
                badHead("obs-fold-te", "RFC 9112, 5.2", "A: b\r\n\tTransfer-Encoding: chunked"),
                badHead("obs-fold-cl", "RFC 9112, 5.2", "A: b\r\n Content-Length: 500"),
                badHead("obs-fold-empty", "RFC 9112, 5.2", "A: b\r\n \r\nB: c"),
                refused("obs-fold-first", "RFC 9112, 2.2", "POST /attack HTTP/1.1\r\n A: b\r\n" + HOST + "\r\n", 400),
                refused("request-line-bare-cr", "RFC 9112, 2.2", "POST /attack\rHTTP/1.1\r\n" + HOST + "\r\n", 400),
                refused("request-line-hidden-cr", "RFC 9112, 2.2", "POST\r/attack HTTP/1.1\r\n" + HOST + "\r\n", 400),
                badHead("multiple-host-comma", "RFC 9112, 3.2", "X: y\r\nHost: a, b"),
                refused("host-comma", "RFC 9112, 3.2", "GET /attack HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
                refused("bare-lf-request-line", "RFC 9112, 2.2", "POST /attack HTTP/1.1\n" + HOST + "\r\n", 400),
                refused("bare-lf-header", "RFC 9112, 2.2", "POST /attack HTTP/1.1\r\nHost: a\n\r\n", 400),
                refused("bare-lf-hides-a-field", "RFC 9112, 2.2", post("A: b\nContent-Length: " + LENGTH), 400),
                refused("bare-lf-ends-head", "RFC 9112, 2.2", "POST /attack HTTP/1.1\r\n" + HOST + "\n", 400),
                read(
                        "absolute-uri-host-mismatch",
                        "RFC 9112, 3.2.2",
                        "GET http://other.example/attack HTTP/1.1\r\n" + HOST + "X-Correlation-Id: attack\r\n\r\n",
                        404),
                read(
                        "expect-100-cl",
                        "RFC 9110, 10.1.1",
                        post("Expect: 100-continue", "Content-Length: " + LENGTH) + HIDDEN,
                        404),
                refused(
                        "expect-unknown-cl",
                        "RFC 9110, 10.1.1",
                        post("Expect: 200-ok", "Content-Length: 5") + "xxxxx",
                        417));
    }
}
