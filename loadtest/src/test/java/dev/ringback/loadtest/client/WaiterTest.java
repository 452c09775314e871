package dev.ringback.loadtest.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.protocol.EventName;
import dev.ringback.protocol.JobId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WaiterTest {
    private static final JobId JOB = JobId.of("j1");
    private static final String QUEUED = Wire.document("j1", "queued", 1);
    private static final String COMPLETED = Wire.document("j1", "completed", 2);

    private final List<String> heard = new ArrayList<>();
    private final WaiterListener listener = new WaiterListener() {
        @Override
        public void parked(int index) {
            heard.add("parked " + index);
        }

        @Override
        public void heard(int index, EventName event, long nanos) {
            heard.add(event.wireName() + " " + index);
        }

        @Override
        public void ended(int index, String reason) {
            heard.add("ended " + index + ": " + reason);
        }
    };

    @ParameterizedTest
    @EnumSource
    void everyTransportAsksForItsJob(Transport transport) {
        assertThat(written(waiting(transport))).startsWith("GET /jobs/j1");
    }

    @Test
    void serverSentEventsAreReadByteByByte() {
        EmbeddedChannel channel = waiting(Transport.SSE);
        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 2000\n\n:\n\n";
        feedByteByByte(channel, head.getBytes(UTF_8));
        assertThat(heard).isEmpty();
        feedByteByByte(channel, Wire.sse("status", QUEUED).getBytes(UTF_8));
        assertThat(heard).containsExactly("status 7", "parked 7");
        feedByteByByte(channel, Wire.sse("complete", COMPLETED).getBytes(UTF_8));
        channel.close();
        assertThat(heard).containsExactly("status 7", "parked 7", "complete 7", "ended 7: closed by the gateway");
    }

    @Test
    void aWebSocketIsParkedOnceItIsSubscribedAndKnowsThePresentState() {
        EmbeddedChannel channel = upgraded();
        feedByteByByte(channel, Wire.frame("{\"subscribed\":[\"j1\"]}"));
        assertThat(heard).isEmpty();
        feedByteByByte(channel, Wire.event("status", QUEUED));
        assertThat(heard).containsExactly("status 7", "parked 7");
        channel.finishAndReleaseAll();
    }

    @Test
    void aWebSocketAnswersAPing() {
        EmbeddedChannel channel = upgraded();
        feed(channel, new byte[] {(byte) 0x89, 1, 'x'});
        ByteBuf pong = channel.readOutbound();
        byte[] bytes = new byte[pong.readableBytes()];
        pong.readBytes(bytes).release();
        assertThat(bytes).containsExactly(0x8A, 0x81, 0, 0, 0, 0, 'x');
        channel.finishAndReleaseAll();
    }

    @Test
    void aLongPollAsksAgainFromWhatItKnowsUntilTheEnd() {
        EmbeddedChannel channel = waiting(Transport.LONG_POLL);
        assertThat(written(channel)).contains("?wait=55 ").doesNotContain("If-None-Match");
        feedByteByByte(channel, "HTTP/1.1 304 Not Modified\r\nETag: W/\"a-1\"\r\n\r\n".getBytes(UTF_8));
        assertThat(written(channel)).contains("If-None-Match: W/\"a-1\"\r\n");
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + COMPLETED.length() + "\r\n\r\n" + COMPLETED;
        feedByteByByte(channel, answer.getBytes(UTF_8));
        assertThat(channel.outboundMessages()).isEmpty();
        assertThat(heard).containsExactly("parked 7", "complete 7");
        channel.finishAndReleaseAll();
    }

    @Test
    void afterTheEndTheConnectionListensOnForAWhile() {
        EmbeddedChannel channel = waiting(Transport.SSE);
        channel.freezeTime();
        feed(channel, Wire.SSE_HEAD.getBytes(UTF_8));
        feed(channel, Wire.sse("complete", COMPLETED).getBytes(UTF_8));
        feed(channel, Wire.sse("complete", COMPLETED).getBytes(UTF_8));
        assertThat(heard).containsExactly("complete 7", "parked 7", "complete 7");
        channel.advanceTimeBy(Waiter.AFTERMATH.toNanos(), TimeUnit.NANOSECONDS);
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anEventOfAnotherJobEndsTheWait() {
        EmbeddedChannel channel = waiting(Transport.SSE);
        feed(channel, Wire.SSE_HEAD.getBytes(UTF_8));
        feed(channel, Wire.sse("status", Wire.document("j2", "queued", 1)).getBytes(UTF_8));
        assertThat(channel.isOpen()).isFalse();
        assertThat(heard).singleElement().asString().startsWith("ended 7: ").contains("j2");
    }

    @ParameterizedTest
    @EnumSource
    void aRefusalEndsTheWaitAndIsSaid(Transport transport) {
        EmbeddedChannel channel = waiting(transport);
        heard.clear();
        feed(channel, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8));
        assertThat(channel.isOpen()).isFalse();
        assertThat(heard).singleElement().asString().startsWith("ended 7: HTTP 404");
    }

    private EmbeddedChannel waiting(Transport transport) {
        return new EmbeddedChannel(transport.waiter(
                new Waiter.Wait(JOB, new Target("localhost", 80), null, 55), new OnceHearer(7, listener)));
    }

    private EmbeddedChannel upgraded() {
        EmbeddedChannel channel = waiting(Transport.WEBSOCKET);
        assertThat(written(channel)).contains("Upgrade: websocket");
        feed(channel, Wire.UPGRADE.getBytes(UTF_8));
        return channel;
    }

    private static String written(EmbeddedChannel channel) {
        ByteBuf bytes = channel.readOutbound();
        String text = bytes.toString(UTF_8);
        bytes.release();
        return text;
    }

    private static void feed(EmbeddedChannel channel, byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
    }

    private static void feedByteByByte(EmbeddedChannel channel, byte[] bytes) {
        for (byte b : bytes) {
            feed(channel, new byte[] {b});
        }
    }
}
