package dev.ringback.loadtest.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.recovery.Recovery.Loss;
import dev.ringback.loadtest.scenario.Scenario.Comeback;
import dev.ringback.loadtest.scenario.Scenario.ServerChoice;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.SelfCommand;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Recoveries of a floor that is a process of its own. */
class RecoveryRunTest {
    private static final int CLIENTS = 40;

    @Test
    void everyoneComesBackFromAResetWhenToldAndHearsTheEnd() throws Exception {
        Recovery recovery = recovery(Loss.RESET, Comeback.TOLD);
        assertThat(recovery.isWhole()).as(recovery.toString()).isTrue();
        assertThat(recovery.moments().get(0).answered()).isLessThan(CLIENTS);
        assertThat(recovery.readySeconds()).isZero();
    }

    @Test
    void everyoneComesBackToAServerThatWasKilledAndStartedAgain() throws Exception {
        Recovery recovery = recovery(Loss.KILL, Comeback.AT_ONCE);
        assertThat(recovery.isWhole()).as(recovery.toString()).isTrue();
        assertThat(recovery.readySeconds()).isPositive().isLessThanOrEqualTo(recovery.secondsUntil(100));
        assertThat(recovery.complaints()).containsKey("connecting: AnnotatedConnectException");
        assertThat(recovery.memories()).isNotEmpty().allMatch(memory -> memory.heapBytes() == -1);
    }

    private static Recovery recovery(Loss loss, Comeback comeback) throws Exception {
        String port = Integer.toString(LoadedServer.freePort());
        RecoveryRun.Plan plan =
                new RecoveryRun.Plan(ServerChoice.FLOOR, loss, comeback, CLIENTS, 1, List.of(), Duration.ofSeconds(30));
        try (RecoveryRun run =
                new RecoveryRun(plan, () -> LoadedServer.start(SelfCommand.with("floor", "--port", port), ""))) {
            return run.run();
        }
    }
}
