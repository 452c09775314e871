package dev.ringback.gateway.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.http.Authenticator;
import dev.ringback.gateway.http.Router;
import dev.ringback.gateway.http.Services;
import dev.ringback.gateway.hub.Hints;
import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.hub.HubCounters;
import dev.ringback.gateway.hub.Shard;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.gateway.relay.ManualLoop;
import dev.ringback.gateway.relay.MemoryRelay;
import dev.ringback.gateway.results.MemoryResultStore;
import dev.ringback.gateway.results.Results;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.MemoryJobStore;
import dev.ringback.gateway.store.MemoryStores;
import dev.ringback.gateway.stream.StreamContext;
import dev.ringback.gateway.stream.StreamCounters;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A gateway of one loop with one client's connection, on the test's own thread: all of it is real but the socket and the time. It
 * has a job {@code live}, which is processing, and a job {@code done}, which has ended.
 */
final class EmbeddedGateway {
    /** Short times, so that every wait ends soon. */
    static final GatewayConfig CONFIG = GatewayConfig.of(
            "limits.header-timeout=200ms",
            "limits.body-timeout=200ms",
            "limits.idle-timeout=200ms",
            "limits.body-bytes=1KiB",
            "limits.header-bytes=1KiB",
            "limits.request-line-bytes=512",
            "limits.subscriptions-per-connection=4",
            "results.max-bytes=1KiB",
            "long-poll.max-wait=1s",
            "long-poll.default-wait=1s",
            "long-poll.jitter=0s",
            "stream.max-age=2s",
            "stream.heartbeat=500ms",
            "stream.stall-timeout=200ms",
            "websocket.frame-bytes=512",
            "jobs.unknown=wait",
            "jobs.unknown-wait=500ms",
            "hub.first-answer-timeout=500ms",
            "store.timeout=100ms");

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_000L));
    private static final JobStore.Origin WORKER = new JobStore.Origin(null, true, null);
    private static final SecureRandom IDS = new SecureRandom();

    private final ManualLoop loop = new ManualLoop();
    /** Counts its bytes, and so needs no leak detector, which costs much. */
    private final UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(false, true);

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final MemoryJobStore store;
    private final EmbeddedChannel client = new EmbeddedChannel();
    private int lives;

    EmbeddedGateway() {
        MemoryRelay relay = new MemoryRelay(loop);
        store = MemoryStores.on(
                loop,
                new MemoryJobStore.Parts(CONFIG, CLOCK, () -> "life" + ++lives, (shard, event) -> relay.publish(event)),
                true);
        Random random = new Random(1);
        Hub hub = new Hub(List.of(new Shard(
                loop,
                relay,
                new Shard.Parts(store, CONFIG.hub(), new HubCounters(), buffers, new Hints(CLOCK), random))));
        hub.start();
        MemoryResultStore results = new MemoryResultStore(
                List.of(loop), id -> 0, new MemoryResultStore.Bounds(65_536, Duration.ofSeconds(1)), CLOCK);
        Services services = new Services(
                store,
                new Results(results, CONFIG.results()),
                new StreamContext(hub, CONFIG, new StreamCounters(), Overload.none(), random),
                Services.Submitted.ANY,
                CLOCK,
                IDS);
        Router router = new Router(new Authenticator(CONFIG.auth()), services);
        ConnectionContext context = new ConnectionContext(
                CONFIG,
                router,
                new ListenCounters(),
                Overload.none(),
                new ClientAddresses(0, CONFIG.listen()),
                Overload.none().requestsPerLoop(1),
                () -> false);
        client.config().setAllocator(buffers);
        client.pipeline()
                .addLast(new RequestDecoder(CONFIG.limits()))
                .addLast(new ConnectionHandler(context, new LoopConnections(loop)));
        client.pipeline().fireChannelActive();
        move("live", JobState.PROCESSING);
        move("done", JobState.COMPLETED);
    }

    /** Moves a job as a worker does. */
    void move(String job, JobState state) {
        var unused = store.apply(JobId.of(job), JobChange.to(state), WORKER);
        pass(1);
    }

    /** The client sends the bytes in pieces of so many. */
    void send(byte[] bytes, int pieceBytes) {
        for (int at = 0; at < bytes.length && client.isOpen(); at += pieceBytes) {
            byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + pieceBytes));
            client.writeInbound(buffers.buffer(piece.length).writeBytes(piece));
            pass(1);
        }
    }

    /** Lets time pass, and everything happen that is due in it. */
    void pass(long millis) {
        loop.pass(millis);
        client.runPendingTasks();
        for (ByteBuf bytes = client.readOutbound(); bytes != null; bytes = client.readOutbound()) {
            sent.writeBytes(ByteBufUtil.getBytes(bytes));
            bytes.release();
        }
    }

    boolean isOpen() {
        return client.isOpen();
    }

    /** The client goes away. */
    void hangUp() {
        client.close();
        pass(1);
    }

    /** Everything that the client was sent so far. */
    byte[] sent() {
        return sent.toByteArray();
    }

    /** No buffer is held by anyone, once what came too late for a closed connection is thrown away, as Netty does. */
    void checkNothingIsLeft() {
        client.checkException();
        client.releaseInbound();
        assertThat(buffers.metric().usedHeapMemory() + buffers.metric().usedDirectMemory())
                .as("bytes in buffers that nobody released")
                .isZero();
    }
}
