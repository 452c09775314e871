package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway with a file of its own knows of its queues when it is started again. */
class FileQueueApiTest extends QueueApiFixture {
    @TempDir
    static Path directory;

    @Override
    List<String> store() {
        return List.of("store.kind=file", "store.path=" + directory.resolve("jobs.db"));
    }

    private void restart() {
        stop();
        start();
    }

    @Test
    void afterARestartEachJobIsWhereItWas() {
        String dead = dead();
        submitMany(3);
        Lease kept = lease("lease=300");
        Lease completed = lease("lease=300");
        complete(completed);
        String blocked = submit("\"after\":[\"" + kept.jobId() + "\"]");
        String later = submit("\"runAt\":\"" + Instant.now().plusSeconds(600) + "\"");
        restart();

        await().until(() -> figures().toString().contains("\"waiting\":1,\"delayed\":1,\"leased\":1,\"dead\":1,"));
        assertStatus(report(kept, ""), 200);
        assertThat(lease().json().path("input").intValue()).isEqualTo(2);
        assertNothingToDo();
        assertThat(complete(completed).json().path("duplicate").booleanValue()).isTrue();
        complete(kept);
        assertThat(lease().jobId()).isEqualTo(blocked);
        assertNothingToDo();
        assertThat(job(later).path("status").textValue()).isEqualTo("queued");
        assertStatus(api.get("/queues/" + type + "/dead/" + dead), 200);
        assertThat(api.get("/queues/" + type + "/dead").body()).contains(dead);
    }

    @Test
    void leaseThatIsNotKeptUpIsLostAfterARestartToo() {
        submit("");
        Lease lease = lease("lease=1");
        restart();
        awaitState(lease.jobId(), "queued");
        assertProblem(report(lease, "\"status\":\"completed\""), 409, "lease-stale");
        assertThat(lease().attempt()).isEqualTo(2);
    }
}
