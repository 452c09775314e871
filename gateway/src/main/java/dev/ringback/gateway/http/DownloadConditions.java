package dev.ringback.gateway.http;

import dev.ringback.gateway.results.ResultMeta;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a download's headers say of the bytes that the client has or wants (RFC 9110, sections 13 and 14).
 *
 * @param headOnly whether only the head is asked for
 * @param ifNoneMatch the tags of what the client has; empty where it says nothing
 */
record DownloadConditions(
        boolean headOnly,
        List<String> ifNoneMatch,
        @Nullable String range,
        @Nullable String ifRange) {
    /** Of most requests, one for all. */
    private static final DownloadConditions NOTHING = new DownloadConditions(false, List.of(), null, null);

    static DownloadConditions of(Request request) {
        HttpHeaders headers = request.headers();
        boolean headOnly = request.method().equals(HttpMethod.HEAD);
        // A range is defined for GET alone.
        String range = headOnly ? null : headers.get(HttpHeaderNames.RANGE);
        boolean several = headers.getAll(HttpHeaderNames.RANGE).size() > 1;
        DownloadConditions conditions = new DownloadConditions(
                headOnly,
                List.copyOf(headers.getAll(HttpHeaderNames.IF_NONE_MATCH)),
                several ? null : range,
                headers.get(HttpHeaderNames.IF_RANGE));
        return conditions.equals(NOTHING) ? NOTHING : conditions;
    }

    /** Whether the client has these bytes. */
    boolean matches(ResultMeta meta) {
        return ifNoneMatch.stream()
                .flatMap(line -> List.of(line.split(",")).stream())
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                .anyMatch(tag -> tag.equals("*") || tag.equals(meta.etag()));
    }

    /** What the client wants of these bytes; null for all of them, as if it had not named a range. */
    @Nullable ByteRange part(ResultMeta meta) {
        boolean valid = ifRange == null || ifRange.strip().equals(meta.etag());
        return range == null || !valid ? null : ByteRange.of(range, meta.length());
    }
}
