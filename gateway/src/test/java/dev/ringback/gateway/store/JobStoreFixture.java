package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store and one job of its own for each test, and words to speak about them. */
abstract class JobStoreFixture {
    static final JobStore.Submission ALICE = new JobStore.Submission("alice", "f");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SecureRandom RANDOM = new SecureRandom();

    StoreUnderTest tested;
    JobId id;

    /** A store with the defaults but for these settings, as {@code GatewayConfig.of} takes them. */
    abstract StoreUnderTest newStore(String... settings);

    @BeforeEach
    void openStore() {
        id = JobId.random(System.currentTimeMillis(), RANDOM);
        tested = newStore();
    }

    @AfterEach
    void closeStore() {
        tested.close();
    }

    /** Another store in place of the one with the defaults. */
    void open(String... settings) {
        tested.close();
        tested = newStore(settings);
    }

    StoreRead read() {
        return get(tested.store().read(id));
    }

    @Nullable String result() {
        byte[] result = get(tested.store().result(id));
        return result == null ? null : new String(result, UTF_8);
    }

    StoreWrite create(NewJob job, JobStore.Submission submission) {
        return get(tested.store().create(id, job, submission));
    }

    StoreWrite apply(JobChange change) {
        return apply(change, new JobStore.Origin(null, true, null));
    }

    StoreWrite apply(JobChange change, JobStore.Origin origin) {
        return get(tested.store().apply(id, change, origin));
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    static NewJob job(String type) {
        return job(type, null);
    }

    static NewJob job(String type, @Nullable Duration ttl) {
        return new NewJob(
                type,
                bytes("{\"file\":[]}"),
                3,
                bytes("{\"url\":\"https://a.example\"}"),
                "order-7",
                ttl,
                null,
                NewJob.Plan.NONE);
    }

    static JobChange progress(String json) {
        return progress(json, null);
    }

    static JobChange progress(String json, @Nullable String eventId) {
        return new JobChange(JobState.PROCESSING, bytes(json), null, null, null, null, eventId);
    }

    static JobChange completed(String result) {
        return new JobChange(JobState.COMPLETED, null, bytes(result), null, null, null, null);
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static long versionOf(StoreWrite write) {
        return write.present().present().version();
    }

    /** The store says of the job what an earlier answer said. */
    void assertThatJobIs(JobSnapshot expected) {
        StoreRead read = read();
        assertThat(read.status()).isEqualTo(StoreRead.Status.FOUND);
        assertSame(read.snapshot(), expected);
    }

    static void assertSame(JobSnapshot actual, JobSnapshot expected) {
        assertThat(document(actual)).isEqualTo(document(expected));
        assertThat(actual.owner()).isEqualTo(expected.owner());
        assertThat(actual.present().cursor()).isEqualTo(expected.present().cursor());
        assertThat(actual.present().state()).isEqualTo(expected.present().state());
        assertThat(actual.present().hasProgress()).isEqualTo(expected.present().hasProgress());
    }

    void awaitRead(StoreRead expected) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(read()).isEqualTo(expected));
    }

    /** Following the job once more is a barrier: whatever was relayed before has arrived then. */
    void awaitRelayed(int events) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(tested.relayed(id)).hasSizeGreaterThanOrEqualTo(events));
        tested.follow(id);
        assertThat(tested.relayed(id)).as("nothing more comes").hasSize(events);
    }

    static List<String> documentsOf(List<JobEvent> events) {
        return events.stream().map(event -> new String(event.json(), UTF_8)).toList();
    }

    static String document(JobSnapshot snapshot) {
        return new String(snapshot.present().json(), UTF_8);
    }

    static Set<String> members(StoreWrite write) {
        return membersOf(write.present().present().json()).keySet();
    }

    /** A member's value as it stands in the document. */
    static String member(StoreWrite write, String name) {
        return membersOf(write.present().present().json()).get(name);
    }

    static Instant time(StoreWrite write, String name) {
        return Instant.parse(member(write, name).replace("\"", ""));
    }

    static Map<String, String> membersOf(byte[] document) {
        Map<String, String> members = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(document)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.finishToken();
                parser.skipChildren();
                int to = (int) parser.currentLocation().getByteOffset();
                members.put(name, new String(Arrays.copyOfRange(document, from, to), UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return members;
    }
}
