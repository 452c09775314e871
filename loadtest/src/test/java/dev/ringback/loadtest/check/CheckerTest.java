package dev.ringback.loadtest.check;

import static dev.ringback.loadtest.check.Heard.Kind.CLOSED;
import static dev.ringback.loadtest.check.Heard.Kind.CONNECTED;
import static dev.ringback.loadtest.check.Heard.Kind.EVENT;
import static dev.ringback.loadtest.check.Heard.Kind.GONE;
import static dev.ringback.loadtest.check.Heard.Kind.LEFT;
import static dev.ringback.loadtest.check.Heard.Kind.REFUSED;
import static dev.ringback.loadtest.check.Heard.Kind.RESET;
import static dev.ringback.loadtest.check.Heard.Kind.SNAPSHOT;
import static dev.ringback.loadtest.check.Heard.Kind.UP_TO_DATE;
import static dev.ringback.loadtest.check.Write.Outcome.OK;
import static dev.ringback.loadtest.check.Write.Outcome.UNKNOWN;
import static dev.ringback.protocol.JobState.COMPLETED;
import static dev.ringback.protocol.JobState.FAILED;
import static dev.ringback.protocol.JobState.PROCESSING;
import static dev.ringback.protocol.JobState.QUEUED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ringback.loadtest.check.Write.Outcome;
import dev.ringback.protocol.JobId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories of each shape that keep every promise, and the figures drawn from them. */
class CheckerTest {
    @Test
    void aStreamThatHearsEveryEventAndTheEndIsGood() {
        Report report = Story.of()
                .says(2, SNAPSHOT, "a-1", QUEUED)
                .says(100, EVENT, "a-2", PROCESSING)
                .says(215, EVENT, "a-4", COMPLETED)
                .says(220, CLOSED)
                .write(210, OK, 4, COMPLETED)
                .truth("a-4", COMPLETED)
                .endsAt(20_000);
        assertThat(report.violations()).isEmpty();
        assertThat(report.stats()).isEqualTo(new Stats(1, 1, 0, 0, 0, 0, 0, 1, 0, 5_000_000));
    }

    @Test
    void aLongPollThatAsksAgainAndAgainIsGood() {
        Report report = Story.of()
                .says(2, SNAPSHOT, "a-1", QUEUED)
                .says(3, CONNECTED)
                .says(3_000, UP_TO_DATE)
                .says(3_001, CONNECTED)
                .says(6_000, SNAPSHOT, "a-1", QUEUED)
                .says(6_001, CONNECTED)
                .says(7_000, SNAPSHOT, "a-2", COMPLETED)
                .write(6_900, OK, 2, COMPLETED)
                .truth("a-2", COMPLETED)
                .endsAt(20_000);
        assertThat(report.violations()).isEmpty();
        assertThat(report.stats().reconnects()).isZero();
        assertThat(report.stats().duplicates()).isOne();
    }

    @Test
    void aClientThatIsRefusedAndComesBackThroughAFaultIsGood() {
        Report report = Story.of()
                .says(2, SNAPSHOT, "a-1", QUEUED)
                .fault(1_000, 3_000)
                .says(1_000, CLOSED)
                .says(1_500, CONNECTED)
                .says(1_600, REFUSED)
                .says(2_000, CONNECTED)
                .says(3_500, SNAPSHOT, "a-2", COMPLETED)
                .write(900, OK, 2, COMPLETED)
                .truth("a-2", COMPLETED)
                .endsAt(20_000);
        assertThat(report.violations()).isEmpty();
        assertThat(report.stats().reconnects()).isEqualTo(2);
        assertThat(report.stats().refusals()).isOne();
        assertThat(report.stats().faults()).isOne();
        assertThat(report.stats().worstDelayNanos()).isEqualTo(500_000_000);
    }

    @Test
    void aFaultAfterTheEndWasHeardDoesNotHideTheDelay() {
        Report report = Story.of()
                .says(2, SNAPSHOT, "a-1", QUEUED)
                .says(215, EVENT, "a-2", COMPLETED)
                .fault(216, 400)
                .write(210, OK, 2, COMPLETED)
                .truth("a-2", COMPLETED)
                .endsAt(20_000);
        assertThat(report.violations()).isEmpty();
        assertThat(report.stats().worstDelayNanos()).isEqualTo(5_000_000);
    }

    @Test
    void anEndThatAWeakStoreLosesIsTakenBackByAResetAndCounted() {
        Report report = Story.of()
                .onAWeakStore()
                .says(2, SNAPSHOT, "a-1", QUEUED)
                .says(100, EVENT, "a-2", COMPLETED)
                .fault(200, 400)
                .says(450, RESET, "a-1", QUEUED)
                .says(451, EVENT, "a-1", QUEUED)
                .says(800, EVENT, "a-2", COMPLETED)
                .write(90, OK, 2, FAILED)
                .write(90, UNKNOWN, 0, COMPLETED)
                .write(790, OK, 2, COMPLETED)
                .truth("a-2", COMPLETED)
                .endsAt(20_000);
        assertThat(report.violations()).isEmpty();
        assertThat(report.stats().resetsHeard()).isOne();
        assertThat(report.stats().terminalsHeard()).isEqualTo(2);
        assertThat(report.stats().acknowledgedEnds()).isEqualTo(2);
        assertThat(report.stats().undoneEnds()).isOne();
    }

    @Test
    void aBrowserThatComesBackAfterTheEndAndIsStoppedIsGood() {
        Report report = Story.of()
                .says(2, SNAPSHOT, "a-2", COMPLETED)
                .says(3, CLOSED)
                .says(1_000, CONNECTED)
                .says(1_001, UP_TO_DATE)
                .write(1, OK, 0, COMPLETED)
                .truth("a-2", COMPLETED)
                .endsAt(20_000);
        assertThat(report.violations()).isEmpty();
    }

    @Test
    void clientsThatWaitOnThatLeaveAndThatAreToldGoneAreGood() {
        Report report = Story.of()
                .says(2, SNAPSHOT, "a-1", QUEUED)
                .client(2)
                .says(1, CONNECTED)
                .says(2, LEFT)
                .client(3)
                .says(1, CONNECTED)
                .says(2, GONE)
                .truth("a-1", QUEUED)
                .endsAt(20_000);
        assertThat(report.violations()).isEmpty();
        assertThat(report.stats().clients()).isEqualTo(3);
    }

    @Test
    void aJobWithoutATruthIsAMistakeOfTheHarness() {
        Write write = new Write(JobId.of("other"), null, 1, COMPLETED, 0, 1, Outcome.OK);
        History history = new History(List.of(write), List.of(), List.of(), List.of(), 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Checker.check(history, new Bounds(1, 1, true)))
                .withMessageContaining("other");
    }
}
