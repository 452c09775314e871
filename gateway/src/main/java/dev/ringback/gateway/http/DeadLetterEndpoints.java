package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.queue.DeadLetterDesk;
import dev.ringback.gateway.queue.DeadLetterDesk.Letter;
import dev.ringback.gateway.queue.QueueJson;
import dev.ringback.gateway.queue.QueueStore.Dead;
import dev.ringback.gateway.queue.Queues;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreWrite.Outcome;
import dev.ringback.gateway.stream.JobReplies;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobPace;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.NewJob;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /queues/{type}/dead}: jobs that failed for good, and how they are submitted again or forgotten. */
final class DeadLetterEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterEndpoints.class);
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 100;

    private final DeadLetterDesk letters;
    private final Services services;
    private final Resubmission resubmission;

    DeadLetterEndpoints(Queues queues, Services services) {
        this.letters = new DeadLetterDesk(queues);
        this.services = services;
        this.resubmission = new Resubmission(services);
    }

    void list(Exchange exchange) {
        Request request = exchange.request();
        page(exchange, request.limit(DEFAULT_LIMIT, MAX_LIMIT), page -> {
            List<byte[]> shown = page.letters().stream()
                    .map(letter -> QueueJson.dead(letter.job().present(), letter.diedMillis(), null))
                    .toList();
            String next = next(request, page, "");
            exchange.reply(PageCursor.link(JobReplies.about(Reply.json(200, QueueJson.deadPage(shown, next))), next));
        });
    }

    private static @Nullable String next(Request request, DeadLetterDesk.Page page, String action) {
        Dead place = page.next();
        String type = URLEncoder.encode(QueueRoutes.type(request), UTF_8).replace("+", "%20");
        return place == null
                ? null
                : new PageCursor(place.diedMillis(), place.id().toString())
                        .url("/queues/" + type + "/dead" + action, request, List.of("limit"));
    }

    private void page(Exchange exchange, int limit, Consumer<DeadLetterDesk.Page> answer) {
        QueueRoutes.requireWorker(exchange);
        Dead after = PageCursor.read(exchange.request(), cursor -> {
            JobId id = JobId.parse(cursor.id());
            return id == null ? null : new Dead(id, cursor.createdMillis());
        });
        String type = QueueRoutes.type(exchange.request());
        exchange.replyWhen(letters.page(type, limit, after, exchange.principal()::maySee), answer);
    }

    void show(Exchange exchange) {
        find(exchange, (job, type) -> {
            JobEvent present = job.present();
            CompletionStage<@Nullable NewJob> submitted = services.store().submitted(present.jobId());
            exchange.replyWhen(
                    submitted,
                    given -> exchange.reply(Reply.json(
                            200,
                            QueueJson.dead(
                                    present,
                                    JobPace.of(present).completedMillis(),
                                    given == null ? null : given.input()))));
        });
    }

    /** Calls back with the dead letter that the path names, or answers 404. */
    private void find(Exchange exchange, BiConsumer<JobSnapshot, String> found) {
        QueueRoutes.requireWorker(exchange);
        String type = QueueRoutes.type(exchange.request());
        JobId id = Request.jobId(exchange.request().segments().get(3));
        exchange.replyWhen(letters.find(type, id, exchange.principal()::maySee), job -> {
            if (job == null) {
                throw Rejection.of(
                        404, "dead-letter-unknown", "Not found", "job " + id + " is no dead letter of type " + type);
            }
            found.accept(job, type);
        });
    }

    void replay(Exchange exchange) {
        Origins.check(exchange.request(), services.config());
        find(
                exchange,
                (job, type) -> exchange.replyWhen(resubmission.of(job), made -> {
                    Reply reply = RetryEndpoint.answer(services, job.present(), made);
                    JobId id = job.present().jobId();
                    List<JobId> gone = replayed(id, made, null) == null ? List.of() : List.of(id);
                    exchange.replyWhen(letters.remove(type, gone), removed -> exchange.reply(reply));
                }));
    }

    /** Submits a page's worth again, and says whether there are more. */
    void replayAll(Exchange exchange) {
        Origins.check(exchange.request(), services.config());
        page(
                exchange,
                MAX_LIMIT,
                page -> exchange.replyWhen(replay(exchange, page.letters()), count -> {
                    byte[] json = QueueJson.count("replayed", count, next(exchange.request(), page, "/replay"));
                    exchange.reply(Reply.json(202, json));
                }));
    }

    /** One that can't be submitted again now stays on the list. */
    private CompletionStage<Integer> replay(Exchange exchange, List<Letter> dead) {
        List<CompletableFuture<@Nullable JobId>> made = new ArrayList<>();
        for (Letter letter : dead) {
            made.add(resubmission
                    .of(letter.job())
                    .handle((done, failure) -> replayed(letter.job().present().jobId(), done, failure))
                    .toCompletableFuture());
        }
        String type = QueueRoutes.type(exchange.request());
        return CompletableFuture.allOf(made.toArray(CompletableFuture<?>[]::new))
                .thenCompose(all -> {
                    List<JobId> replayed = new ArrayList<>();
                    for (CompletableFuture<@Nullable JobId> one : made) {
                        JobId id = one.join();
                        if (id != null) {
                            replayed.add(id);
                        }
                    }
                    return letters.remove(type, replayed);
                });
    }

    private static @Nullable JobId replayed(JobId id, Resubmission.@Nullable Made made, @Nullable Throwable failure) {
        if (failure != null) {
            Throwable cause = StoreException.causeOf(failure);
            if (!(cause instanceof Rejection || cause instanceof StoreException)) {
                LOG.error("dead letter {} could not be submitted again", id, cause);
            }
            return null;
        }
        boolean done = made != null
                && (made.write().outcome() == Outcome.CREATED || made.write().outcome() == Outcome.REPEATED);
        return done ? id : null;
    }

    void remove(Exchange exchange) {
        Origins.check(exchange.request(), services.config());
        find(
                exchange,
                (job, type) -> exchange.replyWhen(
                        letters.remove(type, List.of(job.present().jobId())), count -> exchange.reply(Reply.of(204))));
    }

    /** Takes a page's worth off the list, and says whether there are more. */
    void purge(Exchange exchange) {
        Origins.check(exchange.request(), services.config());
        String type = QueueRoutes.type(exchange.request());
        page(exchange, MAX_LIMIT, page -> {
            List<JobId> ids = page.letters().stream()
                    .map(letter -> letter.job().present().jobId())
                    .toList();
            exchange.replyWhen(
                    letters.remove(type, ids),
                    count -> exchange.reply(
                            Reply.json(200, QueueJson.count("purged", count, next(exchange.request(), page, "")))));
        });
    }
}
