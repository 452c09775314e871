package dev.ringback.loadtest.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.client.Transport;
import dev.ringback.loadtest.floor.FloorServer;
import dev.ringback.loadtest.memory.MemoryReport.Round;
import dev.ringback.loadtest.scenario.Scenario.ServerChoice;
import dev.ringback.loadtest.server.LoadedServer;
import org.junit.jupiter.api.Test;

/** Readings of the floor in this process. */
class MemoryRunTest {
    private static final MemoryRun.Plan PLAN = new MemoryRun.Plan(Transport.SSE, 5, 25, 1, "m");

    @Test
    void aRoundHasFewWaitingAndThenMany() throws Exception {
        try (FloorServer floor = new FloorServer(0)) {
            MemoryRun run = new MemoryRun(ServerChoice.FLOOR, server(floor), PLAN);
            run.warmUp(1);
            Round round = run.round();
            assertThat(round.few().connections()).isEqualTo(5);
            assertThat(round.many().connections()).isEqualTo(25);
            assertThat(round.many().heapInfo()).isPositive();
            assertThat(round.many().pss()).isPositive();
            assertThat(round.many().heap()).as("the floor has no metrics").isEqualTo(-1);
            // A server that was there is measured round for round.
            assertThat(run.round().many().connections()).isEqualTo(25);
        }
    }

    @Test
    void aServerThatRefusesTheJobsIsNotMeasured() throws Exception {
        try (FloorServer floor = new FloorServer(0)) {
            // The floor knows no jobs, and answers those who make them with HTTP 400.
            MemoryRun run = new MemoryRun(ServerChoice.RINGBACK, server(floor), PLAN);
            assertThatIOException().isThrownBy(run::round).withMessageContaining("jobs were refused");
        }
    }

    private static LoadedServer server(FloorServer floor) {
        return LoadedServer.at(
                new Target("127.0.0.1", floor.port()), ProcessHandle.current().pid(), null);
    }
}
