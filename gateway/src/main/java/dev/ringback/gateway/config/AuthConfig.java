package dev.ringback.gateway.config;

import java.util.List;

/**
 * {@code auth.*}: who may.
 *
 * @param mode how a request says who sends it
 * @param allowAnonymous whether {@link Mode#NONE} may be used on an address that other machines can reach
 * @param tokens the bearer tokens of {@link Mode#TOKENS}
 */
public record AuthConfig(
        @Setting("none") Mode mode,
        @Setting("false") boolean allowAnonymous,
        @Setting("") List<Token> tokens) {

    /** How a request says who sends it. */
    public enum Mode {
        /** It does not: nobody is asked, and every request may do everything. */
        NONE,
        /** By a bearer token from {@link AuthConfig#tokens}. */
        TOKENS
    }

    /** What the bearer of a token may do. */
    public enum Role {
        /** Make, read, await, cancel and retry its owner's jobs. */
        CLIENT,
        /** Move jobs. */
        WORKER
    }

    /**
     * One static bearer token.
     *
     * @param token the secret itself; never printed
     * @param owner whose jobs the bearer sees
     * @param role what the bearer may do
     */
    public record Token(String token, String owner, Role role) {

        @Override
        public String toString() {
            return "Token[token=" + Redaction.MASK + ", owner=" + owner + ", role=" + role + "]";
        }
    }

    public AuthConfig {
        tokens = List.copyOf(tokens);
        Keys.requireAllowed(AuthConfig.class, mode, allowAnonymous, tokens);
    }
}
