package dev.ringback.gateway.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.testkit.ShardLoops;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Results in memory. */
class MemoryResultStoreTest extends ResultStoreContractTest {
    private static final int MAX_BYTES = 100_000;
    private static ShardLoops loops;

    @BeforeAll
    static void startLoops() {
        loops = new ShardLoops(2);
    }

    @AfterAll
    static void stopLoops() {
        loops.close();
    }

    @Override
    ResultStore open(Duration unsealedLife) {
        return new MemoryResultStore(
                loops.loops(),
                loops::shardOf,
                new MemoryResultStore.Bounds(MAX_BYTES, unsealedLife),
                Clock.systemUTC());
    }

    @Override
    boolean endedUnsealed(ResultId upload) {
        return ((MemoryResultStore) store).bytes() == 0;
    }

    @Test
    void fullStoreTakesNoMoreUntilSomethingIsRemoved() throws Exception {
        get(store.append(id, 0, new byte[90_000]));
        fails(store.append(id, 90_000, new byte[20_000]), StoreException.Kind.FULL);
        store.remove(id);

        get(store.append(id, 0, new byte[99_000]));
        store.remove(id);
        assertThat(get(store.find(id))).isNull();
        assertThat(((MemoryResultStore) store).bytes()).isZero();
    }
}
