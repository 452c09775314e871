package dev.ringback.gateway.http;

/** {@code GET /ws}: a WebSocket with no subscription yet. */
final class WebSocketEndpoint implements Endpoint {
    private final Services services;

    WebSocketEndpoint(Services services) {
        this.services = services;
    }

    @Override
    public void handle(Exchange exchange) {
        if (!WebSocketUpgrade.isAskedFor(exchange.request())) {
            throw WebSocketUpgrade.upgradeRequired("this path serves WebSockets only");
        }
        WebSocketUpgrade.accept(exchange, services).start();
    }
}
