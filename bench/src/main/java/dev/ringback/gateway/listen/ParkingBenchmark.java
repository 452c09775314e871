package dev.ringback.gateway.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.bench.HandHub;
import dev.ringback.gateway.http.Authenticator;
import dev.ringback.gateway.http.Router;
import dev.ringback.gateway.http.Services;
import dev.ringback.gateway.overload.Overload;
import dev.ringback.protocol.JobId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Requests through a connection's whole pipeline, without a socket: a long poll that is parked, told and taken back, and beside it
 * a short poll that is answered at once. Compare runs of this with each other; a real connection costs the kernel's share too.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParkingBenchmark {
    private static final JobId JOB = JobId.of("01M80D607QTB15T83VVZNKKMRMFTP2DKP60");
    private static final int DOCUMENT_BYTES = 250;

    private final HandHub hand = new HandHub("jobs.unknown=wait");
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ByteBuf longPoll = request("?wait=30");
    private final ByteBuf shortPoll = request("");
    private long version = 1;

    private static ByteBuf request(String query) {
        String head = "GET /jobs/" + JOB + query + " HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";
        return Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(head, ISO_8859_1));
    }

    @Setup
    public void connect() {
        hand.makeJob(JOB);
        Services services = new Services(
                hand.store,
                hand.results,
                hand.streams,
                Services.Submitted.ANY,
                InstantSource.system(),
                new SecureRandom());
        Router router = new Router(new Authenticator(hand.config.auth()), services);
        ConnectionContext context = new ConnectionContext(
                hand.config,
                router,
                new ListenCounters(),
                Overload.none(),
                new ClientAddresses(0, hand.config.listen()),
                Integer.MAX_VALUE,
                () -> false);
        channel.pipeline().addLast(new RequestDecoder(context.limits()));
        channel.pipeline().addLast(new ConnectionHandler(context, new LoopConnections(hand.loop)));
        channel.pipeline().fireChannelActive();
        if (parkAndReply() < DOCUMENT_BYTES) {
            throw new IllegalStateException("a long poll was not answered with the job");
        }
    }

    @Benchmark
    public int parkAndReply() {
        channel.writeInbound(longPoll.duplicate());
        hand.loop.drain();
        if (channel.pipeline().get(RequestDecoder.class) != null) {
            throw new IllegalStateException("not parked");
        }
        hand.publish(HandHub.progress(JOB, ++version, DOCUMENT_BYTES));
        hand.loop.drain();
        return answerBytes();
    }

    @Benchmark
    public int shortPoll() {
        channel.writeInbound(shortPoll.duplicate());
        hand.loop.drain();
        return answerBytes();
    }

    private int answerBytes() {
        int bytes = 0;
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            bytes += part.readableBytes();
            part.release();
        }
        if (bytes == 0) {
            throw new IllegalStateException("no answer");
        }
        return bytes;
    }
}
