package dev.ringback.gateway.webhook.client;

import dev.ringback.gateway.webhook.client.WebhookClient.Call;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.util.List;

/** The request of a call: what it sends beside the headers that the caller gave, as often as it is sent. */
final class PostRequest {
    private final String target;
    private final HttpHeaders headers =
            DefaultHttpHeadersFactory.headersFactory().newHeaders();
    private final byte[] body;

    /** @throws IllegalArgumentException where a header can't be sent */
    PostRequest(Call call) {
        URI url = call.url();
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        body = call.body();
        headers.set(HttpHeaderNames.HOST, url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort());
        headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
        headers.setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        headers.set(HttpHeaderNames.USER_AGENT, "Ringback/1");
        headers.set(HttpHeaderNames.ACCEPT, "*/*");
        List<String> more = call.headers();
        for (int i = 0; i < more.size(); i += 2) {
            headers.set(more.get(i), more.get(i + 1));
        }
    }

    /** One to be sent; its buffer is the sender's to release. */
    FullHttpRequest fresh() {
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.POST,
                target,
                Unpooled.wrappedBuffer(body),
                headers,
                EmptyHttpHeaders.INSTANCE);
    }
}
