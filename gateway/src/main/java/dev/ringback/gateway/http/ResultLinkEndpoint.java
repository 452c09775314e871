package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.InvalidDocumentException;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobJson;
import dev.ringback.protocol.ResultLinkReader;
import java.time.Duration;

/** {@code POST /jobs/{id}/result/url}: makes a URL that anybody may download the result from, for a while. */
final class ResultLinkEndpoint implements Endpoint {
    private final Services services;
    private final ResultLinks links;

    ResultLinkEndpoint(Services services) {
        this.services = services;
        this.links = new ResultLinks(services);
    }

    @Override
    public void handle(Exchange exchange) {
        JobId id = exchange.request().jobId();
        boolean empty = exchange.request().body().length == 0;
        Origins.check(exchange.request(), services.config());
        Duration life = read(empty ? new byte[0] : Bodies.json(exchange, services));
        long expiresSeconds = services.clock().millis() / 1_000 + life.toSeconds();
        exchange.replyWhen(services.store().read(id), read -> {
            String owner = JobEndpoint.visible(exchange, id, read).owner();
            exchange.replyWhen(
                    links.url(id, owner, expiresSeconds),
                    url -> exchange.reply(
                            JobReplies.about(Reply.json(200, JobJson.resultLink(url, expiresSeconds * 1_000)))));
        });
    }

    private static Duration read(byte[] json) {
        try {
            return ResultLinkReader.read(json);
        } catch (InvalidDocumentException e) {
            throw Rejection.badRequest("link-malformed", e.detail());
        }
    }
}
