package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.protocol.Problem;

/** A client's mistake: the request ends with this answer. Without a stack trace, because it is one. */
public final class Rejection extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reply reply;

    public Rejection(Reply reply) {
        super("status " + reply.status(), null, false, false);
        this.reply = reply;
    }

    /** 400 with what was wrong. */
    public static Rejection badRequest(String code, String detail) {
        return of(400, code, "Bad request", detail);
    }

    public static Rejection of(int status, String code, String title, String detail) {
        return new Rejection(Reply.problem(new Problem(status, code, title, detail)));
    }

    public Reply reply() {
        return reply;
    }
}
