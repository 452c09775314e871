package dev.ringback.gateway;

import dev.ringback.gateway.config.ConfigLoader;
import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.demo.DemoWorker;
import dev.ringback.gateway.http.AdminRouter;
import dev.ringback.gateway.http.Authenticator;
import dev.ringback.gateway.http.Endpoint;
import dev.ringback.gateway.http.QueueRoutes;
import dev.ringback.gateway.http.Router;
import dev.ringback.gateway.http.Services;
import dev.ringback.gateway.http.SubmittedWebhooks;
import dev.ringback.gateway.http.WebhookRoutes;
import dev.ringback.gateway.hub.Hints;
import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.hub.HubCounters;
import dev.ringback.gateway.hub.Shard;
import dev.ringback.gateway.listen.Drain;
import dev.ringback.gateway.listen.ListenCounters;
import dev.ringback.gateway.listen.Listener;
import dev.ringback.gateway.listen.NativeTransport;
import dev.ringback.gateway.loop.NettyLoop;
import dev.ringback.gateway.metrics.GatewayMetrics;
import dev.ringback.gateway.overload.MemoryGuard;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.overload.ProcessMemory;
import dev.ringback.gateway.queue.Queues;
import dev.ringback.gateway.results.Results;
import dev.ringback.gateway.stream.StreamContext;
import dev.ringback.gateway.stream.StreamCounters;
import dev.ringback.gateway.webhook.Webhooks;
import dev.ringback.gateway.webhook.client.WebhookClient;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gateway: what it is made of, and how the parts meet.
 *
 * <pre>
 *   listen.Listener ─► http.Router ─► stream.* ─► hub.Hub ◄─ relay.JobRelay
 *                          └────────► store.JobStore ────────────────▲
 * </pre>
 */
public final class Gateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final long STOP_SECONDS = 5;
    /** Even at the deadline of a drain, what was delivered should be written. */
    private static final long LAST_DELIVERIES_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** Jitter: each loop has its own, behind one face. */
    private static final RandomGenerator RANDOM =
            () -> ThreadLocalRandom.current().nextLong();

    private static final int GATEWAY_ID_BITS = 48;

    private final GatewayConfig config;
    private final Loops loops;
    private final Backend backend;
    private final Counters counters = new Counters(new ListenCounters(), new HubCounters(), new StreamCounters());
    private final MemoryGuard memory;
    private final Overload overload;
    private final Hub hub;
    private final Results results;
    private final Webhooks webhooks;
    private final Queues queues;
    private final GatewayMetrics metrics;
    private @Nullable Listener admin;
    private @Nullable Listener listener;
    private final Readiness readiness;
    private final String demoToken = DemoWorker.newToken();
    private @Nullable DemoWorker demo;

    private record Counters(ListenCounters listen, HubCounters hub, StreamCounters streams) {}

    /** The threads of the gateway, and which of them has which shard. */
    private record Loops(
            NativeTransport transport,
            MultiThreadIoEventLoopGroup group,
            List<NettyLoop> all,
            List<NettyLoop> ofShards) {

        static Loops start(GatewayConfig config) throws StartException {
            NativeTransport transport = transport(config);
            int wanted = config.listen().loops();
            int count = wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
            MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
                    count, new DefaultThreadFactory("loop"), transport.ioHandlerFactory());
            List<NettyLoop> all = new ArrayList<>();
            for (EventExecutor executor : group) {
                all.add(new NettyLoop(all.size(), (EventLoop) executor));
            }
            int shards = config.hub().shards() > 0 ? config.hub().shards() : count;
            List<NettyLoop> ofShards = new ArrayList<>();
            for (int shard = 0; shard < shards; shard++) {
                ofShards.add(all.get(shard % count));
            }
            return new Loops(transport, group, all, ofShards);
        }

        private static NativeTransport transport(GatewayConfig config) throws StartException {
            try {
                return NativeTransport.select(config.listen().transport());
            } catch (IllegalStateException e) {
                throw new StartException(String.valueOf(e.getMessage()));
            }
        }

        void stop() {
            group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private Gateway(GatewayConfig config, Loops loops, Backend backend) throws StartException {
        this.config = config;
        this.loops = loops;
        this.backend = backend;
        this.memory = new MemoryGuard(config.overload(), new ProcessMemory());
        this.overload = new Overload(config.overload(), memory::pressure, RANDOM);
        this.hub = newHub();
        this.readiness = new Readiness(config.readiness(), backend, hub);
        this.metrics = new GatewayMetrics(
                new GatewayMetrics.Sources(counters.listen(), counters.hub(), counters.streams(), overload, hub));
        metrics.canaryAges(backend.canaries().stream()
                .<LongSupplier>map(canary -> canary::ageMillis)
                .toList());
        this.results = new Results(backend.results(), config.results());
        metrics.results(results);
        this.webhooks = newWebhooks();
        metrics.webhooks(webhooks);
        this.queues = new Queues(new Queues.Parts(
                loops.all().get(0),
                backend.store(),
                backend.queue(),
                backend.dependencies(),
                config.queues(),
                Clock.systemUTC(),
                RANDOM));
        backend.plainBy().accept(queues.jobs());
        metrics.queues(queues);
        backend.counters().forEach(counter -> metrics.counter(counter.name(), counter.help(), counter.value()));
        backend.gauges().forEach(gauge -> metrics.gauge(gauge.name(), gauge.help(), gauge.value()));
    }

    /**
     * Starts a gateway. Blocks until it serves.
     *
     * @throws StartException where it can't: an address that is taken, a Redis that is away, a transport that is not there
     */
    public static Gateway start(GatewayConfig config) throws StartException {
        Loops loops = Loops.start(config);
        try {
            String gatewayId = Long.toString(new SecureRandom().nextLong(1L << GATEWAY_ID_BITS), 36);
            Backend backend = Backends.open(config, new Backend.Site(loops.transport(), loops.ofShards(), gatewayId));
            return open(config, loops, backend);
        } catch (StartException | RuntimeException e) {
            loops.stop();
            throw e;
        }
    }

    private static Gateway open(GatewayConfig config, Loops loops, Backend backend) throws StartException {
        try {
            Gateway gateway = new Gateway(config, loops, backend);
            gateway.open();
            return gateway;
        } catch (StartException | RuntimeException e) {
            close(backend);
            throw e;
        }
    }

    private Hub newHub() {
        Shard.Parts parts = new Shard.Parts(
                backend.store(),
                config.hub(),
                counters.hub(),
                ByteBufAllocator.DEFAULT,
                new Hints(Clock.systemUTC()),
                RANDOM);
        List<Shard> shards = new ArrayList<>();
        for (int i = 0; i < loops.ofShards().size(); i++) {
            shards.add(new Shard(loops.ofShards().get(i), backend.relays().get(i), parts));
        }
        return new Hub(shards);
    }

    private Webhooks newWebhooks() throws StartException {
        WebhookClient.Network network = new WebhookClient.Network(
                loops.group(),
                loops.transport().socketChannel(),
                loops.transport().datagramChannel());
        try {
            return new Webhooks(new Webhooks.Parts(
                    loops.all().get(0),
                    backend.store(),
                    backend.webhooks(),
                    new WebhookClient(network, config.webhook()),
                    config.webhook(),
                    Clock.systemUTC(),
                    new SecureRandom()));
        } catch (IllegalArgumentException unusable) {
            throw new StartException(String.valueOf(unusable.getMessage()));
        }
    }

    private void open() throws StartException {
        StreamContext streams = new StreamContext(hub, config, counters.streams(), overload, RANDOM);
        Services services = new Services(
                queues.jobs(),
                results,
                streams,
                new SubmittedWebhooks(webhooks),
                Clock.systemUTC(),
                new SecureRandom());
        AdminRouter.Pages pages = new AdminRouter.Pages(
                readiness, this::details, metrics::text, ConfigLoader.describe(config), new LogSetup());
        Listener.Runtime runtime = new Listener.Runtime(loops.transport(), loops.group(), loops.all());
        try {
            admin = new Listener(
                    runtime,
                    config,
                    new AdminRouter(pages, webhooks, queues, config),
                    Listener.Port.ofOperators(config));
            awaitBackend();
            hub.start();
            queues.start();
            listener = new Listener(
                    runtime,
                    config,
                    new Router(new Authenticator(config.auth()).with(demoToken), services, routes(services)),
                    Listener.Port.ofClients(config, counters.listen(), overload, FileDescriptors.max()));
            memory.start();
            webhooks.start();
            readiness.serving();
            if (config.demo().resolve(config.store().kind()) && config.queues().enabled()) {
                demo = new DemoWorker(address(), demoToken, config.demo());
            }
        } catch (BindException e) {
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }

    private Map<String, Map<HttpMethod, Endpoint>> routes(Services services) {
        Map<String, Map<HttpMethod, Endpoint>> routes = new LinkedHashMap<>(WebhookRoutes.ofClients(webhooks, config));
        routes.putAll(QueueRoutes.ofClients(queues, services));
        return routes;
    }

    private void awaitBackend() throws StartException {
        if (!config.redis().required()) {
            var unused = backend.connected().whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.warn("not ready yet, and serving 503 until then: {}", failure.getMessage());
                }
            });
            return;
        }
        try {
            backend.connected().toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StartException(String.valueOf(cause.getMessage()));
        }
    }

    private List<String> details() {
        List<String> lines = new ArrayList<>(List.of(
                "transport: " + loops.transport().name().toLowerCase(Locale.ROOT),
                "loops: " + loops.all().size(),
                "store: " + config.store().kind().name().toLowerCase(Locale.ROOT),
                "durability: " + config.store().durability().name().toLowerCase(Locale.ROOT),
                "memory pressure: " + memory.pressure().name().toLowerCase(Locale.ROOT),
                "connections: " + counters.listen().open.sum()));
        lines.addAll(readiness.shards());
        backend.risks().get().forEach(risk -> lines.add("risk: " + risk));
        return lines;
    }

    public NativeTransport transport() {
        return loops.transport();
    }

    /** Where clients connect. */
    public InetSocketAddress address() {
        return bound(listener).address();
    }

    /** Where operators look. */
    public InetSocketAddress adminAddress() {
        return bound(admin).address();
    }

    private static Listener bound(@Nullable Listener port) {
        if (port == null) {
            throw new IllegalStateException("the gateway is not open");
        }
        return port;
    }

    /** The hub, for what measures and tests it. */
    public Hub hub() {
        return hub;
    }

    /**
     * Sends everyone away so that they come back, elsewhere; webhooks are sent until the last one has gone, then left to others.
     * Completes when all is done, or at the deadline.
     */
    public CompletableFuture<Void> drain() {
        readiness.draining();
        closeDemo();
        long until = System.nanoTime() + config.drain().deadline().toNanos();
        return Drain.start(bound(listener), config.drain()).thenCompose(done -> {
            long left = Math.max(LAST_DELIVERIES_NANOS, until - System.nanoTime());
            return webhooks.drain().toCompletableFuture().copy().completeOnTimeout(null, left, TimeUnit.NANOSECONDS);
        });
    }

    /** Stops at once: connections are cut, Redis is let go. Blocks until the threads have ended. */
    @Override
    public void close() {
        readiness.draining();
        closeDemo();
        memory.close();
        webhooks.close();
        queues.close();
        close(backend);
        loops.stop();
    }

    /** It waits for answers of this very gateway, which may be about to stop: nobody waits for it. */
    private void closeDemo() {
        DemoWorker worker = demo;
        demo = null;
        if (worker != null) {
            new Thread(worker::close, "demo-end").start();
        }
    }

    private static void close(Backend backend) {
        backend.results().close();
        backend.closer().run();
    }
}
