package dev.ringback.gateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.config.StoreConfig;
import dev.ringback.gateway.redis.RedisRisks.Setup;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisRisksTest {
    private static final String GOOD = "# Memory\r\nused_memory:5\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n"
            + "# Persistence\r\naof_enabled:1\r\naof_last_write_status:ok\r\n"
            + "# Replication\r\nrole:master\r\nconnected_slaves:1\r\n";
    private static final StoreConfig STORED = store("stored");

    private static StoreConfig store(String durability) {
        return GatewayConfig.of("store.kind=redis", "store.durability=" + durability, "store.replicas=2")
                .store();
    }

    private static List<String> risks(String from, String to) {
        return RedisRisks.of(new Setup(GOOD.replace(from, to), "everysec", "3600 1"), STORED);
    }

    @Test
    void soundSetUpIsNoRisk() {
        assertThat(risks("", "")).isEmpty();
        assertThat(RedisRisks.of(new Setup("", RedisRisks.NOT_TOLD, RedisRisks.NOT_TOLD), STORED))
                .as("one that tells nothing")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0,allkeys-lru,false", "1000,noeviction,false", "1000,volatile-lru,true", "1000,allkeys-lfu,true"})
    void evictionIsARiskOnlyWhereItCanHappen(String limit, String policy, boolean risky) {
        List<String> risks = risks(
                "maxmemory:0\r\nmaxmemory_policy:noeviction", "maxmemory:" + limit + "\r\nmaxmemory_policy:" + policy);

        assertThat(risks).hasSize(risky ? 1 : 0).allMatch(risk -> risk.contains(policy + ": when memory runs out"));
    }

    @Test
    void jobsThatAreNotWrittenToDiskAreAtRisk() {
        String aofOff = GOOD.replace("aof_enabled:1", "aof_enabled:0");

        assertThat(RedisRisks.of(new Setup(aofOff, "everysec", ""), STORED))
                .singleElement()
                .asString()
                .startsWith("nothing is kept on disk");
        assertThat(RedisRisks.of(new Setup(aofOff, "everysec", "3600 1"), STORED))
                .singleElement()
                .asString()
                .startsWith("at best snapshots are kept on disk");
        assertThat(RedisRisks.of(new Setup(GOOD, "no", "3600 1"), STORED))
                .singleElement()
                .asString()
                .startsWith("appendfsync is no");
        assertThat(risks("aof_last_write_status:ok", "aof_last_write_status:err"))
                .singleElement()
                .asString()
                .startsWith("the append-only file could not be written");
    }

    @Test
    void replicasThatAreMissingAreNamedWhereTheyAreWaitedFor() {
        Setup setup = new Setup(GOOD, "everysec", "");

        assertThat(RedisRisks.of(setup, STORED)).isEmpty();
        assertThat(RedisRisks.of(setup, store("replicated")))
                .singleElement()
                .asString()
                .contains("waits for 2 replicas, 1 are connected");
        assertThat(risks("role:master", "role:slave"))
                .singleElement()
                .asString()
                .startsWith("it is a replica");
    }
}
