package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.connection.Reply;
import io.netty.handler.codec.http.QueryStringEncoder;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the next page of a list begins: after the thing that was made then and has this id. Callers see it as one opaque text.
 *
 * @param createdMillis since the epoch
 */
record PageCursor(long createdMillis, String id) {
    /**
     * The place that a request goes on from; null where it begins at the beginning.
     *
     * @param place makes it of a cursor; null where the cursor's id can be none
     * @throws Rejection 400 where the parameter is no cursor
     */
    static <T> @Nullable T read(Request request, Function<PageCursor, @Nullable T> place) {
        String cursor = request.parameter("cursor");
        if (cursor == null) {
            return null;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), ISO_8859_1);
            int dot = text.indexOf('.');
            T found = dot < 1
                    ? null
                    : place.apply(
                            new PageCursor(Long.parseUnsignedLong(text.substring(0, dot)), text.substring(dot + 1)));
            if (found != null) {
                return found;
            }
        } catch (IllegalArgumentException e) {
            // Answered below, as every other text that is no cursor.
        }
        throw Rejection.badRequest(
                "cursor-malformed", "\"cursor\" must be one that a page before gave, or be left out");
    }

    /** The URL of the page that begins here, with these parameters as the request had them. */
    String url(String path, Request request, List<String> parameters) {
        QueryStringEncoder url = new QueryStringEncoder(path);
        for (String name : parameters) {
            String value = request.parameter(name);
            if (value != null) {
                url.addParam(name, value);
            }
        }
        byte[] text = (createdMillis + "." + id).getBytes(ISO_8859_1);
        url.addParam("cursor", Base64.getUrlEncoder().withoutPadding().encodeToString(text));
        return url.toString();
    }

    /** Names the next page in the way of RFC 8288, where there is one. */
    static Reply link(Reply page, @Nullable String next) {
        return next == null ? page : page.header("Link", "<" + next + ">; rel=\"next\"");
    }
}
