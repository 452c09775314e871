package dev.ringback.gateway.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSocket;
import dev.ringback.gateway.testkit.TcpProxy;
import dev.ringback.gateway.testkit.TestGateway;
import dev.ringback.protocol.ApplyScript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A gateway and its Redis with a {@link TcpProxy} between them, a worker with a connection of its own to Redis, and clients that
 * wait through whatever happens. Neither the sweep nor the canary acts unless a test asks for it, so that they hide nothing.
 */
final class Recovery implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern ADDRESS = Pattern.compile(" addr=127\\.0\\.0\\.1:(\\d+) ");
    private static final String SCRIPT = new String(ApplyScript.source(), UTF_8);

    final RedisProcess redis;
    final TcpProxy proxy;
    final TestGateway gateway;
    private final Waiters waiters;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, List<Story>> stories = new LinkedHashMap<>();

    private Recovery(String... settings) {
        redis = RedisProcess.start();
        proxy = TcpProxy.to(redis.port());
        List<String> all = new ArrayList<>(List.of(
                "store.kind=redis",
                "redis.uri=redis://127.0.0.1:" + proxy.port(),
                "store.timeout=500ms",
                "hub.sweep-interval=1h",
                "readiness.canary-interval=1m",
                "listen.loops=2"));
        all.addAll(List.of(settings));
        gateway = TestGateway.start(all.toArray(String[]::new));
        waiters = new Waiters(gateway);
        awaitThat("the gateway is ready", this::isReady);
    }

    static Recovery start(String... settings) {
        return new Recovery(settings);
    }

    // ── the worker ─────────────────────────────────────────────────────────────────────────────────────────────

    /** Moves a job, or makes it, by the script that any worker may run. */
    void apply(String job, String... change) {
        List<?> reply = (List<?>) Objects.requireNonNull(redis.cli(script(job, change)));
        assertThat(reply).first().isEqualTo("applied");
    }

    void complete(String job) {
        apply(job, "status", "completed", "result", "{\"ok\":true}");
    }

    void progress(String job) {
        apply(job, "progress", "{\"current\":1}");
    }

    /** Sends the end of a job, and does not wait until Redis has read it. */
    RedisSocket sendCompletion(String job) throws IOException {
        RedisSocket socket = redis.connect();
        String[] command = script(job, "status", "completed", "result", "{\"ok\":true}");
        socket.send(Stream.of(command).map(part -> part.getBytes(UTF_8)).toArray(byte[][]::new));
        return socket;
    }

    private static String[] script(String job, String... change) {
        Stream<String> head = Stream.of(
                "EVAL", SCRIPT, "3", "job:" + job, "{job:" + job + "}:log", "{job:" + job + "}:result", "apply");
        return Stream.concat(head, Stream.of(change)).toArray(String[]::new);
    }

    /** Completes a job when the gateway is subscribed again, so that its end comes as an event. */
    void completeOnceSubscribed(String job) {
        completeOnceSubscribed(job, 1);
    }

    /**
     * As the other, where Redis may still believe in connections that are dead.
     *
     * @param subscribers how many connections are subscribed, the dead ones among them
     */
    void completeOnceSubscribed(String job, long subscribers) {
        List<Object> subscribed = List.of("job:" + job, subscribers);
        awaitThat(job + " is subscribed", () -> subscribed.equals(redis.cli("PUBSUB", "NUMSUB", "job:" + job)));
        complete(job);
    }

    // ── the connections ────────────────────────────────────────────────────────────────────────────────────────

    /** The gateway's connections for events, as Redis knows them. */
    TcpProxy.Selection pubSub() {
        Set<Integer> ports = pubSubPorts();
        return proxy.existing(ports::contains);
    }

    /** The gateway's connections for commands. */
    TcpProxy.Selection commands() {
        Set<Integer> ports = pubSubPorts();
        return proxy.existing(port -> !ports.contains(port));
    }

    private Set<Integer> pubSubPorts() {
        return ADDRESS.matcher(String.valueOf(redis.cli("CLIENT", "LIST", "TYPE", "pubsub")))
                .results()
                .map(address -> Integer.valueOf(address.group(1)))
                .collect(Collectors.toSet());
    }

    boolean isReady() throws Exception {
        return gateway.isReady();
    }

    /** What the gateway's probe says. */
    String readiness() {
        try {
            return get("/readyz?verbose").body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Asks for a job that nobody waits for, because without traffic nobody notices a silent Redis. */
    void pollStore() throws Exception {
        http.send(HttpRequest.newBuilder(gateway.http("/jobs/unknown")).build(), BodyHandlers.ofString());
    }

    double metric(String name) throws Exception {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(gateway.admin(path)).build(), BodyHandlers.ofString());
    }

    // ── the waiters ────────────────────────────────────────────────────────────────────────────────────────────

    /** Makes jobs at version 2, and waits for each in every way; returns when all wait. */
    void follow(String... jobs) throws Exception {
        for (String job : jobs) {
            apply(job, "type", "report", "status", "queued");
            progress(job);
        }
        followAgain(jobs);
    }

    /** Waits for jobs that are there, in every way, in place of earlier waiters. */
    void followAgain(String... jobs) throws Exception {
        for (String job : jobs) {
            stories.put(job, waiters.follow(job));
        }
        awaitThat("all wait", () -> stories.values().stream().allMatch(Recovery::wait));
        long polls =
                stories.values().stream().filter(told -> !told.get(0).isOver()).count() * 2;
        awaitThat("polls are held", () -> metric("ringback_waiting{transport=\"long_poll\"}") == polls);
    }

    private static boolean wait(List<Story> told) {
        return told.stream().skip(1).allMatch(story -> story.version() >= 2);
    }

    /** The waiters that can hear of a version: all but those who wait for the result. */
    List<Story> hearersOfVersions(String job) {
        return Objects.requireNonNull(stories.get(job)).subList(1, 4);
    }

    void awaitVersion(String job, long version) {
        awaitThat(
                job + " is heard of at version " + version,
                () -> hearersOfVersions(job).stream().allMatch(story -> story.version() == version));
    }

    void awaitResets(String job, int resets) {
        awaitThat(job + " is reset", () -> hearersOfVersions(job).stream().allMatch(story -> story.resets() == resets));
    }

    /** Each waiter hears one end of its job, nothing after it, and nothing wrong before it. */
    void assertOneEndEach() {
        awaitClosed();
        all().forEach(story -> {
            assertThat(story.faults()).as(story::toString).isEmpty();
            assertThat(story.ends()).as(story::toString).isOne();
            assertThat(story.gones()).as(story::toString).isEmpty();
        });
    }

    /** As the other, and nobody was told that the store went back. */
    void assertOneEndEachWithoutReset() {
        assertOneEndEach();
        all().forEach(story -> assertThat(story.resets()).as(story::toString).isZero());
    }

    /** Each waiter is told that its job is gone, and nothing after it. */
    void assertGoneEach() {
        awaitClosed();
        all().forEach(story -> {
            assertThat(story.faults()).as(story::toString).isEmpty();
            assertThat(story.gones()).as(story::toString).singleElement().isIn("evicted", "404");
            assertThat(story.ends()).as(story::toString).isZero();
        });
    }

    private void awaitClosed() {
        awaitThat("all waits are over", () -> all().allMatch(Story::isClosed));
    }

    private Stream<Story> all() {
        return stories.values().stream().flatMap(List::stream);
    }

    /** Waits for something; where it does not come, says what everybody was told. */
    void awaitThat(String what, Callable<Boolean> condition) {
        try {
            await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(condition);
        } catch (ConditionTimeoutException e) {
            String told = all().map(Story::toString).collect(Collectors.joining("\n"));
            throw new AssertionError(what + ", not so:\n" + told + "\nreadiness: " + readiness(), e);
        }
    }

    @Override
    public void close() throws Exception {
        waiters.close();
        gateway.close();
        proxy.close();
        redis.close();
    }
}
