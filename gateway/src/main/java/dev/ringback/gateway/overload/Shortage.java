package dev.ringback.gateway.overload;

import dev.ringback.protocol.Problem;

/** Why somebody was turned away: what there was not enough of. */
public enum Shortage {
    CONNECTIONS("too-many-connections", "Too many connections", "limits.connections is reached"),
    CLIENT_CONNECTIONS("too-many-connections", "Too many connections", "limits.connections-per-address is reached"),
    REQUESTS("too-many-requests", "Too many requests at once", "overload.requests are being answered"),
    MEMORY("memory-short", "Too little memory", "the gateway has little memory left");

    private final Problem problem;

    Shortage(String code, String title, String detail) {
        this.problem = new Problem(503, code, title, detail);
    }

    /** What HTTP clients are told. */
    public Problem problem() {
        return problem;
    }
}
