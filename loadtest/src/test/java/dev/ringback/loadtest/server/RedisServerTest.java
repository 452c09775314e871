package dev.ringback.loadtest.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RedisServerTest {
    @Test
    void startedOneCountsWhatItIsAskedForAndIsGoneWhenItIsClosed() throws Exception {
        Optional<Path> program = RedisServer.program();
        assumeTrue(program.isPresent(), "there is no redis-server in the PATH");
        String uri;
        try (RedisServer redis = RedisServer.start(program.get())) {
            uri = redis.uri();
            assertThat(redis.count("PUBSUB CHANNELS *")).isZero();
            try (Socket subscriber = new Socket("127.0.0.1", port(uri))) {
                subscriber
                        .getOutputStream()
                        .write("SUBSCRIBE a b\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                assertThat(subscriber.getInputStream().read()).isEqualTo('*');
                assertThat(redis.count("PUBSUB CHANNELS *")).isEqualTo(2);
                assertThat(redis.count("PUBSUB NUMPAT")).isZero();
            }
            assertThatIOException().isThrownBy(() -> redis.count("PING")).withMessageContaining("+PONG");
        }
        assertThat(LoadedServer.accepts(port(uri))).isFalse();
    }

    private static int port(String uri) {
        return Integer.parseInt(uri.substring(uri.lastIndexOf(':') + 1));
    }
}
