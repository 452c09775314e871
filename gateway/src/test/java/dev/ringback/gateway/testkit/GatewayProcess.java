package dev.ringback.gateway.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A gateway in a process of its own, as operators run it, so that it can be killed and frozen. What it prints goes to a file, and
 * is shown when it does not do what it should.
 */
public final class GatewayProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(30);
    private static final Pattern ADDRESSES =
            Pattern.compile("(?m)^ready in .*\\R +http://\\S+?:(\\d+)/.*\\R.*\\R +http://\\S+?:(\\d+)/readyz");
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final Process process;
    private final Place place;
    private final Path output;
    private final int port;
    private final int adminPort;
    private boolean endWanted;

    private GatewayProcess(Process process, Place place, Path output) {
        this.process = process;
        this.place = place;
        this.output = output;
        Matcher addresses = awaitReady();
        this.port = Integer.parseInt(addresses.group(1));
        this.adminPort = Integer.parseInt(addresses.group(2));
    }

    /** Starts with the defaults, free ports, no demo worker, and the settings given as {@code key=value}; waits until it is ready. */
    public static GatewayProcess start(String... settings) {
        return startAt(Place.HERE, settings);
    }

    /** As {@link #start}, elsewhere. */
    public static GatewayProcess startAt(Place place, String... settings) {
        List<String> command = new ArrayList<>(place.launcher());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+ExplicitGCInvokesConcurrent",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.ringback.gateway.Main",
                "up"));
        List<String> all = new ArrayList<>(List.of("listen.port=0", "admin.port=0", "demo.enabled=false"));
        all.addAll(List.of(settings));
        all.forEach(setting -> command.addAll(List.of("--set", setting)));
        try {
            Path output = Files.createTempFile("ringback-gateway", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new GatewayProcess(process, place, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Matcher awaitReady() {
        try {
            await().atMost(START)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() ->
                            !process.isAlive() || ADDRESSES.matcher(output()).find());
        } catch (ConditionTimeoutException e) {
            process.destroyForcibly();
        }
        Matcher addresses = ADDRESSES.matcher(output());
        assertThat(addresses.find())
                .as(() -> "the gateway did not start:\n" + output())
                .isTrue();
        return addresses;
    }

    /** Everything that it has printed so far. */
    public String output() {
        try {
            return Files.readString(output, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String host() {
        return place.host();
    }

    public int port() {
        return port;
    }

    public int adminPort() {
        return adminPort;
    }

    /** A URL of the client port. */
    public URI http(String path) {
        return URI.create("http://" + place.host() + ":" + port + path);
    }

    public URI ws(String path) {
        return URI.create("ws://" + place.host() + ":" + port + path);
    }

    /** A URL of the admin port. */
    public URI admin(String path) {
        return URI.create("http://" + place.host() + ":" + adminPort + path);
    }

    /** The text of {@code /metrics}. */
    public String metrics() {
        HttpResponse<String> answer = get("/metrics");
        assertThat(answer.statusCode()).as(this::output).isEqualTo(200);
        return answer.body();
    }

    /** One figure of {@code /metrics}, by its name and labels as they stand there. */
    public double metric(String nameAndLabels) {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(nameAndLabels + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(nameAndLabels.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + nameAndLabels));
    }

    /** The answer of {@code /readyz?verbose}: 200 or 503, and the reasons. */
    public HttpResponse<String> readiness() {
        return get("/readyz?verbose");
    }

    private HttpResponse<String> get(String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(admin(path))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("the gateway does not answer:\n" + output(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it at once, as a power cut does ({@code kill -9}). */
    public void kill() {
        endWanted = true;
        process.destroyForcibly();
        awaitEnd();
    }

    /** Stops it from running, its connections stay open ({@code SIGSTOP}). */
    public void freeze() {
        Signal.STOP.send(process);
    }

    /** Lets it run again ({@code SIGCONT}). */
    public void thaw() {
        Signal.CONT.send(process);
    }

    /** Tells it to drain ({@code SIGTERM}), and returns at once; {@link #awaitExit} waits for the end. */
    public void terminate() {
        endWanted = true;
        Signal.TERM.send(process);
    }

    /** Waits until it has ended, and returns its exit code. */
    public int awaitExit() {
        awaitEnd();
        return process.exitValue();
    }

    private void awaitEnd() {
        try {
            assertThat(process.waitFor(END.toSeconds(), TimeUnit.SECONDS))
                    .as(() -> "the gateway has ended:\n" + output())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Kills it if it still runs; fails where it has ended by itself. */
    @Override
    public void close() {
        boolean endedByItself = !process.isAlive() && !endWanted;
        kill();
        String printed = output();
        try {
            Files.delete(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(endedByItself)
                .as(() -> "the gateway has ended by itself:\n" + printed)
                .isFalse();
    }
}
