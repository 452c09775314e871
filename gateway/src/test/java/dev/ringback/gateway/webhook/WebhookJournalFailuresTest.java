package dev.ringback.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.relay.ManualLoop;
import dev.ringback.gateway.store.OutboxEvent;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.UnusableFileException;
import dev.ringback.gateway.store.WebhookJournal;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobSnapshot;
import dev.ringback.protocol.JobState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store of webhooks whose file fails now and then. */
class WebhookJournalFailuresTest {
    private static final byte[] JSON = {'{', '}'};

    private final ManualLoop loop = new ManualLoop();
    private final Journal journal = new Journal();
    private final MemoryOutbox outbox = new MemoryOutbox(GatewayConfig.of());
    private WebhookStore store;

    /** Keeps rows as a file does, except when it is told to fail. */
    private static final class Journal implements WebhookJournal {
        private final Map<String, byte[]> rows = new TreeMap<>();
        private boolean fails;
        private @Nullable String outage;

        @Override
        public List<Row> load() {
            return List.of();
        }

        @Override
        public CompletionStage<Void> write(List<Row> written) {
            if (fails) {
                return CompletableFuture.failedFuture(
                        new StoreException(StoreException.Kind.UNAVAILABLE, "the disk is full"));
            }
            for (Row row : written) {
                String name = row.kind() + " " + row.key();
                if (row.value() == null) {
                    rows.remove(name);
                } else {
                    rows.put(name, row.value());
                }
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public @Nullable String outage() {
            return outage;
        }
    }

    @BeforeEach
    void open() throws UnusableFileException {
        store = MemoryWebhookStore.open(new MemoryWebhookStore.Parts(
                GatewayConfig.of(), loop, () -> Instant.ofEpochMilli(loop.nanoTime() / 1_000_000), outbox, journal));
        loop.pass(10);
    }

    private static StoreException.Kind kindOf(CompletionStage<?> failed) {
        return StoreException.of(
                        catchThrowable(() -> failed.toCompletableFuture().join()))
                .kind();
    }

    private static Delivery delivery(String id) {
        return WebhooksFixture.delivery(id, "ep_1", null, 0);
    }

    @Test
    void stepThatTheFileCouldNotTakeIsWrittenLaterAsMemoryHasIt() {
        JobEvent job = new JobEvent(JobId.of("a"), "life", 2, JobState.COMPLETED, false, JSON);
        outbox.accept(1, new OutboxEvent(new JobSnapshot(job, null), null, JSON));
        journal.rows.put("OUTBOX 1", JSON);
        journal.fails = true;
        CompletionStage<Void> added = store.add("1", List.of(delivery("wd_1"), delivery("wd_2")));

        assertThat(kindOf(added)).isEqualTo(StoreException.Kind.TIMEOUT);
        assertThat(kindOf(store.purge(List.of("wd_2")))).isEqualTo(StoreException.Kind.TIMEOUT);
        assertThat(journal.rows).containsOnlyKeys("OUTBOX 1");
        loop.pass(3_000);
        assertThat(journal.rows).containsOnlyKeys("OUTBOX 1");
        journal.fails = false;
        loop.pass(1_100);
        assertThat(journal.rows).containsOnlyKeys("DELIVERY wd_1");
    }

    @Test
    void nothingChangesWhileTheFileIsKnownToTakeNothing() {
        WebhooksFixture.get(store.add(null, List.of(delivery("wd_1"))));
        journal.outage = "the disk is gone";

        List<CompletionStage<?>> changes = new ArrayList<>(List.of(
                store.purge(List.of("wd_1")),
                store.settle(List.of(delivery("wd_1"))),
                store.add(null, List.of(delivery("wd_2"))),
                store.removeEndpoint("ep_1"),
                store.putEndpoint(WebhooksFixture.endpoint("ep_1", WebhookEvent.COMPLETED))));
        assertThat(changes).allSatisfy(change -> assertThat(kindOf(change)).isEqualTo(StoreException.Kind.UNAVAILABLE));
        assertThat(WebhooksFixture.get(store.delivery("wd_1"))).isNotNull();
        assertThat(WebhooksFixture.get(store.delivery("wd_2"))).isNull();
        assertThat(WebhooksFixture.get(store.claim(5))).containsExactly("ep_1");

        journal.outage = null;
        assertThat(WebhooksFixture.get(store.purge(List.of("wd_1")))).isEqualTo(1);
        assertThat(journal.rows).isEmpty();
    }

    @Test
    void storeThatIsClosedSaysSo() {
        store.close();

        assertThat(kindOf(store.endpoints())).isEqualTo(StoreException.Kind.UNAVAILABLE);
    }
}
