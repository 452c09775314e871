package dev.ringback.gateway.http;

import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobEvent;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the client says it has already: {@code If-None-Match}, which a 304 may answer, or {@code ?after=}, which it may not.
 *
 * @param tags the cursors among the entity tags
 * @param any whether {@code *} was among them
 * @param after the newest state seen, from either; null for none
 */
record Conditional(List<Cursor> tags, boolean any, @Nullable Cursor after) {
    static Conditional of(Request request) {
        List<Cursor> tags = new ArrayList<>();
        boolean any = false;
        for (String line : request.headers().getAll(HttpHeaderNames.IF_NONE_MATCH)) {
            for (String tag : line.split(",")) {
                Cursor cursor = Cursor.parse(tag);
                if (cursor != null) {
                    tags.add(cursor);
                }
                any |= tag.strip().equals("*");
            }
        }
        Cursor after = Cursor.parse(request.parameter("after"));
        return new Conditional(tags, any, after != null || tags.isEmpty() ? after : tags.get(tags.size() - 1));
    }

    /** Whether the state is one that the client has by its entity tags. */
    boolean matches(JobEvent event) {
        return any || tags.stream().anyMatch(event::isAt);
    }
}
