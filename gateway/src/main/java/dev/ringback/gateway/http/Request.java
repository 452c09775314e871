package dev.ringback.gateway.http;

import dev.ringback.protocol.JobId;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One whole HTTP request. */
public final class Request {
    private static final int MAX_PARAMETERS = 64;
    private static final int MAX_WAIT_DIGITS = 9;
    private static final Set<String> NOT_WANTED = Set.of("q=0", "q=0.", "q=0.0", "q=0.00", "q=0.000");

    private final HttpRequest head;
    private final byte[] body;
    private final List<String> segments;
    private final Map<String, List<String>> parameters;

    /**
     * Reads the head's target.
     *
     * @throws Rejection where the target can't be read
     */
    public Request(HttpRequest head, byte[] body) {
        this.head = head;
        this.body = body;
        try {
            QueryStringDecoder target = new QueryStringDecoder(
                    originForm(head.uri()), java.nio.charset.StandardCharsets.UTF_8, true, MAX_PARAMETERS, true);
            this.segments = segments(target.rawPath());
            this.parameters = target.parameters();
        } catch (IllegalArgumentException e) {
            throw Rejection.badRequest("target-malformed", "the request target is not a valid URL");
        }
    }

    /** The path and query of a target that may be a whole URL (RFC 9112, section 3.2.2). */
    private static String originForm(String target) {
        if (target.startsWith("/")) {
            return target;
        }
        String lower = target.toLowerCase(Locale.ROOT);
        if (!lower.startsWith("http://") && !lower.startsWith("https://")) {
            throw Rejection.badRequest("target-malformed", "the request target must be a path");
        }
        int authority = target.indexOf("//") + 2;
        int query = target.indexOf('?', authority);
        int path = target.indexOf('/', authority);
        if (path < 0 || (query >= 0 && query < path)) {
            return query < 0 ? "/" : "/" + target.substring(query);
        }
        return target.substring(path);
    }

    private static List<String> segments(String rawPath) {
        if (rawPath.equals("/")) {
            return List.of();
        }
        return Arrays.stream(rawPath.substring(1).split("/", -1))
                .map(QueryStringDecoder::decodeComponent)
                .toList();
    }

    public HttpMethod method() {
        return head.method();
    }

    public HttpHeaders headers() {
        return head.headers();
    }

    public byte[] body() {
        return body;
    }

    /** The path's parts, decoded: {@code /jobs/1} is {@code jobs}, {@code 1}. */
    public List<String> segments() {
        return segments;
    }

    public @Nullable String parameter(String name) {
        List<String> values = parameters.get(name);
        return values == null ? null : values.get(0);
    }

    /**
     * The job that the path names.
     *
     * @throws Rejection 400 where that is no job id
     */
    public JobId jobId() {
        return jobId(segments.get(1));
    }

    static JobId jobId(String text) {
        JobId id = JobId.parse(text);
        if (id == null) {
            throw Rejection.badRequest(
                    "job-id-malformed",
                    "a job id has 1 to 128 characters of [A-Za-z0-9._~:-], and does not begin with job:");
        }
        return id;
    }

    /**
     * How many of something are wanted on one page.
     *
     * @throws Rejection 400 where {@code limit} is no number from 1 to the maximum
     */
    int limit(int otherwise, int max) {
        String limit = parameter("limit");
        if (limit == null) {
            return otherwise;
        }
        boolean digits =
                !limit.isEmpty() && limit.length() <= 9 && limit.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(limit) : 0;
        if (number < 1 || number > max) {
            throw Rejection.badRequest("limit-malformed", "\"limit\" must be a whole number, 1 to " + max);
        }
        return number;
    }

    /**
     * How long the client wants to wait, by {@code ?wait=} or else by {@code Prefer: wait=}; null where it does not say.
     *
     * @throws Rejection 400 where the parameter is malformed
     */
    public @Nullable Duration wish() {
        String parameter = parameter("wait");
        if (parameter == null) {
            return preferredWait();
        }
        Duration wait = seconds(parameter);
        if (wait == null) {
            throw Rejection.badRequest("wait-malformed", "\"wait\" must be a whole number of seconds, like wait=30");
        }
        return wait;
    }

    /** What {@code Prefer: wait=} says; null where it says nothing, or nothing that can be read: RFC 7240 ignores that. */
    public @Nullable Duration preferredWait() {
        String preference = preference("wait");
        return preference == null ? null : seconds(preference);
    }

    private static @Nullable Duration seconds(String text) {
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && text.length() <= MAX_WAIT_DIGITS ? Duration.ofSeconds(Long.parseLong(text)) : null;
    }

    /** The value of a preference (RFC 7240), empty where it has none; null where it is not stated. */
    private @Nullable String preference(String name) {
        for (String line : head.headers().getAll("Prefer")) {
            for (String part : line.split("[,;]")) {
                int equals = part.indexOf('=');
                String token = (equals < 0 ? part : part.substring(0, equals)).strip();
                if (token.equalsIgnoreCase(name)) {
                    return equals < 0 ? "" : part.substring(equals + 1).strip().replace("\"", "");
                }
            }
        }
        return null;
    }

    public boolean isHttp11() {
        return head.protocolVersion().equals(HttpVersion.HTTP_1_1);
    }

    /** Whether the client asks for this very media type: {@code *}{@code /*} does not count, nor does {@code q=0}. */
    public boolean accepts(String mediaType) {
        return head.headers().getAll(HttpHeaderNames.ACCEPT).stream()
                .flatMap(line -> Arrays.stream(line.toLowerCase(Locale.ROOT).split(",")))
                .map(range -> range.split(";", -1))
                .anyMatch(parts -> parts[0].strip().equals(mediaType)
                        && Arrays.stream(parts).map(String::strip).noneMatch(NOT_WANTED::contains));
    }
}
