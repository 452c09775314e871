package dev.ringback.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.RedisProcess;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results that are larger than the memory of the process that takes and sends them, and processes that die on the way. */
@Tag("conformance")
class LargeResultIT {
    private static final int MEBIBYTE = 1 << 20;
    /** More than the 256 MiB of heap that the process has. */
    private static final int MEBIBYTES = 400;
    /** What a piece more or less, Netty's arenas and Lettuce's buffers take. */
    private static final double MAX_DIRECT_BYTES = 64.0 * MEBIBYTE;

    @TempDir
    private Path directory;

    private GatewayProcess directoryGateway() {
        return GatewayProcess.start(
                "results.kind=directory", "results.path=" + directory.resolve("r"), "results.max-bytes=1GiB");
    }

    private static byte[] mebibyte(int number) {
        byte[] bytes = new byte[MEBIBYTE];
        Arrays.fill(bytes, (byte) number);
        return bytes;
    }

    private static void upload(GatewayProcess gateway, int mebibytes) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            long length = (long) mebibytes * MEBIBYTE;
            out.write(("PUT /jobs/large/result HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n")
                    .getBytes(ISO_8859_1));
            for (int i = 0; i < mebibytes; i++) {
                out.write(mebibyte(i));
            }
            assertThat(new String(socket.getInputStream().readNBytes(12), ISO_8859_1))
                    .isEqualTo("HTTP/1.1 200");
        }
    }

    private static void download(GatewayProcess gateway, int mebibytes) throws Exception {
        try (InputStream in = gateway.http("/jobs/large/result").toURL().openStream()) {
            for (int i = 0; i < mebibytes; i++) {
                assertThat(in.readNBytes(MEBIBYTE)).as("MiB " + i).isEqualTo(mebibyte(i));
            }
            assertThat(in.read()).isNegative();
        }
    }

    @Test
    void resultLargerThanTheHeapGoesThroughADirectory() throws Exception {
        try (GatewayProcess gateway = directoryGateway()) {
            upload(gateway, MEBIBYTES);
            assertThat(gateway.metric("ringback_direct_used_bytes")).isLessThan(MAX_DIRECT_BYTES);
            download(gateway, MEBIBYTES);
            assertThat(gateway.metric("ringback_direct_used_bytes")).isLessThan(MAX_DIRECT_BYTES);
            assertThat(gateway.metric("ringback_result_uploads_total")).isEqualTo(1);
        }
    }

    @Test
    void fiftyMebibytesGoThroughRedisAndASmallProcess() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                GatewayProcess gateway = GatewayProcess.start("store.kind=redis", "redis.uri=" + redis.uri())) {
            upload(gateway, 50);
            download(gateway, 50);
            assertThat(gateway.metric("ringback_direct_used_bytes")).isLessThan(MAX_DIRECT_BYTES);
        }
    }

    @Test
    void gatewayThatIsKilledMidwayLeavesNoResultAndItsSuccessorSweeps() throws Exception {
        Path part;
        try (GatewayProcess gateway = directoryGateway();
                Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.getOutputStream()
                    .write("PUT /jobs/cut/result HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n"
                            .getBytes(ISO_8859_1));
            socket.getOutputStream().write(mebibyte(1));
            await().until(() -> !files().isEmpty());
            part = files().get(0);
            gateway.kill();
        }
        assertThat(part.toString()).endsWith(".part");
        Files.setLastModifiedTime(
                part,
                java.nio.file.attribute.FileTime.fromMillis(
                        System.currentTimeMillis() - Duration.ofMinutes(5).toMillis()));
        try (GatewayProcess successor = directoryGateway()) {
            assertThat(successor.isAlive()).isTrue();
            assertThat(files()).isEmpty();
        }
    }

    private java.util.List<Path> files() throws Exception {
        if (!Files.isDirectory(directory.resolve("r"))) {
            return java.util.List.of();
        }
        try (Stream<Path> files = Files.list(directory.resolve("r"))) {
            return files.toList();
        }
    }

    @Test
    void curlGoesOnWhereItStopped() throws Exception {
        try (GatewayProcess gateway = directoryGateway()) {
            upload(gateway, 3);
            Path file = directory.resolve("download");
            Files.write(file, mebibyte(0));
            URI url = gateway.http("/jobs/large/result");
            Process curl = new ProcessBuilder("curl", "-sS", "-f", "-C", "-", "-o", file.toString(), url.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(curl.getInputStream().readAllBytes(), ISO_8859_1);
            assertThat(curl.waitFor(20, TimeUnit.SECONDS)).isTrue();

            assertThat(curl.exitValue()).as(said).isZero();
            assertThat(Files.size(file)).isEqualTo(3L * MEBIBYTE);
            assertThat(Files.readAllBytes(file)[3 * MEBIBYTE - 1]).isEqualTo((byte) 2);
        }
    }
}
