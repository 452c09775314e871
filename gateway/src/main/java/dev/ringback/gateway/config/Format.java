package dev.ringback.gateway.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What a text, or each entry of a list, must look like. */
enum Format {
    /** Anything but nothing. */
    PLAIN("text", "any text", text -> !text.isEmpty()),

    /** What can be bound or connected to. */
    HOST(
            "a host name or IP address",
            "a host name or an IP address without brackets, like 127.0.0.1, 0.0.0.0, ::1, localhost",
            text -> AddressLiteral.isAddress(text) || isHostName(text)),

    /** What Lettuce connects to; may carry a password. */
    REDIS_URI(
            "a Redis URI",
            "redis://, rediss://, redis-sentinel:// or redis-socket://, special characters of the password as %XX",
            Format::isRedisUri),

    /** Whose forwarding header is believed. */
    ADDRESS_RANGE(
            "an address or CIDR range",
            "IP addresses and CIDR ranges, like 10.0.0.0/8, 192.168.1.7, fd00::/8",
            AddressLiteral::isRange),

    /** An origin as browsers send it (RFC 6454 section 6.2): lower case, no path, no default port. */
    ORIGIN(
            "an origin",
            "origins as browsers send them, lower case, no path, no default port, like https://app.example,"
                    + " http://localhost:3000; or * for all",
            Format::isOrigin),

    /** How long to wait, 30 days at most. */
    DELAY("a duration", "durations of at most 30d, like 0s, 30s, 5m, 2h", TimeSpan::isDelay),

    /** A TCP port. */
    PORT("a port", "whole numbers, 1 to 65535", Format::isPort),

    /** What is particular to the jobs of one type. */
    QUEUE(
            "a type with its limits",
            "texts like transcode concurrency=4 rate=10 burst=20 max-attempts=5: a type, and one or more of these",
            QueueType::isOne),

    /** An address, with a port or without. */
    SERVER(
            "an address",
            "IP addresses, with or without a port, like 10.0.0.2, 10.0.0.2:5353, [fd00::1]:53",
            AddressLiteral::isServer);

    private static final int MAX_PORT = 65535;
    private static final Pattern HOST_LABEL = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");
    private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]*");
    private static final int MAX_HOST_NAME_CHARACTERS = 253;
    private static final Set<String> REDIS_SCHEMES =
            Set.of("redis", "rediss", "redis-socket", "redis-sentinel", "rediss-sentinel");
    private static final Pattern ORIGIN_PATTERN =
            Pattern.compile("[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\\[[0-9a-f:.]+\\])(?::[1-9][0-9]{0,4})?");
    private static final Pattern DEFAULT_PORT = Pattern.compile("https://[^/]*:443|http://[^/]*:80");

    private final String noun;
    private final String allowed;
    private final Predicate<String> accepts;

    Format(String noun, String allowed, Predicate<String> accepts) {
        this.noun = noun;
        this.allowed = allowed;
        this.accepts = accepts;
    }

    String noun() {
        return noun;
    }

    String allowed() {
        return allowed;
    }

    boolean accepts(String text) {
        return accepts.test(text);
    }

    /** The text without its secrets. */
    String redact(String text) {
        return this == REDIS_URI ? Redaction.redisUri(text) : text;
    }

    private static boolean isHostName(String text) {
        if (text.length() > MAX_HOST_NAME_CHARACTERS
                || DIGITS_AND_DOTS.matcher(text).matches()) {
            return false;
        }
        for (String label : text.split("\\.", -1)) {
            if (!HOST_LABEL.matcher(label).matches()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPort(String text) {
        return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= MAX_PORT;
    }

    private static boolean isRedisUri(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getScheme() == null || !REDIS_SCHEMES.contains(uri.getScheme())) {
                return false;
            }
            String place = uri.getScheme().equals("redis-socket") ? uri.getRawPath() : uri.getRawAuthority();
            return place != null && !place.isEmpty() && !place.endsWith("@");
        } catch (URISyntaxException malformed) {
            return false;
        }
    }

    private static boolean isOrigin(String text) {
        if (text.equals("*")) {
            return true;
        }
        return ORIGIN_PATTERN.matcher(text).matches()
                && !DEFAULT_PORT.matcher(text).matches();
    }
}
