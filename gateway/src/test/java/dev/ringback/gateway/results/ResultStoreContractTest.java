package dev.ringback.gateway.results;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.store.StoreException;
import dev.ringback.protocol.JobId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ResultStore} does, whatever it is made of. */
abstract class ResultStoreContractTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String SHA = "0123456789abcdef".repeat(4);
    static final Duration LONG = Duration.ofMinutes(5);
    static final Duration SHORT = Duration.ofMillis(300);

    ResultStore store;
    ResultId id;

    /** A store whose unsealed uploads live for so long. */
    abstract ResultStore open(Duration unsealedLife) throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        store = open(LONG);
        id = ResultId.random(JobId.random(System.currentTimeMillis(), RANDOM), RANDOM);
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    static ResultMeta meta(long length) {
        return new ResultMeta("text/plain; charset=\"utf 8\"", length, SHA);
    }

    static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    void append(String before, String piece) throws Exception {
        get(store.append(id, before.length(), piece.getBytes(US_ASCII)));
    }

    void fails(CompletionStage<?> stage, StoreException.Kind kind) {
        assertThatThrownBy(() -> get(stage))
                .cause()
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void sealedBytesAreReadAsTheyWereWritten() throws Exception {
        append("", "Hello, ");
        append("Hello, ", "world");
        append("Hello, world", "!");
        get(store.seal(id, meta(13), LONG));

        assertThat(get(store.find(id))).isEqualTo(meta(13));
        assertThat(get(store.read(id, 0, 13))).asString(US_ASCII).isEqualTo("Hello, world!");
        assertThat(get(store.read(id, 5, 4))).asString(US_ASCII).isEqualTo(", wo");
        assertThat(get(store.read(id, 12, 1))).asString(US_ASCII).isEqualTo("!");
        assertThat(get(store.read(id, 3, 0))).isEmpty();
    }

    @Test
    void piecesThatWereNotWaitedForStandInTheirOrder() throws Exception {
        int pieces = 64;
        for (int i = 0; i < pieces; i++) {
            byte[] piece = new byte[1000];
            java.util.Arrays.fill(piece, (byte) i);
            var unused = store.append(id, i * 1000L, piece);
        }
        get(store.seal(id, meta(pieces * 1000L), LONG));

        byte[] all = get(store.read(id, 0, pieces * 1000));
        for (int i = 0; i < all.length; i++) {
            assertThat(all[i]).isEqualTo((byte) (i / 1000));
        }
    }

    @Test
    void nothingIsAResultToo() throws Exception {
        get(store.seal(id, meta(0), LONG));

        assertThat(get(store.find(id))).isEqualTo(meta(0));
        assertThat(get(store.read(id, 0, 0))).isEmpty();
    }

    @Test
    void whatIsNotSealedIsNotFound() throws Exception {
        append("", "half");

        assertThat(get(store.find(id))).isNull();
    }

    @Test
    void removedBytesAreGoneWholeOrNot() throws Exception {
        append("", "half");
        store.remove(id);
        fails(store.append(id, 4, new byte[1]), StoreException.Kind.UNAVAILABLE);
        store.remove(id);
        append("", "whole");
        get(store.seal(id, meta(5), LONG));
        store.remove(id);

        assertThat(get(store.find(id))).isNull();
        fails(store.read(id, 0, 5), StoreException.Kind.CORRUPT);
    }

    @Test
    void removingOneUploadLeavesAnotherOfTheSameJob() throws Exception {
        append("", "mine");
        get(store.seal(id, meta(4), LONG));
        ResultId other = ResultId.random(id.job(), RANDOM);
        get(store.append(other, 0, new byte[3]));
        store.remove(other);

        assertThat(get(store.read(id, 0, 4))).asString(US_ASCII).isEqualTo("mine");
    }

    @Test
    void sealOfMoreThanWasWrittenFails() throws Exception {
        fails(store.seal(id, meta(5), LONG), StoreException.Kind.UNAVAILABLE);
        assertThat(get(store.find(id))).isNull();
    }

    @Test
    void uploadThatNobodyGoesOnWithEndsByItself() throws Exception {
        store.close();
        store = open(SHORT);
        append("", "abandoned");

        await().atMost(Duration.ofSeconds(10)).until(() -> endedUnsealed(id));
        fails(store.append(id, 9, new byte[1]), StoreException.Kind.UNAVAILABLE);
    }

    /** Whether nothing is left of an upload that was not sealed. */
    abstract boolean endedUnsealed(ResultId upload) throws Exception;

    @Test
    void eachPieceGivesAnUploadTimeAnew() throws Exception {
        store.close();
        store = open(Duration.ofMillis(1_500));
        String all = "";
        long begin = System.nanoTime();
        for (int i = 0; i < 6; i++) {
            append(all, "x");
            all += "x";
            long until = begin + TimeUnit.MILLISECONDS.toNanos(400L * (i + 1));
            await().pollInterval(Duration.ofMillis(20)).until(() -> System.nanoTime() >= until);
        }
        get(store.seal(id, meta(6), LONG));

        assertThat(get(store.read(id, 0, 6))).hasSize(6);
    }

    @Test
    void sealedBytesEndWithTheirLife() throws Exception {
        append("", "short");
        get(store.seal(id, meta(5), SHORT));
        assertThat(get(store.find(id))).isNotNull();

        await().atMost(Duration.ofSeconds(10)).until(() -> get(store.find(id)) == null);
    }

    @Test
    void lifeOfSealedBytesCanBeSetAnew() throws Exception {
        append("", "kept");
        get(store.seal(id, meta(4), LONG));
        get(store.keepUntil(id, System.currentTimeMillis() + SHORT.toMillis()));

        await().atMost(Duration.ofSeconds(10)).until(() -> get(store.find(id)) == null);
    }

    @Test
    void jobsWhoseIdsDifferInCaseOnlyHaveTheirOwnBytes() throws Exception {
        ResultId lower = new ResultId(JobId.of("job-a"), id.upload());
        ResultId upper = new ResultId(JobId.of("JOB-A"), id.upload());
        get(store.append(lower, 0, new byte[] {1}));
        get(store.append(upper, 0, new byte[] {2}));
        get(store.seal(lower, meta(1), LONG));
        get(store.seal(upper, meta(1), LONG));

        assertThat(get(store.read(lower, 0, 1))).containsExactly(1);
        assertThat(get(store.read(upper, 0, 1))).containsExactly(2);
        store.remove(lower);
        store.remove(upper);
    }
}
