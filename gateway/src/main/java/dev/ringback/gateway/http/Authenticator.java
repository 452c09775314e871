package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.config.AuthConfig;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.protocol.Problem;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells who makes a request: by bearer token (RFC 6750), or not at all where {@code auth.mode} is {@code none}. Tokens are looked
 * up by their digest, so that the time it takes says nothing about them.
 */
public final class Authenticator {
    private static final String SCHEME = "Bearer ";
    /** An owner that stands for all. */
    private static final String ALL_OWNERS = "*";

    private final boolean open;
    private final Map<String, Principal> byDigest = new HashMap<>();

    public Authenticator(AuthConfig config) {
        open = config.mode() == AuthConfig.Mode.NONE;
        for (AuthConfig.Token token : config.tokens()) {
            String owner = token.owner().equals(ALL_OWNERS) ? null : token.owner();
            Principal principal = new Principal(owner, token.role() == AuthConfig.Role.WORKER);
            byDigest.put(digest(token.token()), principal);
        }
    }

    /** The same, where one more token is a worker's for all owners. */
    public Authenticator with(String token) {
        byDigest.put(digest(token), new Principal(null, true));
        return this;
    }

    /**
     * Whoever made the request.
     *
     * @throws Rejection 401 without a known token
     */
    Principal authenticate(Request request) {
        if (open) {
            return Principal.ANYONE;
        }
        String header = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        Principal principal = header == null ? null : known(header);
        if (principal == null) {
            String detail = header == null ? "send Authorization: Bearer <token>" : "the token is not known";
            Problem problem = new Problem(401, "unauthorized", "Unauthorized", detail);
            throw new Rejection(Reply.problem(problem).header("WWW-Authenticate", "Bearer realm=\"ringback\""));
        }
        return principal;
    }

    private @Nullable Principal known(String header) {
        boolean bearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        return bearer ? byDigest.get(digest(header.substring(SCHEME.length()).strip())) : null;
    }

    /** SHA-256 in hexadecimal. */
    static String digest(String text) {
        return digest(text.getBytes(UTF_8));
    }

    static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }
}
