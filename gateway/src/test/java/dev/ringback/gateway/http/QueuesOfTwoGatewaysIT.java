package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.http.Api.Said;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gateways that share one Redis: workers and clients are at any of them, and a gateway that goes takes no job with it. */
class QueuesOfTwoGatewaysIT extends QueueApiFixture {
    private final RedisProcess redis = RedisProcess.start();

    @AfterAll
    @Override
    void stop() {
        super.stop();
        redis.close();
    }

    @Override
    List<String> store() {
        return List.of("store.kind=redis", "redis.uri=" + redis.uri());
    }

    @Override
    List<String> settings() {
        // What is asked of a frozen Redis is to be answered once it goes on.
        return List.of("queues.lease=5m", "store.timeout=30s");
    }

    @Test
    void workerAtOneGatewayHasWhatIsSubmittedToTheOther() {
        try (TestGateway other = startWith()) {
            for (int i = 0; i < 5; i++) {
                CompletableFuture<Said> waiting = askLater("wait=20");
                awaitWaiting(gateway, 1);
                String id = new Api(other).submit("{\"type\":\"" + type + "\"}").jobId();
                assertThat(leased(waiting.join()).jobId()).isEqualTo(id);
            }
        }
    }

    @Test
    void leaseGoesOnAtAnotherGatewayWhenItsOwnIsGone() {
        String id = submit("");
        Lease lease;
        try (TestGateway going = startWith()) {
            lease = leased(new Api(going).send("POST", leasePath() + "?wait=10&lease=300", ""));
        }
        assertStatus(report(lease, ""), 200);
        assertStatus(report(lease, "\"progress\":1"), 200);
        complete(lease);
        assertThat(job(id).path("attempt").intValue()).isEqualTo(1);
    }

    @Test
    void jobWhoseWorkerAndGatewayAreGoneIsAnothers() {
        String id = submit("");
        try (TestGateway going = startWith()) {
            leased(new Api(going).send("POST", leasePath() + "?wait=10&lease=1", ""));
        }
        Lease second = leased(ask("wait=20"));
        assertThat(second.jobId()).isEqualTo(id);
        assertThat(second.attempt()).isEqualTo(2);
    }

    /** Whoever hangs up while the store is asked is gone when its answer comes. */
    @ParameterizedTest
    @ValueSource(ints = {0, 30})
    void jobThatWasLeasedToAConnectionThatIsGoneIsGivenBack(int wait) {
        type += wait;
        String id = submit("");
        double before = Metrics.of(gateway, "ringback_connections");
        try {
            try (RawConnection gone = new RawConnection(gateway)) {
                redis.freeze();
                gone.send(request("POST", leasePath() + "?wait=" + wait));
                assertStatus(api.get("/"), 200);
            }
            await().until(() -> Metrics.of(gateway, "ringback_connections") <= before);
        } finally {
            redis.thaw();
        }
        Lease next = leased(ask("wait=15"));
        assertThat(next.jobId()).isEqualTo(id);
        await().until(() -> figures().path("leased").intValue() == 1);
        assertThat(figures().at("/counts/lost").intValue()).isZero();
    }
}
