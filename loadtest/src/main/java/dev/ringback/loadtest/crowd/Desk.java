package dev.ringback.loadtest.crowd;

import dev.ringback.loadtest.client.ClientLoops;
import dev.ringback.loadtest.client.SourceAddresses;
import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.client.Transport;
import dev.ringback.loadtest.server.ServerKind;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.HdrHistogram.SingleWriterRecorder;

/** What the connections of one event loop share. Confined to that loop, but for the recorders' reading side and the tally. */
final class Desk {
    private static final int DIGITS = 3;
    private static final int SCRATCH_BYTES = 512 * 1024;

    final EventLoop loop;
    final Tally tally;
    final ServerKind kind;
    final Target target;
    final SplittableRandom random;
    final EventText text = new EventText();
    final byte[] scratch = new byte[SCRATCH_BYTES];
    /** From the moment an event was due until its bytes were read, in nanoseconds. */
    private final List<SingleWriterRecorder> latency = new ArrayList<>();
    /** From dialling until the server holds the wait. */
    final SingleWriterRecorder connecting = new SingleWriterRecorder(DIGITS);

    /** Whether those who lose their connection stay away. */
    boolean closing;

    private final Bootstrap bootstrap;
    private final InetSocketAddress address;
    private final SourceAddresses sources;

    /** Where a desk's connections go. */
    record Route(Target target, ServerKind kind, InetSocketAddress address, SourceAddresses sources) {}

    Desk(EventLoop loop, Tally tally, Route route, long seed) {
        this.loop = loop;
        this.tally = tally;
        this.kind = route.kind();
        this.target = route.target();
        this.address = route.address();
        this.sources = route.sources();
        this.random = new SplittableRandom(seed);
        bootstrap = ClientLoops.bootstrap(loop);
        for (int i = 0; i < Transport.values().length; i++) {
            latency.add(new SingleWriterRecorder(DIGITS));
        }
    }

    SingleWriterRecorder latency(Transport transport) {
        return latency.get(transport.ordinal());
    }

    ChannelFuture dial(int seat, ChannelHandler handler) {
        tally.firstDialledNanos.accumulate(System.nanoTime());
        return bootstrap.clone().handler(handler).connect(address, sources.of(seat));
    }
}
