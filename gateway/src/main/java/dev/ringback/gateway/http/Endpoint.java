package dev.ringback.gateway.http;

/** Answers the requests of one route, at once or later, on the connection's loop. */
public interface Endpoint {
    /**
     * Takes the request over.
     *
     * @throws Rejection where the client made a mistake
     */
    void handle(Exchange exchange);

    /** Whether it answers anybody, even where others need a token. */
    default boolean isPublic() {
        return false;
    }

    /** Whether it answers this request without a token: one that proves in another way that it may. */
    default boolean isPublic(Request request) {
        return isPublic();
    }
}
