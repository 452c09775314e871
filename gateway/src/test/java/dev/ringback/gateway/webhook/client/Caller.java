package dev.ringback.gateway.webhook.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.listen.NativeTransport;
import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import dev.ringback.gateway.webhook.client.WebhookClient.Call;
import dev.ringback.gateway.webhook.client.WebhookClient.Network;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A client on loops of its own, that may call 127.0.0.1 at any port and without TLS. */
final class Caller implements AutoCloseable {
    static final IdleConnections.Limits USUAL =
            new IdleConnections.Limits(64, Duration.ofSeconds(30), Duration.ofMinutes(5));

    private final EventLoopGroup group;
    private final WebhookClient client;

    Caller(String... settings) {
        this(USUAL, settings);
    }

    /** Settings are written as {@code webhook.} settings without the prefix. */
    Caller(IdleConnections.Limits idle, String... settings) {
        NativeTransport transport =
                NativeTransport.select(GatewayConfig.of().listen().transport());
        group = new MultiThreadIoEventLoopGroup(2, transport.ioHandlerFactory());
        Network network = new Network(group, transport.socketChannel(), transport.datagramChannel());
        List<String> all =
                new ArrayList<>(List.of("allow-http=true", "allow-cidrs=127.0.0.1", "ports=", "timeout=10s"));
        all.addAll(List.of(settings));
        String[] written = all.stream().map(setting -> "webhook." + setting).toArray(String[]::new);
        try {
            client = new WebhookClient(network, GatewayConfig.of(written).webhook(), idle);
        } catch (IllegalArgumentException e) {
            group.shutdownGracefully(0, 5, SECONDS).awaitUninterruptibly();
            throw e;
        }
    }

    WebhookClient client() {
        return client;
    }

    CompletableFuture<Answer> begin(String url) {
        return begin(new Call(URI.create(url), List.of("webhook-id", "wd_1"), "{\"a\":1}".getBytes(UTF_8)));
    }

    CompletableFuture<Answer> begin(Call call) {
        return client.post(call).toCompletableFuture();
    }

    /** Waits for the answer. */
    Answer post(String url) {
        return answer(begin(url));
    }

    static Answer answer(CompletableFuture<Answer> answer) {
        try {
            return answer.get(60, SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until no connection is open. */
    @Override
    public void close() {
        client.close();
        group.shutdownGracefully(0, 5, SECONDS).awaitUninterruptibly();
        assertThat(client.connections()).isZero();
    }
}
