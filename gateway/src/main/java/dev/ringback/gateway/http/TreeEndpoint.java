package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.queue.JobTree;
import dev.ringback.gateway.queue.QueueJson;
import dev.ringback.gateway.queue.Queues;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.JobId;

/** {@code GET /jobs/{id}/tree}: the jobs that one waits for and those that wait for it, and how they stand. */
final class TreeEndpoint implements Endpoint {
    private final Queues queues;
    private final Services services;

    TreeEndpoint(Queues queues, Services services) {
        this.queues = queues;
        this.services = services;
    }

    @Override
    public void handle(Exchange exchange) {
        JobId id = exchange.request().jobId();
        exchange.replyWhen(services.store().read(id), read -> {
            JobEndpoint.visible(exchange, id, read);
            JobTree tree = new JobTree(queues, exchange.principal()::maySee);
            exchange.replyWhen(
                    tree.around(id),
                    found -> exchange.reply(
                            JobReplies.about(Reply.json(200, QueueJson.tree(id, found.nodes(), found.truncated())))));
        });
    }
}
