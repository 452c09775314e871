package dev.ringback.gateway.webhook.client;

import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import dev.ringback.gateway.webhook.client.WebhookClient.Call;
import dev.ringback.gateway.webhook.client.WebhookClient.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One call, from the name to the answer. Confined to its loop.
 *
 * <pre>
 *   NEW ─► NAMING ─► DIALING ─► ASKED ─► ANSWERING ─► DONE
 *             │         ▲ │ ▲     │                     ▲
 *             │         └─┘ └─────┤ a kept connection   │
 *             └───► ASKED         │ was gone            │
 *          each ──────────────────┴─────────────────────┘
 * </pre>
 */
final class OneCall implements Connection.Asker {
    /** A name with more addresses than this has them tried in vain: it is no list of doors to knock at. */
    private static final int MAX_ADDRESSES = 8;
    /** So much of the body is read, lest the connection be closed for a few more bytes. */
    private static final int BODY_BYTES = 16 << 10;
    /** The status is known; the body is only for people. */
    private static final Duration BODY_WAIT = Duration.ofSeconds(1);

    private static final int RETRY_AFTER_CHARACTERS = 100;

    /** What all calls share. */
    record Parts(UrlPolicy policy, Names names, Dialer dialer, Duration timeout) {}

    private enum State {
        NEW("waiting for the loop"),
        NAMING("looking up the name"),
        DIALING("connecting"),
        ASKED("waiting for the answer"),
        ANSWERING("reading the answer"),
        DONE("done");

        private final String doing;

        State(String doing) {
            this.doing = doing;
        }
    }

    private final Parts parts;
    private final CallingLoop here;
    private final Call call;
    private final PostRequest request;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final long startNanos = System.nanoTime();
    private final Excerpt excerpt = new Excerpt();
    private State state = State.NEW;
    private List<Peer> peers = List.of();
    private @Nullable Future<?> deadline;
    private @Nullable Future<?> bodyDeadline;
    private @Nullable Future<Connection> dialing;
    private @Nullable Connection connection;
    private @Nullable HttpResponse head;
    /** Whether the connection had served another request, and may have been closed meanwhile. */
    private boolean isKept;

    private int bodyBytes;

    OneCall(Parts parts, CallingLoop here, Call call) {
        this.parts = parts;
        this.here = here;
        this.call = call;
        this.request = new PostRequest(call);
    }

    CompletableFuture<Answer> answer() {
        return answer;
    }

    void start() {
        deadline = here.loop().schedule(this::late, parts.timeout().toNanos(), TimeUnit.NANOSECONDS);
        move(State.NAMING);
        parts.names().addresses(call.url().getHost(), here.loop()).addListener((Future<List<InetAddress>> looked) -> {
            if (state == State.NAMING) {
                named(looked);
            }
        });
    }

    private void move(State next) {
        assert here.loop().inEventLoop();
        assert state != State.DONE : "done, and then " + next;
        state = next;
    }

    private void named(Future<List<InetAddress>> looked) {
        if (!looked.isSuccess()) {
            fail(Failure.NAME, Dialer.reason(looked.cause()));
            return;
        }
        List<InetAddress> addresses = looked.getNow();
        for (InetAddress address : addresses) {
            String objection = parts.policy().objection(address);
            if (objection != null) {
                fail(Failure.DENIED, call.url().getHost() + ": " + objection);
                return;
            }
        }
        peers = addresses.stream()
                .distinct()
                .limit(MAX_ADDRESSES)
                .map(this::peer)
                .toList();
        for (Peer peer : peers) {
            Connection kept = here.idle().take(peer);
            if (kept != null) {
                isKept = true;
                ask(kept);
                return;
            }
        }
        dial(0);
    }

    private Peer peer(InetAddress address) {
        URI url = call.url();
        String host = url.getHost().replace("[", "").replace("]", "");
        return new Peer(url.getScheme().equalsIgnoreCase("https"), host, UrlPolicy.port(url), address);
    }

    /** Connects to one address; where that can't be done, to the next. */
    private void dial(int which) {
        move(State.DIALING);
        Future<Connection> dial = parts.dialer().dial(here.loop(), peers.get(which));
        dialing = dial;
        dial.addListener((Future<Connection> made) -> {
            if (state != State.DIALING) {
                return;
            }
            dialing = null;
            if (made.isSuccess()) {
                ask(made.getNow());
                return;
            }
            CallException why = (CallException) made.cause();
            if (why.failure() == Failure.CONNECT && which + 1 < peers.size()) {
                dial(which + 1);
            } else {
                fail(why.failure(), why.detail());
            }
        });
    }

    private void ask(Connection to) {
        move(State.ASKED);
        connection = to;
        to.ask(request.fresh(), this);
    }

    @Override
    public void head(HttpResponse newHead) {
        move(State.ANSWERING);
        head = newHead;
        bodyDeadline = here.loop().schedule(this::finish, BODY_WAIT.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void body(ByteBuf piece) {
        bodyBytes += piece.readableBytes();
        excerpt.add(piece);
        if (bodyBytes > BODY_BYTES) {
            finish();
        }
    }

    @Override
    public void ended(Connection whole) {
        connection = null;
        here.idle().offer(whole);
        finish();
    }

    @Override
    public void lost(@Nullable Throwable cause) {
        connection = null;
        Failure failure = failure(cause);
        if (head != null) {
            finish();
        } else if (isKept && failure != Failure.MALFORMED) {
            isKept = false;
            dial(0);
        } else {
            fail(failure, cause == null ? "the connection was closed without an answer" : Dialer.reason(cause));
        }
    }

    private static Failure failure(@Nullable Throwable cause) {
        if (cause == null || cause instanceof PrematureChannelClosureException) {
            return Failure.RESET;
        }
        Throwable inner = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (inner instanceof SSLException) {
            return Failure.TLS;
        }
        return inner instanceof IOException ? Failure.RESET : Failure.MALFORMED;
    }

    private void late() {
        if (head != null) {
            finish();
        } else {
            fail(Failure.TIMEOUT, parts.timeout().toMillis() + " ms were over while " + state.doing);
        }
    }

    /** The client is being closed. */
    void stop() {
        fail(Failure.RESET, "the gateway is stopping");
    }

    /** The loop is gone; any thread. */
    void refused() {
        answer.complete(Answer.none(Failure.RESET, "the gateway has stopped", System.nanoTime() - startNanos));
    }

    private void fail(Failure failure, String detail) {
        end(Answer.none(failure, detail, System.nanoTime() - startNanos));
    }

    /** The status counts, however much of the body came. */
    private void finish() {
        HttpResponse known = Objects.requireNonNull(head, "no answer yet");
        String retryAfter = known.headers().get(HttpHeaderNames.RETRY_AFTER);
        if (retryAfter != null && retryAfter.length() > RETRY_AFTER_CHARACTERS) {
            retryAfter = null;
        }
        long latencyNanos = System.nanoTime() - startNanos;
        end(new Answer(known.status().code(), null, null, retryAfter, excerpt.text(), latencyNanos));
    }

    private void end(Answer known) {
        if (state == State.DONE) {
            return;
        }
        move(State.DONE);
        cancel(deadline);
        cancel(bodyDeadline);
        cancel(dialing);
        if (connection != null) {
            connection.close();
        }
        here.ended(this);
        answer.complete(known);
    }

    private static void cancel(@Nullable Future<?> future) {
        if (future != null) {
            future.cancel(false);
        }
    }
}
