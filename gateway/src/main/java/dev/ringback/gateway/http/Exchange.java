package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.stream.JobReplies;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request, who makes it, and the connection that carries the answer. */
public record Exchange(Request request, Principal principal, ClientConnection connection) {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    public void reply(Reply reply) {
        connection.reply(reply);
    }

    /** Answers with what becomes of the stage, on the connection's loop; the store's failures have an answer of their own. */
    public <T> void replyWhen(CompletionStage<T> stage, Consumer<T> answer) {
        replyWhen(connection, stage, answer);
    }

    /** The same where only the connection is at hand. */
    static <T extends @Nullable Object> void replyWhen(
            ClientConnection connection, CompletionStage<T> stage, Consumer<T> answer) {
        stage.whenComplete((value, failure) -> connection.loop().run(() -> {
            try {
                if (failure == null) {
                    answer.accept(value);
                } else if (StoreException.causeOf(failure) instanceof Rejection rejection) {
                    connection.reply(rejection.reply());
                } else {
                    connection.reply(JobReplies.unavailable(StoreException.of(failure)));
                }
            } catch (Rejection rejection) {
                connection.reply(rejection.reply());
            } catch (RuntimeException bug) {
                LOG.error("a request failed", bug);
                connection.reply(Router.internalError());
            }
        }));
    }
}
