package dev.ringback.gateway.queue;

import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob.AfterFailure;
import dev.ringback.protocol.NewJob.Plan;

/** What happens to a job while a gateway dies: each step of a {@link QueueScene} between two stores. */
enum QueueStory {
    SUBMIT {
        @Override
        void prepare(QueueScene scene) {}

        @Override
        void go(QueueScene scene) {
            scene.ask(scene.submitting("job", 3));
            scene.takes("job", 1, 1);
        }
    },
    SUBMIT_TWICE_THE_SAME {
        @Override
        void prepare(QueueScene scene) {}

        @Override
        void go(QueueScene scene) {
            scene.ask(scene.submitting("job", 3));
            scene.askAnother(scene.submitting("job", 3));
            scene.takes("job", 1, 1);
        }
    },
    SUBMIT_TWO_OF_ONE_ID {
        @Override
        void prepare(QueueScene scene) {}

        @Override
        void go(QueueScene scene) {
            scene.ask(scene.submitting("job", 3));
            scene.askAnother(scene.submitting("job", QueueWorld.FREE, null, Plan.NONE));
            // The queue in which it does not belong may have handed it out first.
            scene.takes("job", 1, 2);
        }
    },
    SUBMIT_TWO_OF_TWO_OWNERS {
        @Override
        void prepare(QueueScene scene) {}

        @Override
        void go(QueueScene scene) {
            scene.ask(scene.submitting("job", QueueWorld.FREE, "alice", Plan.NONE));
            scene.askAnother(scene.submitting("job", QueueWorld.FREE, "bob", Plan.NONE));
            scene.takes("job", 1, 1);
        }
    },
    TAKE {
        @Override
        void prepare(QueueScene scene) {
            scene.prepare(scene.submitting("job", 3));
        }

        @Override
        void go(QueueScene scene) {
            scene.ask(scene.taking());
            scene.takes("job", 1, 2);
        }

        @Override
        boolean leavesLease() {
            return true;
        }
    },
    TAKE_FOR_NOBODY {
        @Override
        void prepare(QueueScene scene) {
            scene.prepare(scene.submitting("job", 3));
        }

        @Override
        void go(QueueScene scene) {
            scene.takeForNobody();
            scene.takes("job", 1, 2);
        }
    },
    MOVE_ON {
        @Override
        boolean leavesLease() {
            return true;
        }

        @Override
        void go(QueueScene scene) {
            scene.ask(scene.reporting(scene.taken(), JobState.PROCESSING, false));
            scene.takes("job", 2, 2);
        }
    },
    COMPLETE {
        @Override
        void go(QueueScene scene) {
            scene.ask(scene.reporting(scene.taken(), JobState.COMPLETED, false));
            scene.takes("job", 1, 2);
        }
    },
    FAIL_WITH_ATTEMPTS_LEFT {
        @Override
        void go(QueueScene scene) {
            scene.ask(scene.reporting(scene.taken(), JobState.FAILED, false));
            scene.takes("job", 2, 2);
        }
    },
    FAIL_FOR_GOOD {
        @Override
        void go(QueueScene scene) {
            scene.ask(scene.reporting(scene.taken(), JobState.FAILED, true));
            scene.takes("job", 1, 2);
        }
    },
    GIVE_BACK {
        @Override
        void go(QueueScene scene) {
            scene.ask(scene.reporting(scene.taken(), JobState.QUEUED, false));
            scene.takes("job", 2, 2);
        }
    },
    CANCEL_WHILE_LEASED {
        @Override
        void go(QueueScene scene) {
            scene.ask(scene.cancelling("job"));
            scene.takes("job", 1, 2);
        }
    },
    CANCEL_WHILE_QUEUED {
        @Override
        void prepare(QueueScene scene) {
            scene.prepare(scene.submitting("job", 3));
        }

        @Override
        void go(QueueScene scene) {
            scene.ask(scene.cancelling("job"));
            scene.takes("job", 1, 1);
        }
    },
    LOSE_A_LEASE {
        @Override
        boolean leavesLease() {
            return true;
        }

        @Override
        void prepare(QueueScene scene) {
            super.prepare(scene);
            scene.world().pass(QueueWorld.LEASE_MILLIS);
        }

        @Override
        void go(QueueScene scene) {
            scene.keep();
            scene.takes("job", 2, 2);
        }

        @Override
        long millis() {
            return ONE_BEAT_MILLIS;
        }
    },
    TIDY_AFTER_AN_END {
        /** Else they would find it first. */
        @Override
        boolean hasWorkers() {
            return false;
        }

        @Override
        void prepare(QueueScene scene) {
            scene.prepare(scene.submitting("job", 3));
            scene.moveBehindTheirBack("job", JobState.CANCELLED);
        }

        @Override
        void go(QueueScene scene) {
            scene.keep();
            scene.takes("job", 1, 1);
        }

        @Override
        long millis() {
            return ONE_BEAT_MILLIS;
        }
    },
    FOLLOW_A_COMPLETION {
        @Override
        void prepare(QueueScene scene) {
            super.prepare(scene);
            scene.prepare(scene.submittingAfter("follower", AfterFailure.FAIL, "job"));
        }

        @Override
        void go(QueueScene scene) {
            COMPLETE.go(scene);
            scene.takes("follower", 1, 1);
        }
    },
    FOLLOW_A_FAILURE {
        @Override
        void prepare(QueueScene scene) {
            super.prepare(scene);
            scene.prepare(scene.submittingAfter("failing", AfterFailure.FAIL, "job"));
            scene.prepare(scene.submittingAfter("cancelled", AfterFailure.CANCEL, "job"));
            scene.prepare(scene.submittingAfter("late", AfterFailure.FAIL, "failing"));
        }

        @Override
        void go(QueueScene scene) {
            FAIL_FOR_GOOD.go(scene);
        }
    },
    FOLLOW_WHAT_COMPLETES_MEANWHILE {
        @Override
        void go(QueueScene scene) {
            scene.ask(scene.submittingAfter("follower", AfterFailure.FAIL, "job"));
            scene.askAnother(scene.reporting(scene.taken(), JobState.COMPLETED, false));
            scene.takes("follower", 1, 1);
        }
    },
    FOLLOW_WHAT_HAS_ENDED_UNHEARD_OF {
        @Override
        void prepare(QueueScene scene) {
            scene.prepare(scene.submitting("job", 3));
            scene.prepare(scene.submitting("failing", 3));
            scene.prepare(scene.submittingAfter("follower", AfterFailure.FAIL, "job"));
            scene.prepare(scene.submittingAfter("stopped", AfterFailure.FAIL, "failing"));
            scene.moveBehindTheirBack("job", JobState.COMPLETED);
            scene.moveBehindTheirBack("failing", JobState.FAILED);
            scene.world().pass(DependencyStore.CHECK_MILLIS);
        }

        @Override
        void go(QueueScene scene) {
            scene.keep();
            scene.takes("follower", 1, 1);
        }

        @Override
        long millis() {
            return ONE_BEAT_MILLIS;
        }
    },
    REPLAY {
        @Override
        void prepare(QueueScene scene) {
            super.prepare(scene);
            scene.prepare(scene.reporting(scene.taken(), JobState.FAILED, true));
            scene.world().pass(50);
        }

        @Override
        void go(QueueScene scene) {
            scene.ask(scene.replaying("job"));
            scene.takes("job", 1, 1);
            scene.takes("job-again", 1, 1);
        }
    };

    private static final long ONE_BEAT_MILLIS = 700;
    private static final long MILLIS = 200;

    /** What comes before it: a worker has a job. */
    void prepare(QueueScene scene) {
        scene.prepare(scene.submitting("job", 3));
        scene.take();
    }

    abstract void go(QueueScene scene);

    /** How long it goes on where nobody dies. */
    long millis() {
        return MILLIS;
    }

    /** Whether somebody has the job in the end, or had it for too long. */
    boolean leavesLease() {
        return false;
    }

    /** Whether workers ask for jobs in the end. */
    boolean hasWorkers() {
        return true;
    }
}
