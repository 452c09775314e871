package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.store.StoreRead;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobResult;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * URLs that let anybody download one job's result for a while. What is signed is the job, its owner and the end of the time, under
 * the secret that the gateways of a store share. The owner, and not the incarnation, because an expired job still has one: its URL is
 * answered 410, and another owner's job that took the id later is not shown.
 */
final class ResultLinks {
    private static final String EXPIRES = "expires";
    private static final String SIGNATURE = "signature";
    private static final int MAX_DIGITS = 12;

    private final Services services;

    ResultLinks(Services services) {
        this.services = services;
    }

    /** Whether the request comes with a signature, right or wrong. */
    static boolean isSigned(Request request) {
        return request.parameter(SIGNATURE) != null;
    }

    CompletionStage<String> url(JobId id, @Nullable String owner, long expiresSeconds) {
        return signature(id, owner, Long.toString(expiresSeconds))
                .thenApply(
                        signature -> JobResult.ownUrl(id) + "?expires=" + expiresSeconds + "&signature=" + signature);
    }

    private CompletionStage<String> signature(JobId id, @Nullable String owner, String expires) {
        return DerivedIds.signature(services.store(), "RESULT_URL", owner, id + " " + expires)
                .thenApply(Base64.getUrlEncoder().withoutPadding()::encodeToString);
    }

    /** Goes on where the signature is right and its time is not over; else answers 403, the same for a job that is not there. */
    void check(Exchange exchange, JobId id, Runnable next) {
        exchange.replyWhen(services.store().read(id), read -> check(exchange, id, read, next));
    }

    private void check(Exchange exchange, JobId id, StoreRead read, Runnable next) {
        Request request = exchange.request();
        String expires = String.valueOf(request.parameter(EXPIRES));
        byte[] given = String.valueOf(request.parameter(SIGNATURE)).getBytes(ISO_8859_1);
        boolean inTime = expires.matches("[0-9]{1," + MAX_DIGITS + "}")
                && services.clock().millis() / 1_000 < Long.parseLong(expires);
        exchange.replyWhen(signature(id, read.owner(), expires), right -> {
            boolean signed = MessageDigest.isEqual(right.getBytes(ISO_8859_1), given);
            if (!signed || !inTime || read.status() == StoreRead.Status.ABSENT) {
                throw Rejection.of(
                        403,
                        "signature-invalid",
                        "The URL does not serve",
                        "its signature is wrong, its time is over, or its job is no longer known");
            }
            next.run();
        });
    }
}
