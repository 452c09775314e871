package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.BodySink;
import dev.ringback.gateway.results.ResultMeta;
import dev.ringback.gateway.store.LeaseUse;
import dev.ringback.protocol.JobId;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code PUT /jobs/{id}/result}: a worker completes a job with bytes of any media type. */
final class UploadEndpoint implements Endpoint {
    private static final String OCTETS = "application/octet-stream";
    private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
    /** RFC 9110, section 8.3.1. */
    private static final Pattern MEDIA_TYPE = Pattern.compile(
            TOKEN + "/" + TOKEN + "([ \\t]*;[ \\t]*" + TOKEN + "=(" + TOKEN + "|\"([ !#-\\[\\]-~]|\\\\[ -~])*\"))*");

    private final Services services;

    UploadEndpoint(Services services) {
        this.services = services;
    }

    @Override
    public void handle(Exchange exchange) {
        throw new IllegalStateException("an upload's body is taken in parts");
    }

    /**
     * Takes the request over, whose body has not been read.
     *
     * @throws Rejection where it can be told from the head that it can't be taken
     */
    BodySink receive(Exchange exchange) {
        Request request = exchange.request();
        JobId id = request.jobId();
        if (!exchange.principal().movesJobs()) {
            throw Rejection.of(403, "not-a-worker", "Forbidden", "only a worker's token moves jobs");
        }
        Origins.check(request, services.config());
        HttpHeaders headers = request.headers();
        if (headers.contains(HttpHeaderNames.CONTENT_ENCODING)) {
            throw Rejection.of(
                    415,
                    "content-encoding-unsupported",
                    "Unsupported encoding",
                    "send the bytes as they are to be kept");
        }
        if (headers.contains(HttpHeaderNames.CONTENT_RANGE)) {
            throw Rejection.badRequest("content-range-unsupported", "send the whole result at once");
        }
        long length = Long.parseLong(headers.get(HttpHeaderNames.CONTENT_LENGTH, "0"));
        if (length > services.results().config().maxBytes()) {
            throw new Rejection(ResultUpload.tooLarge(services));
        }
        return new ResultUpload(services, exchange, id, mediaType(headers), lease(request));
    }

    private static @Nullable LeaseUse lease(Request request) {
        String text = request.parameter("leaseId");
        return text == null ? null : LeaseUse.of(LeasedReports.token(text).leaseId());
    }

    private static String mediaType(HttpHeaders headers) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE, OCTETS).strip();
        boolean single = headers.getAll(HttpHeaderNames.CONTENT_TYPE).size() <= 1;
        if (!single
                || type.length() > ResultMeta.MAX_MEDIA_TYPE
                || !MEDIA_TYPE.matcher(type).matches()) {
            throw Rejection.badRequest(
                    "media-type-malformed",
                    "Content-Type must be one media type of at most " + ResultMeta.MAX_MEDIA_TYPE + " characters");
        }
        return type.replace('\t', ' ');
    }
}
