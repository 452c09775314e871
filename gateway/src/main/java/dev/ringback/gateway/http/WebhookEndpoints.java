package dev.ringback.gateway.http;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.webhook.EndpointDesk;
import dev.ringback.gateway.webhook.JobWebhook.MalformedException;
import dev.ringback.gateway.webhook.WebhookEndpoint;
import dev.ringback.gateway.webhook.WebhookJson;
import dev.ringback.gateway.webhook.Webhooks;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code /webhooks}: where the caller's jobs are told of. */
final class WebhookEndpoints {
    private final Webhooks webhooks;
    private final EndpointDesk desk;
    private final GatewayConfig config;

    WebhookEndpoints(Webhooks webhooks, GatewayConfig config) {
        this.webhooks = webhooks;
        this.desk = new EndpointDesk(webhooks);
        this.config = config;
    }

    void list(Exchange exchange) {
        exchange.replyWhen(desk.list(owner(exchange)), own -> exchange.reply(Reply.json(200, WebhookJson.list(own))));
    }

    void create(Exchange exchange) {
        EndpointDesk.Wanted wanted = wanted(exchange);
        exchange.replyWhen(desk.create(owner(exchange), wanted), made -> {
            if (made == null) {
                throw Rejection.of(
                        409,
                        "webhooks-too-many",
                        "Too many webhooks",
                        "webhook.endpoints = " + config.webhook().endpoints() + " for each owner; remove one first");
            }
            exchange.reply(Reply.json(201, WebhookJson.withSecret(made)).header("Location", "/webhooks/" + made.id()));
        });
    }

    void show(Exchange exchange) {
        replyWith(exchange, desk.find(owner(exchange), id(exchange)), found -> Reply.json(200, WebhookJson.of(found)));
    }

    void replace(Exchange exchange) {
        EndpointDesk.Wanted wanted = wanted(exchange);
        CompletionStage<@Nullable WebhookEndpoint> replaced = desk.replace(owner(exchange), id(exchange), wanted);
        replyWith(exchange, replaced, now -> Reply.json(200, WebhookJson.of(now)));
    }

    void remove(Exchange exchange) {
        Origins.check(exchange.request(), config);
        exchange.replyWhen(desk.remove(owner(exchange), id(exchange)), was -> {
            if (!was) {
                throw unknown(exchange);
            }
            exchange.reply(Reply.of(204));
        });
    }

    void secrets(Exchange exchange) {
        replyWith(exchange, desk.find(owner(exchange), id(exchange)), this::secrets);
    }

    void rotate(Exchange exchange) {
        Origins.check(exchange.request(), config);
        try {
            var secret = desk.readRotation(exchange.request().body());
            replyWith(exchange, desk.rotate(owner(exchange), id(exchange), secret), this::secrets);
        } catch (MalformedException e) {
            throw Rejection.badRequest("webhook-malformed", e.detail());
        }
    }

    private Reply secrets(WebhookEndpoint endpoint) {
        return Reply.json(200, WebhookJson.secrets(endpoint, webhooks.nowMillis()));
    }

    /** The secret that signs for jobs whose own webhook has none. */
    void ownersSecret(Exchange exchange) {
        exchange.replyWhen(
                webhooks.secretOf(owner(exchange)),
                secret -> exchange.reply(Reply.json(200, WebhookJson.secret(secret))));
    }

    void test(Exchange exchange) {
        Origins.check(exchange.request(), config);
        replyWith(
                exchange,
                desk.test(owner(exchange), id(exchange)),
                delivery -> Reply.json(202, WebhookJson.of(delivery, false))
                        .header("Location", "/webhooks/deliveries/" + delivery.id()));
    }

    private <T> void replyWith(Exchange exchange, CompletionStage<@Nullable T> stage, Function<T, Reply> answer) {
        exchange.replyWhen(stage, found -> {
            if (found == null) {
                throw unknown(exchange);
            }
            exchange.reply(answer.apply(found));
        });
    }

    private EndpointDesk.Wanted wanted(Exchange exchange) {
        byte[] body = Bodies.json(exchange.request(), config);
        try {
            return desk.read(body);
        } catch (MalformedException e) {
            throw Rejection.badRequest("webhook-malformed", e.detail());
        }
    }

    private static Rejection unknown(Exchange exchange) {
        return Rejection.of(404, "webhook-unknown", "Not found", "there is no webhook " + id(exchange));
    }

    private static String id(Exchange exchange) {
        return exchange.request().segments().get(1);
    }

    private static @Nullable String owner(Exchange exchange) {
        return exchange.principal().owner();
    }
}
