package dev.ringback.loadtest.client;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a server listens, spoken to in plain HTTP.
 *
 * @param host a name or an IP address, an IPv6 one without its brackets
 */
public record Target(String host, int port) {
    private static final int DEFAULT_PORT = 80;

    /**
     * Reads {@code http://host:port}.
     *
     * @throws IllegalArgumentException where it is anything else
     */
    public static Target parse(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a URL: " + url, e);
        }
        boolean pathless = uri.getRawPath() == null || uri.getRawPath().isEmpty() || "/".equals(uri.getRawPath());
        if (!"http".equals(uri.getScheme()) || uri.getHost() == null || !pathless || uri.getRawQuery() != null) {
            throw new IllegalArgumentException("must be http://host:port, not " + url);
        }
        String host = uri.getHost();
        boolean bracketed = host.startsWith("[");
        return new Target(
                bracketed ? host.substring(1, host.length() - 1) : host,
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    }

    /** Looks the host up; unresolved where it has no address. */
    public InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    /** What goes into a {@code Host} field. */
    public String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return "http://" + authority();
    }

    /** Reads a command line's URL. */
    public static final class Converter implements ITypeConverter<Target> {
        @Override
        public Target convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
