package dev.ringback.gateway.http;

import static io.netty.handler.codec.http.HttpMethod.DELETE;
import static io.netty.handler.codec.http.HttpMethod.GET;
import static io.netty.handler.codec.http.HttpMethod.POST;
import static io.netty.handler.codec.http.HttpMethod.PUT;

import dev.ringback.gateway.config.AuthConfig;
import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.webhook.Webhooks;
import io.netty.handler.codec.http.HttpMethod;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is served of webhooks: to clients what is their own, to operators everything. */
public final class WebhookRoutes {
    private WebhookRoutes() {}

    /** For the port of the clients: their endpoints and deliveries. */
    public static Map<String, Map<HttpMethod, Endpoint>> ofClients(Webhooks webhooks, GatewayConfig config) {
        WebhookEndpoints endpoints = new WebhookEndpoints(webhooks, config);
        Map<String, Map<HttpMethod, Endpoint>> routes = deliveries(webhooks, config, false);
        routes.put("webhooks", Map.of(GET, endpoints::list, POST, endpoints::create));
        routes.put("webhooks/secret", Map.of(GET, endpoints::ownersSecret));
        routes.put("webhooks/*", Map.of(GET, endpoints::show, PUT, endpoints::replace, DELETE, endpoints::remove));
        routes.put("webhooks/*/secret", Map.of(GET, endpoints::secrets, POST, endpoints::rotate));
        routes.put("webhooks/*/test", Map.of(POST, endpoints::test));
        boolean asksNobody = config.auth().mode() == AuthConfig.Mode.NONE;
        if (asksNobody && config.listen().isLoopback()) {
            routes.replaceAll((path, methods) -> ofThisMachine(methods, config));
        }
        return routes;
    }

    /** Where nobody has to say who they are, no page whose name points here may read secrets, or have all jobs told to itself. */
    private static Map<HttpMethod, Endpoint> ofThisMachine(Map<HttpMethod, Endpoint> methods, GatewayConfig config) {
        Map<HttpMethod, Endpoint> guarded = new HashMap<>();
        methods.forEach((method, endpoint) -> guarded.put(method, exchange -> {
            Origins.checkHost(exchange.request(), config.admin());
            endpoint.handle(exchange);
        }));
        return guarded;
    }

    /** For the port of the operators: everybody's deliveries, with what the receivers answered. */
    static Map<String, Map<HttpMethod, Endpoint>> ofOperators(Webhooks webhooks, GatewayConfig config) {
        return deliveries(webhooks, config, true);
    }

    private static Map<String, Map<HttpMethod, Endpoint>> deliveries(
            Webhooks webhooks, GatewayConfig config, boolean operator) {
        DeliveryEndpoints deliveries = new DeliveryEndpoints(webhooks, config, operator);
        Map<String, Map<HttpMethod, Endpoint>> routes = new LinkedHashMap<>();
        routes.put("webhooks/deliveries", Map.of(GET, deliveries::list, DELETE, deliveries::purge));
        routes.put("webhooks/deliveries/redeliver", Map.of(POST, deliveries::redeliverAll));
        routes.put("webhooks/deliveries/*", Map.of(GET, deliveries::show));
        routes.put("webhooks/deliveries/*/redeliver", Map.of(POST, deliveries::redeliver));
        return routes;
    }
}
