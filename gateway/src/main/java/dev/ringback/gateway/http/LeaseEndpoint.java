package dev.ringback.gateway.http;

import dev.ringback.gateway.config.QueuesConfig;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.overload.Shortage;
import dev.ringback.gateway.queue.LeasedJob;
import dev.ringback.gateway.queue.QueueJson;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.gateway.queue.Queues;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.Problem;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code POST /queues/{type}/lease}: gives a worker jobs, or lets it wait until there are some. */
final class LeaseEndpoint implements Endpoint {
    private static final int MOST = 100;
    private static final int MAX_NAME = 128;
    private static final String UNNAMED = "unnamed";

    private final Queues queues;
    private final Services services;
    private final QueuesConfig config;

    LeaseEndpoint(Queues queues, Services services) {
        this.queues = queues;
        this.services = services;
        this.config = services.config().queues();
    }

    @Override
    public void handle(Exchange exchange) {
        Request request = exchange.request();
        QueueRoutes.requireWorker(exchange);
        Origins.check(request, services.config());
        boolean many = request.parameter("max") != null;
        Wish wish = new Wish(
                QueueRoutes.type(request),
                many ? QueueRoutes.number(request, "max", 1, MOST) : 1,
                worker(request),
                exchange.principal().owner(),
                leaseMillis(request));
        Duration wait = request.wish();
        if (wait == null || wait.isZero()) {
            new LeaseWait(queues, exchange, wish, many).ask(nothing());
        } else if (services.overload().refusesWaits()) {
            // A 204 before its time would be taken for an invitation to ask again.
            new LeaseWait(queues, exchange, wish, many).ask(TurnAway.refusal(services.overload(), Shortage.MEMORY));
        } else if (queues.waiting() >= config.waiting()) {
            exchange.reply(JobReplies.overloaded(new Problem(
                    503, "too-many-workers", "Too many workers wait", "queues.waiting requests for work wait here")));
        } else {
            new LeaseWait(queues, exchange, wish, many).start(services.streams().longPoll(wait));
        }
    }

    private static String worker(Request request) {
        String worker = request.parameter("worker");
        if (worker == null) {
            return UNNAMED;
        }
        QueueRoutes.requireName("worker", worker, MAX_NAME);
        return worker;
    }

    private long leaseMillis(Request request) {
        if (request.parameter("lease") == null) {
            return config.lease().toMillis();
        }
        int most = (int) Math.max(1, config.maxLease().toSeconds());
        return TimeUnit.SECONDS.toMillis(QueueRoutes.number(request, "lease", 1, most));
    }

    /** 200 with the jobs, 204 without any. */
    static Reply reply(List<LeasedJob> leased, boolean many) {
        if (many) {
            return leased.isEmpty() ? nothing() : Reply.json(200, QueueJson.leases(leased));
        }
        return leased.isEmpty() ? nothing() : Reply.json(200, QueueJson.lease(leased.get(0)));
    }

    static Reply nothing() {
        return Reply.of(204);
    }
}
