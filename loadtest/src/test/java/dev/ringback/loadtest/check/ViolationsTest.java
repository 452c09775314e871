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

import dev.ringback.loadtest.check.Write.Outcome;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** For every promise: a history that breaks it, told in one sentence, and the nearest one that does not. */
class ViolationsTest {
    /** A queued job on an open stream. */
    private static Story waiting() {
        return Story.of().says(2, SNAPSHOT, "a-1", QUEUED);
    }

    /** The same, completed at 100 as version 2. */
    private static Story completed() {
        return waiting().write(100, OK, 2, COMPLETED).truth("a-2", COMPLETED);
    }

    private static void good(Story story) {
        assertThat(story.endsAt(20_000).violations()).isEmpty();
    }

    private static void bad(Story story, String... words) {
        assertThat(story.endsAt(20_000).violations()).singleElement().asString().contains(words);
    }

    @Nested
    class EveryoneHearsTheEndInTime {
        @Test
        void anEndNeverHeard() {
            bad(completed(), "client 1, job j1: ", "by 20000 ms", "completed a-2", "after 100 ms", "queued a-1");
        }

        @Test
        void anEndThatIsNotDueYet() {
            assertThat(completed().endsAt(1_100).violations()).isEmpty();
            assertThat(completed().endsAt(1_101).violations()).hasSize(1);
        }

        @Test
        void anEndHeardTooLate() {
            bad(completed().says(1_101, EVENT, "a-2", COMPLETED), "only at 1101 ms", "1000 ms after 100 ms");
            good(completed().says(1_100, EVENT, "a-2", COMPLETED));
        }

        @Test
        void aFaultGivesTimeUntilItIsHealedIfItBeganInTime() {
            good(completed().fault(50, 3_000).says(4_000, EVENT, "a-2", COMPLETED));
            good(completed().fault(1_100, 3_000).says(4_000, EVENT, "a-2", COMPLETED));
            bad(completed().fault(1_101, 3_000).says(4_000, EVENT, "a-2", COMPLETED), "only at 4000 ms");
        }

        @Test
        void oneFaultAfterTheOtherGivesTimeUntilTheLast() {
            good(completed().fault(3_900, 5_000).fault(50, 3_000).says(6_000, EVENT, "a-2", COMPLETED));
        }

        @Test
        void whoBeginsLateHasItsOwnTime() {
            Story late = completed().says(101, EVENT, "a-2", COMPLETED).client(2);
            good(late.says(9_000, Heard.Kind.BEGAN).says(9_001, CONNECTED).says(10_000, SNAPSHOT, "a-2", COMPLETED));
        }

        @Test
        void anUnacknowledgedEndThatHappenedIsOwedFromWhenItsWorkerGaveUp() {
            Story unknown = waiting().write(100, UNKNOWN, 0, COMPLETED).truth("a-2", COMPLETED);
            bad(unknown, "completed a-2 was due 1000 ms after 100 ms");
        }

        @Test
        void whoLeavesBeforeItIsDueIsOwedNothing() {
            good(completed().says(1_100, LEFT));
            bad(completed().says(1_101, LEFT), "by 1101 ms");
        }

        @Test
        void whoIsToldGoneIsOwedNothing() {
            good(completed().says(500, GONE));
        }

        @Test
        void upToDateCountsOnlyForTheVeryEnd() {
            Story reset = completed()
                    .says(150, RESET, "a-2", COMPLETED)
                    .says(160, CLOSED)
                    .says(200, CONNECTED);
            good(reset.says(201, UP_TO_DATE));
            Story queued = completed().says(160, CLOSED).says(200, CONNECTED).says(201, UP_TO_DATE);
            bad(queued.says(202, CONNECTED).says(203, SNAPSHOT, "a-1", QUEUED), "had not heard the end");
        }

        @Test
        void anEndThatIsNotTheStoresIsNotEnoughOnAStrongStore() {
            Story other = completed().write(50, UNKNOWN, 0, FAILED).says(101, EVENT, "a-2", FAILED);
            bad(other, "last heard failed a-2");
            good(other.onAWeakStore());
        }
    }

    @Nested
    class AcknowledgedEndsSurvive {
        @Test
        void anEndThatTheStoreNoLongerHas() {
            Story undone = waiting().says(101, EVENT, "a-2", COMPLETED).write(100, OK, 2, COMPLETED);
            bad(undone.truth("a-1", QUEUED), "job j1", "completed as version 2", "at 100 ms", "queued a-1");
            good(undone.onAWeakStore());
        }

        @Test
        void anotherEndThanTheAcknowledgedOne() {
            Story other = Story.of().says(120, SNAPSHOT, "a-2", FAILED).write(110, UNKNOWN, 0, FAILED);
            bad(other.write(100, OK, 2, COMPLETED).truth("a-2", FAILED), "completed as version 2", "failed a-2");
        }

        @Test
        void anEndThatWasNotAcknowledgedMayBeLost() {
            good(waiting()
                    .write(100, UNKNOWN, 0, COMPLETED)
                    .write(100, Outcome.REFUSED, 0, FAILED)
                    .truth("a-1", QUEUED));
        }
    }

    @Nested
    class OneEndAndNothingAfterIt {
        private Story ended() {
            return completed().says(101, EVENT, "a-2", COMPLETED);
        }

        @Test
        void aSecondEnd() {
            bad(ended().says(102, EVENT, "a-2", COMPLETED), "EVENT with completed a-2 at 102 ms", "at 101 ms");
        }

        @Test
        void aSecondEndOnALaterConnection() {
            bad(ended().says(102, CLOSED).says(103, CONNECTED).says(104, SNAPSHOT, "a-2", COMPLETED), "SNAPSHOT");
        }

        @Test
        void anythingElseAfterTheEnd() {
            bad(ended().says(102, EVENT, "a-3", PROCESSING), "processing a-3");
            bad(ended().says(102, GONE), "GONE");
            bad(ended().says(102, REFUSED), "REFUSED");
        }

        @Test
        void aResetTakesTheEndBackOnlyOnTheOpenStream() {
            Story back = ended().says(110, RESET, "a-1", QUEUED).says(111, EVENT, "a-1", QUEUED);
            good(back.says(112, EVENT, "a-2", COMPLETED));
            bad(ended().says(105, CLOSED).says(110, RESET, "a-1", QUEUED), "RESET with queued a-1 at 110 ms");
        }

        @Test
        void aStateAfterGone() {
            bad(completed().says(50, GONE).says(101, EVENT, "a-2", COMPLETED), "after it was told gone at 50 ms");
        }

        @Test
        void closedAndLeftMayFollow() {
            good(ended().says(102, CLOSED).says(103, LEFT));
        }
    }

    @Nested
    class VersionsRise {
        private Story processing(Heard.Kind kind, String cursor) {
            return waiting()
                    .says(10, EVENT, "a-5", PROCESSING)
                    .says(20, kind, cursor, PROCESSING)
                    .truth(cursor, PROCESSING);
        }

        @Test
        void anEventThatFallsOrRepeatsOrChangesTheIncarnation() {
            bad(processing(EVENT, "a-4"), "processing a-4 at 20 ms", "processing a-5", "fell");
            bad(processing(EVENT, "a-5"), "repeated");
            bad(processing(EVENT, "b-6"), "another incarnation");
            good(processing(EVENT, "a-7"));
        }

        @Test
        void anEventThatFallsOnALaterConnection() {
            Story again = waiting()
                    .says(10, EVENT, "a-5", PROCESSING)
                    .says(11, CLOSED)
                    .says(12, CONNECTED);
            bad(again.says(13, EVENT, "a-4", PROCESSING).truth("a-4", PROCESSING), "fell");
        }

        @Test
        void aSnapshotOnALaterConnectionMayBeAnything() {
            Story again = waiting()
                    .says(10, EVENT, "a-5", PROCESSING)
                    .says(11, CLOSED)
                    .says(12, CONNECTED);
            good(again.says(13, SNAPSHOT, "b-1", PROCESSING).truth("b-1", PROCESSING));
        }

        @Test
        void aSecondSnapshotOnOneConnectionIsAnEventLikeAnyOther() {
            bad(processing(SNAPSHOT, "a-4"), "fell");
        }

        @Test
        void anEventBelowTheSnapshotOfItsConnection() {
            bad(waiting().says(10, EVENT, "b-5", PROCESSING).truth("b-5", PROCESSING), "another incarnation");
        }

        @Test
        void afterAResetTheJobsOwnEventMayRepeatItOnce() {
            Story reset = waiting().says(10, RESET, "b-3", PROCESSING).says(11, EVENT, "b-3", PROCESSING);
            good(reset.truth("b-3", PROCESSING));
            bad(reset.says(12, EVENT, "b-3", PROCESSING), "repeated");
        }

        @Test
        void anEventBelowTheResetBeforeIt() {
            Story reset = waiting().says(10, RESET, "b-3", PROCESSING).says(11, EVENT, "b-2", PROCESSING);
            bad(reset.truth("b-2", PROCESSING), "fell");
        }
    }

    @Nested
    class NoEndIsInvented {
        @Test
        void anEndThatNobodyWrote() {
            Story invented = waiting().says(50, EVENT, "a-2", COMPLETED).truth("a-2", COMPLETED);
            bad(invented, "completed a-2 at 50 ms", "no worker wrote");
            good(invented.write(40, UNKNOWN, 0, COMPLETED));
        }

        @Test
        void anEndThatWasRefused() {
            Story refused = waiting().says(50, EVENT, "a-2", COMPLETED).truth("a-2", COMPLETED);
            bad(refused.write(40, Outcome.REFUSED, 0, COMPLETED), "no worker wrote");
        }

        @Test
        void anEndOfAnotherVersion() {
            Story other = waiting()
                    .says(50, EVENT, "a-3", COMPLETED)
                    .truth("a-3", COMPLETED)
                    .onAWeakStore();
            bad(other.write(40, OK, 2, COMPLETED), "no worker wrote");
        }

        @Test
        void anEndOfAnotherIncarnation() {
            Story other = waiting()
                    .says(50, EVENT, "a-2", COMPLETED)
                    .truth("a-2", COMPLETED)
                    .onAWeakStore();
            bad(other.endIn("b", COMPLETED), "no worker wrote");
            good(other.endIn("a", COMPLETED));
        }

        @Test
        void anEndBeforeItsWriteBegan() {
            bad(completed().says(89, EVENT, "a-2", COMPLETED), "no worker wrote");
            good(completed().says(90, EVENT, "a-2", COMPLETED));
        }
    }

    @Nested
    class GapsAreAnnounced {
        @Test
        void aProgressThatWasMissed() {
            Story missed = waiting().write(100, OK, 2, PROCESSING).truth("a-2", PROCESSING);
            bad(missed, "connected since 1 ms", "queued a-1 at 2 ms", "processing a-2");
            assertThat(missed.endsAt(1_100).violations()).isEmpty();
        }

        @Test
        void aStateAboveTheTruth() {
            Story fallen = waiting().says(10, EVENT, "a-5", PROCESSING);
            bad(fallen.truth("a-3", PROCESSING), "lies above the truth, processing a-3, without a RESET");
            good(fallen.says(11, RESET, "a-3", PROCESSING));
        }

        @Test
        void aJobThatIsNoMore() {
            Story flushed = waiting().fault(100, 200);
            bad(flushed, "lies above the truth, nothing, without a RESET");
            good(flushed.says(500, GONE));
        }

        @Test
        void aJobThatCameToBeAgain() {
            bad(waiting().says(10, RESET).truth("b-1", QUEUED), "last heard nothing at 10 ms", "queued b-1");
            good(waiting().says(10, RESET).says(11, EVENT, "b-1", QUEUED).truth("b-1", QUEUED));
        }

        @Test
        void aFirstRequestMayBeHeldWhileTheJobDoesNotChange() {
            assertThat(Story.of().truth("a-1", QUEUED).endsAt(4_000).violations())
                    .isEmpty();
        }

        @Test
        void whoHasJustComeBackMayNotKnowYet() {
            Story back = waiting().truth("a-2", PROCESSING).says(3_000, CLOSED).says(3_500, CONNECTED);
            assertThat(back.endsAt(4_500).violations()).isEmpty();
            assertThat(back.endsAt(4_501).violations()).hasSize(1);
        }

        @Test
        void aFaultThatHasJustHealedGivesTime() {
            Story fallen = waiting().fault(1_000, 5_000).truth("a-2", PROCESSING);
            assertThat(fallen.endsAt(6_000).violations()).isEmpty();
            assertThat(fallen.endsAt(6_001).violations()).hasSize(1);
        }
    }

    @Nested
    class NoWaitOutlivesItsDeadline {
        private static final String SILENCE = "was told nothing on its connection for ";
        private static final String IDLENESS = "made no connection attempt for ";

        @Test
        void aRequestWithoutAnAnswer() {
            Story silent = Story.of();
            assertThat(silent.endsAt(5_001).violations()).isEmpty();
            assertThat(silent.endsAt(5_002).violations())
                    .singleElement()
                    .asString()
                    .contains(SILENCE + "5001 ms");
        }

        @Test
        void anAnswerTooLate() {
            bad(Story.of().says(5_002, SNAPSHOT, "a-1", QUEUED).truth("a-1", QUEUED), SILENCE + "5001 ms from 1 ms on");
            good(Story.of().says(5_001, SNAPSHOT, "a-1", QUEUED).truth("a-1", QUEUED));
        }

        @Test
        void askingAgainDoesNotRestartTheClock() {
            bad(
                    Story.of()
                            .says(3_000, CONNECTED)
                            .says(6_000, SNAPSHOT, "a-1", QUEUED)
                            .truth("a-1", QUEUED),
                    SILENCE);
        }

        @Test
        void aClientThatNeverComesBack() {
            assertThat(waiting()
                            .truth("a-1", QUEUED)
                            .says(10, CLOSED)
                            .endsAt(5_010)
                            .violations())
                    .isEmpty();
            assertThat(waiting()
                            .truth("a-1", QUEUED)
                            .says(10, CLOSED)
                            .endsAt(5_011)
                            .violations())
                    .singleElement()
                    .asString()
                    .contains(IDLENESS + "5001 ms from 10 ms on");
        }

        @Test
        void aClientThatComesBackTooLate() {
            Story back = waiting().truth("a-1", QUEUED).says(10, REFUSED).says(5_011, CONNECTED);
            bad(back.says(5_012, SNAPSHOT, "a-1", QUEUED), IDLENESS);
        }

        @Test
        void aClientThatWasStoppedWithoutAnEnd() {
            Story stopped = Story.of().says(2, UP_TO_DATE).truth("a-1", QUEUED);
            assertThat(stopped.endsAt(5_003).violations()).anyMatch(what -> what.contains(IDLENESS));
        }

        @Test
        void whoHasEndedWaitsForNothing() {
            good(completed().says(101, EVENT, "a-2", COMPLETED).says(102, CLOSED));
            good(waiting().truth("a-1", QUEUED).says(10, CLOSED).says(11, LEFT));
        }
    }
}
