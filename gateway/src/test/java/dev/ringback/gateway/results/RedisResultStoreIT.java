package dev.ringback.gateway.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.RedisSide;
import dev.ringback.protocol.JobId;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Results in a real Redis. */
class RedisResultStoreIT extends ResultStoreContractTest {
    private static RedisProcess redis;
    private static RedisSide side;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start();
        side = new RedisSide(redis.uri(), "results");
        side.awaitConnected();
    }

    @AfterAll
    static void stopRedis() {
        side.close();
        redis.close();
    }

    @Override
    ResultStore open(Duration unsealedLife) {
        return new RedisResultStore(side.backend().clients(), RedisResultStoreIT::shardOf, unsealedLife);
    }

    private static int shardOf(JobId id) {
        return Math.floorMod(id.hashCode(), side.backend().clients().size());
    }

    @Override
    boolean endedUnsealed(ResultId upload) {
        return redis.cli("EXISTS", key("blob", upload)).equals(0L);
    }

    private static String key(String what, ResultId upload) {
        return "{job:" + upload.job() + "}:" + what + ":" + upload.upload();
    }

    @Test
    void bytesThatRedisForgotInBetweenAreNotPaddedWithOthers() throws Exception {
        append("", "before");
        redis.cli("DEL", key("blob", id));

        fails(store.append(id, 6, new byte[10]), StoreException.Kind.UNAVAILABLE);
    }

    @Test
    void everyKeyHasATimeToLiveFromItsFirstMomentOn() throws Exception {
        append("", "x");
        assertThat((long) redis.cli("PTTL", key("blob", id))).isBetween(1L, LONG.toMillis());
        get(store.seal(id, meta(1), Duration.ofHours(1)));

        assertThat((long) redis.cli("PTTL", key("blob", id))).isBetween(LONG.toMillis(), 3_600_000L);
        assertThat((long) redis.cli("PTTL", key("about", id))).isBetween(LONG.toMillis(), 3_600_000L);
    }

    @Test
    void redisThatIsFullSaysSo() throws Exception {
        Object before = redis.cli("CONFIG", "GET", "maxmemory");
        assertThat(before).isNotNull();
        redis.cli("CONFIG", "SET", "maxmemory", "1");
        try {
            fails(store.append(id, 0, new byte[10]), StoreException.Kind.FULL);
        } finally {
            redis.cli("CONFIG", "SET", "maxmemory", "0");
        }
    }
}
