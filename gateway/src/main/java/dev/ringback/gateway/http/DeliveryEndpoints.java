package dev.ringback.gateway.http;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.webhook.Delivery;
import dev.ringback.gateway.webhook.DeliveryDesk;
import dev.ringback.gateway.webhook.DeliveryPage;
import dev.ringback.gateway.webhook.DeliveryQuery;
import dev.ringback.gateway.webhook.DeliveryQuery.Place;
import dev.ringback.gateway.webhook.WebhookJson;
import dev.ringback.gateway.webhook.Webhooks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /webhooks/deliveries}: what was sent, what came of it, and how it is sent again. */
final class DeliveryEndpoints {
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 100;
    private static final int MAX_ID = 64;

    private final DeliveryDesk desk;
    private final GatewayConfig config;
    private final boolean operator;

    /** @param operator whether what receivers answered is shown */
    DeliveryEndpoints(Webhooks webhooks, GatewayConfig config, boolean operator) {
        this.desk = new DeliveryDesk(webhooks);
        this.config = config;
        this.operator = operator;
    }

    void list(Exchange exchange) {
        Request request = exchange.request();
        int limit = request.limit(DEFAULT_LIMIT, MAX_LIMIT);
        DeliveryQuery query = query(exchange, status(request), limit);
        exchange.replyWhen(desk.list(query), page -> exchange.reply(answer(request, page)));
    }

    private Reply answer(Request request, DeliveryPage page) {
        Place place = page.next();
        String next = place == null
                ? null
                : new PageCursor(place.createdMillis(), place.id())
                        .url("/webhooks/deliveries", request, List.of("endpoint", "status", "limit"));
        byte[] json = WebhookJson.page(page.deliveries(), next, operator);
        return PageCursor.link(Reply.json(200, json).header("Vary", "Authorization"), next);
    }

    void show(Exchange exchange) {
        exchange.replyWhen(desk.find(exchange.principal().owner(), id(exchange)), found -> reply(exchange, 200, found));
    }

    void redeliver(Exchange exchange) {
        Origins.check(exchange.request(), config);
        exchange.replyWhen(
                desk.redeliver(exchange.principal().owner(), id(exchange)), again -> reply(exchange, 202, again));
    }

    private void reply(Exchange exchange, int status, @Nullable Delivery delivery) {
        if (delivery == null) {
            throw Rejection.of(404, "delivery-unknown", "Not found", "there is no delivery " + id(exchange));
        }
        exchange.reply(Reply.json(status, WebhookJson.of(delivery, operator)));
    }

    /** The dead, where nothing else is asked for. */
    void redeliverAll(Exchange exchange) {
        Request request = exchange.request();
        Origins.check(request, config);
        Delivery.Status status = status(request);
        if (status == Delivery.Status.PENDING) {
            throw Rejection.badRequest("status-malformed", "what is pending is on its way already");
        }
        DeliveryQuery query = query(exchange, status == null ? Delivery.Status.DEAD : status, MAX_LIMIT);
        exchange.replyWhen(
                desk.redeliverAll(query),
                dealt ->
                        exchange.reply(Reply.json(202, WebhookJson.count("redelivered", dealt.count(), dealt.more()))));
    }

    /** Nothing is forgotten because a parameter was: the status has to be said. */
    void purge(Exchange exchange) {
        Request request = exchange.request();
        Origins.check(request, config);
        Delivery.Status status = status(request);
        if (status == null) {
            throw Rejection.badRequest("status-missing", "say which: status=dead, status=delivered or status=pending");
        }
        exchange.replyWhen(
                desk.purge(query(exchange, status, MAX_LIMIT)),
                dealt -> exchange.reply(Reply.json(200, WebhookJson.count("purged", dealt.count(), dealt.more()))));
    }

    private static DeliveryQuery query(Exchange exchange, Delivery.@Nullable Status status, int limit) {
        Request request = exchange.request();
        return new DeliveryQuery(
                exchange.principal().owner(), request.parameter("endpoint"), status, limit, place(request));
    }

    private static Delivery.@Nullable Status status(Request request) {
        String name = request.parameter("status");
        Delivery.Status status = name == null ? null : Delivery.status(name);
        if (name != null && status == null) {
            throw Rejection.badRequest("status-malformed", "\"status\" must be pending, delivered or dead");
        }
        return status;
    }

    private static @Nullable Place place(Request request) {
        return PageCursor.read(
                request,
                cursor -> cursor.id().length() < MAX_ID ? new Place(cursor.createdMillis(), cursor.id()) : null);
    }

    private static String id(Exchange exchange) {
        return exchange.request().segments().get(2);
    }
}
