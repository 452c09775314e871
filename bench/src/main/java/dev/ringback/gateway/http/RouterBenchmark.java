package dev.ringback.gateway.http;

import dev.ringback.bench.HandHub;
import dev.ringback.gateway.connection.ClientConnection;
import dev.ringback.gateway.connection.Parked;
import dev.ringback.gateway.connection.ParkedWebSocket;
import dev.ringback.gateway.connection.Reply;
import dev.ringback.gateway.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From a request's head to its endpoint and the answer of a job that is not there; beside it a list of regular expressions. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouterBenchmark {
    private static final String TARGET = "/jobs/01M80D607QTB15T83VVZNKKMRMFTP2DKP60/result?wait=0";
    private static final byte[] NO_BODY = {};
    private static final List<Pattern> PATTERNS = List.of(
            Pattern.compile("/"),
            Pattern.compile("/jobs"),
            Pattern.compile("/jobs/([^/]+)"),
            Pattern.compile("/jobs/([^/]+)/result"),
            Pattern.compile("/jobs/([^/]+)/events"),
            Pattern.compile("/events"),
            Pattern.compile("/ws"));

    private final HandHub hand = new HandHub("jobs.unknown=not-found");
    private final Router router = new Router(
            new Authenticator(hand.config.auth()),
            new Services(
                    hand.store,
                    hand.results,
                    hand.streams,
                    Services.Submitted.ANY,
                    InstantSource.system(),
                    new SecureRandom()));
    private final HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, TARGET);
    private final Answered connection = new Answered();

    @Benchmark
    public int routeAndAnswer() {
        connection.status = 0;
        router.handle(head, NO_BODY, connection);
        hand.loop.drain();
        if (connection.status != 404) {
            throw new IllegalStateException("answered " + connection.status);
        }
        return connection.status;
    }

    @Benchmark
    public Request readTarget() {
        return new Request(head, NO_BODY);
    }

    @Benchmark
    public int matchPatternsBaseline() {
        String path = TARGET.substring(0, TARGET.indexOf('?'));
        int route = 0;
        while (!PATTERNS.get(route).matcher(path).matches()) {
            route++;
        }
        return route;
    }

    /** Keeps the answer's status, and takes part in nothing else. */
    private final class Answered implements ClientConnection {
        private int status;
        private @Nullable Parked wait;

        @Override
        public Loop loop() {
            return hand.loop;
        }

        @Override
        public ByteBufAllocator allocator() {
            return ByteBufAllocator.DEFAULT;
        }

        @Override
        public void reply(Reply reply) {
            status = reply.status();
        }

        @Override
        public void receiveBody(boolean wanted) {
            // It has none.
        }

        @Override
        public void stream(Reply head, Parked body) {
            status = head.status();
        }

        @Override
        public void park(Parked newWait) {
            wait = newWait;
        }

        @Override
        public void parkWebSocket(ParkedWebSocket newWait) {
            wait = newWait;
        }

        @Override
        public void hold(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public @Nullable ByteBuf takeHeld() {
            return null;
        }

        @Override
        public void write(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public boolean isWritable() {
            return wait == null;
        }

        @Override
        public long queuedBytes() {
            return 0;
        }

        @Override
        public int backlogMark() {
            return 0;
        }

        @Override
        public void setDeadline(long delayNanos) {
            // It is answered at once.
        }

        @Override
        public void closeNow() {
            status = -1;
        }

        @Override
        public void closeAfterWrites() {
            status = -1;
        }
    }
}
