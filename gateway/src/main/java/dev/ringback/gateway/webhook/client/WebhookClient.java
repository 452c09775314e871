package dev.ringback.gateway.webhook.client;

import dev.ringback.gateway.config.WebhookConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to the URLs that callers gave, and trusts neither the URLs nor who answers there.
 *
 * <pre>
 *   post ─► policy ─► loop of the URL's origin: name ─► policy, each address ─► connection ─► request ─► head ─► body
 * </pre>
 *
 * <p>All calls to one origin are made on one loop, so that its connections can be used again without a lock. Redirects are not
 * followed: a status is a status. A request may arrive twice, where a connection that was kept turned out to be gone; receivers know
 * repeats by their id.
 */
public final class WebhookClient implements AutoCloseable {
    private static final IdleConnections.Limits IDLE =
            new IdleConnections.Limits(1_024, Duration.ofSeconds(30), Duration.ofMinutes(5));

    private final UrlPolicy policy;
    private final Names names;
    private final Dialer dialer;
    private final OneCall.Parts parts;
    private final List<CallingLoop> loops = new ArrayList<>();

    /** What the client's sockets run on. */
    public record Network(
            EventLoopGroup group, Class<? extends SocketChannel> sockets, Class<? extends DatagramChannel> datagrams) {}

    /**
     * One POST.
     *
     * @param headers names and values in turn
     * @param body JSON, not to be changed until it was answered
     */
    public record Call(URI url, List<String> headers, byte[] body) {
        public Call {
            headers = List.copyOf(headers);
            if (headers.size() % 2 != 0) {
                throw new IllegalArgumentException("a header without a value");
            }
        }

        /** Without the headers, which are signed, and the body, which is the caller's business. */
        @Override
        public String toString() {
            return "Call[" + url + "]";
        }
    }

    /**
     * What came of it.
     *
     * @param status 0 where no answer came
     * @param failure null where one came
     * @param detail more of the failure, for operators; null where there is none
     * @param retryAfter that header as it came; null for none
     * @param excerpt the first of the answer's body, as printable text
     */
    public record Answer(
            int status,
            @Nullable Failure failure,
            @Nullable String detail,
            @Nullable String retryAfter,
            String excerpt,
            long latencyNanos) {

        static Answer none(Failure failure, String detail, long latencyNanos) {
            return new Answer(0, failure, detail, null, "", latencyNanos);
        }
    }

    /** Why no answer came. */
    public enum Failure {
        /** The URL, or an address of its host, may not be called. */
        DENIED,
        /** The host has no address. */
        NAME,
        /** No connection could be made. */
        CONNECT,
        /** No secure connection could be made, or not to the right one. */
        TLS,
        /** The time was over. */
        TIMEOUT,
        /** The connection ended before an answer came. */
        RESET,
        /** What came was no answer. */
        MALFORMED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException where {@code webhook.trust} can't be read; its message is for the operator */
    public WebhookClient(Network network, WebhookConfig config) {
        this(network, config, IDLE);
    }

    /** @param idle for all loops together */
    WebhookClient(Network network, WebhookConfig config, IdleConnections.Limits idle) {
        policy = new UrlPolicy(config);
        dialer = new Dialer(network.sockets(), Trust.context(config.trust()), config.connectTimeout());
        names = new Names(network.group().next(), network, config);
        parts = new OneCall.Parts(policy, names, dialer, config.timeout());
        List<EventLoop> all = new ArrayList<>();
        for (EventExecutor executor : network.group()) {
            all.add((EventLoop) executor);
        }
        IdleConnections.Limits each =
                new IdleConnections.Limits(Math.max(1, idle.most() / all.size()), idle.idle(), idle.life());
        all.forEach(loop -> loops.add(new CallingLoop(loop, each)));
    }

    /**
     * Sends it. Any thread; the stage completes on any thread, never exceptionally.
     *
     * @throws IllegalArgumentException where a header can't be sent
     */
    public CompletionStage<Answer> post(Call call) {
        String complaint = policy.complaint(call.url().toString());
        if (complaint != null) {
            return CompletableFuture.completedFuture(Answer.none(Failure.DENIED, complaint, 0));
        }
        CallingLoop loop = loops.get(Math.floorMod(origin(call.url()).hashCode(), loops.size()));
        OneCall one = new OneCall(parts, loop, call);
        loop.begin(one);
        return one.answer();
    }

    private static String origin(URI url) {
        return (url.getScheme() + "://" + url.getHost() + ":" + UrlPolicy.port(url)).toLowerCase(Locale.ROOT);
    }

    /** How many are open now; any thread. */
    public long connections() {
        return dialer.open();
    }

    /** Ends all calls. The loops stay. */
    @Override
    public void close() {
        loops.forEach(CallingLoop::close);
        names.close();
        dialer.close();
    }
}
