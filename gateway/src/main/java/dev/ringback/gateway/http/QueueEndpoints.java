package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.queue.QueueJson;
import dev.ringback.gateway.queue.Queues;
import dev.ringback.protocol.Problem;

/** {@code /queues}: how they fare. */
final class QueueEndpoints {
    private final Queues queues;

    QueueEndpoints(Queues queues) {
        this.queues = queues;
    }

    void list(Exchange exchange) {
        QueueRoutes.requireWorker(exchange);
        exchange.replyWhen(
                queues.allFigures(),
                found ->
                        exchange.reply(Reply.json(200, QueueJson.queues(found, queues.blocked(), queues.nowMillis()))));
    }

    void show(Exchange exchange) {
        QueueRoutes.requireWorker(exchange);
        String type = QueueRoutes.type(exchange.request());
        exchange.replyWhen(queues.store().figures(type), found -> {
            if (found.isOfNothing()) {
                throw new Rejection(Reply.problem(
                        new Problem(404, "queue-unknown", "No such queue", "no job of this type was seen")));
            }
            exchange.reply(Reply.json(200, QueueJson.queue(type, found, queues.nowMillis())));
        });
    }
}
