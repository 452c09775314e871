package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.relay.ManualLoop;
import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.gateway.store.UnusableFileException;
import dev.ringback.gateway.webhook.client.WebhookClient.Answer;
import dev.ringback.gateway.webhook.client.WebhookClient.Call;
import dev.ringback.gateway.webhook.client.WebhookClient.Failure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A dispatcher on a store in memory, in virtual time, before receivers that answer when and what the test says. */
final class DispatcherUnderTest {
    static final long START_MILLIS = 1_700_000_000_000L;
    private static final SigningSecret SECRET = WebhooksFixture.secret(7);

    final ManualLoop loop = new ManualLoop();
    final UnreliableWebhookStore store;
    final WebhookCounters counters = new WebhookCounters();
    final Dispatcher dispatcher;
    private final MemoryOutbox outbox;
    private final List<Request> requests = new ArrayList<>();
    private Consumer<Request> usual = request -> {};
    private int events;

    /** A request as it was sent; the test answers it. */
    record Request(String host, String body, long atMillis, CompletableFuture<Answer> answer) {
        void answer(int status) {
            answer(status, null);
        }

        void answer(int status, @Nullable String retryAfter) {
            answer.complete(new Answer(status, null, null, retryAfter, "", 1_000_000));
        }

        void fail(Failure failure) {
            answer.complete(new Answer(0, failure, "as the test says", null, "", 1_000_000));
        }

        boolean isUnderWay() {
            return !answer.isDone();
        }
    }

    /** Settings without {@code webhook.}; jitter only where the test asks for it. */
    DispatcherUnderTest(String... settings) {
        List<String> all = new ArrayList<>(List.of("webhook.jitter-percent=0"));
        Arrays.stream(settings).forEach(setting -> all.add("webhook." + setting));
        GatewayConfig config = GatewayConfig.of(all.toArray(String[]::new));
        outbox = new MemoryOutbox(config);
        try {
            store = new UnreliableWebhookStore(
                    MemoryWebhookStore.open(new MemoryWebhookStore.Parts(config, loop, this::now, outbox, null)));
        } catch (UnusableFileException e) {
            throw new IllegalStateException(e);
        }
        dispatcher = new Dispatcher(new Dispatcher.Parts(
                loop, store, config.webhook(), this::send, owner -> SECRET, this::now, new Random(1), counters));
        dispatcher.start();
    }

    private Instant now() {
        return Instant.ofEpochMilli(nowMillis());
    }

    long nowMillis() {
        return START_MILLIS + TimeUnit.NANOSECONDS.toMillis(loop.nanoTime());
    }

    private CompletionStage<Answer> send(Call call) {
        Request request = new Request(
                call.url().getHost(), new String(call.body(), UTF_8), nowMillis(), new CompletableFuture<>());
        requests.add(request);
        usual.accept(request);
        return request.answer();
    }

    /** What is done about each request from now on; nothing until it is said. */
    void receivers(Consumer<Request> answering) {
        usual = answering;
    }

    // ── what is to be sent ─────────────────────────────────────────────────────────────────────────────────────

    /** A completed job, to be told to this host by its own webhook; the body is its name. */
    static Delivery delivery(String host, String name) {
        return delivery(host, name, WebhookEvent.COMPLETED, START_MILLIS);
    }

    static Delivery delivery(String host, String name, WebhookEvent event, long dueMillis) {
        String destination = "https://" + host + ":443";
        return Delivery.due(
                "wd_" + host + "_" + name, sent(destination, null, "https://" + host + "/", event, name, dueMillis));
    }

    /** To the endpoint of this id, which {@link #endpoint} makes at the host of the same name. */
    static Delivery toEndpoint(String id, String name) {
        return Delivery.due(
                "wd_" + id + "_" + name,
                sent(id, id, "https://" + id + ".example/", WebhookEvent.COMPLETED, name, START_MILLIS));
    }

    private static Delivery.Sent sent(
            String destination, @Nullable String endpoint, String url, WebhookEvent event, String name, long millis) {
        String job = name.substring(0, name.indexOf('-') < 0 ? name.length() : name.indexOf('-'));
        return new Delivery.Sent(
                job + "/life-1", destination, endpoint, "alice", url, SECRET, event, job, millis, name.getBytes(UTF_8));
    }

    void endpoint(String id) {
        WebhookEndpoint endpoint = new WebhookEndpoint(
                id,
                "alice",
                "https://" + id + ".example/",
                null,
                WebhookEvent.ENDS,
                List.of(),
                List.of(new WebhookEndpoint.Signer(SECRET, 0)),
                START_MILLIS,
                1,
                null);
        WebhooksFixture.get(store.putEndpoint(endpoint));
    }

    void add(Delivery... deliveries) {
        WebhooksFixture.get(store.add(null, List.of(deliveries)));
    }

    /** So many to a host, named 0, 1, … with leading zeros. */
    void addMany(String host, int count) {
        Delivery[] many = new Delivery[count];
        Arrays.setAll(many, i -> delivery(host, "%05d".formatted(i)));
        add(many);
    }

    void event(OutboxEvent event) {
        outbox.accept(++events, event);
    }

    // ── what came of it ────────────────────────────────────────────────────────────────────────────────────────

    void pass(long millis) {
        loop.pass(millis);
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    List<Request> requests(String host) {
        return requests.stream().filter(request -> request.host().equals(host)).toList();
    }

    List<String> bodies(String host) {
        return requests(host).stream().map(Request::body).toList();
    }

    List<Request> underWay() {
        return requests.stream().filter(Request::isUnderWay).toList();
    }

    List<Request> underWay(String host) {
        return underWay().stream()
                .filter(request -> request.host().equals(host))
                .toList();
    }

    void answerAll(int status) {
        underWay().forEach(request -> request.answer(status));
    }

    /** How it stands in the store. */
    Delivery find(Delivery delivery) {
        Delivery found = WebhooksFixture.get(store.delivery(delivery.id()));
        if (found == null) {
            throw new AssertionError("there is no " + delivery.id());
        }
        return found;
    }

    boolean isThere(Delivery delivery) {
        return WebhooksFixture.get(store.delivery(delivery.id())) != null;
    }

    /** Why the last attempt failed. */
    @Nullable String failure(Delivery delivery) {
        List<Delivery.Attempt> log = find(delivery).log();
        return log.get(log.size() - 1).failure();
    }

    /** What another gateway would be given now. */
    Set<String> claimable() {
        return Set.copyOf(WebhooksFixture.get(store.claim(100)));
    }
}
