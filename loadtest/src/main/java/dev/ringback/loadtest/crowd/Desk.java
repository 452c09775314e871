package dev.ringback.loadtest.crowd;

import dev.ringback.loadtest.client.ClientLoops;
import dev.ringback.loadtest.client.SourceAddresses;
import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.client.Transport;
import dev.ringback.loadtest.server.ServerKind;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.HdrHistogram.SingleWriterRecorder;

/** What the connections of one event loop share. Confined to that loop, but for the recorders' reading side and the tally. */
final class Desk {
    private static final int DIGITS = 3;
    private static final int LEAST_RECEIVE_BYTES = 2048;
    /** The sender's buffer grows with the size of segments, which on loopback are 64 KiB: it would take megabytes. */
    private static final int LEAST_SEGMENT_BYTES = 536;
    /** IPPROTO_TCP and TCP_MAXSEG as Linux numbers them. */
    private static final ChannelOption<Integer> SEGMENT_BYTES = new IntegerUnixChannelOption("TCP_MAXSEG", 6, 2);

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

    /** Whether clients come back at once and all alike, rather than when they were told to, or at a random moment. */
    final boolean comesBackAtOnce;

    /** Whether those who lose their connection stay away. */
    boolean closing;

    private final Bootstrap bootstrap;
    private final InetSocketAddress address;
    private final SourceAddresses sources;

    /** Where a desk's connections go. */
    record Route(
            Target target,
            ServerKind kind,
            InetSocketAddress address,
            SourceAddresses sources,
            boolean comesBackAtOnce) {}

    Desk(EventLoop loop, Tally tally, Route route, long seed) {
        this.loop = loop;
        this.tally = tally;
        this.kind = route.kind();
        this.target = route.target();
        this.address = route.address();
        this.sources = route.sources();
        this.comesBackAtOnce = route.comesBackAtOnce();
        this.random = new SplittableRandom(seed);
        bootstrap = ClientLoops.bootstrap(loop);
        for (int i = 0; i < Transport.values().length; i++) {
            latency.add(new SingleWriterRecorder(DIGITS));
        }
    }

    SingleWriterRecorder latency(Transport transport) {
        return latency.get(transport.ordinal());
    }

    /** @param slow whether as little as possible may arrive unread */
    ChannelFuture dial(int seat, ChannelHandler handler, boolean slow) {
        tally.firstDialledNanos.accumulate(System.nanoTime());
        Bootstrap dialling = bootstrap.clone().handler(handler);
        if (slow) {
            dialling.option(ChannelOption.SO_RCVBUF, LEAST_RECEIVE_BYTES);
        }
        if (slow && Epoll.isAvailable()) {
            dialling.option(SEGMENT_BYTES, LEAST_SEGMENT_BYTES);
        }
        return dialling.connect(address, sources.of(seat));
    }
}
