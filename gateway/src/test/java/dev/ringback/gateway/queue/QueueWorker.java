package dev.ringback.gateway.queue;

import dev.ringback.gateway.queue.LeaseDesk.Answer;
import dev.ringback.gateway.queue.LeaseDesk.Verdict;
import dev.ringback.gateway.queue.QueueStore.Wish;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import java.util.List;
import java.util.function.Consumer;

/** A worker in a {@link QueueWorld}: it asks some gateway for jobs, and says what becomes of them until it is answered. */
final class QueueWorker {
    /**
     * How it is, in thousandths.
     *
     * @param crashes how often nobody hears of a job any more that it has begun
     * @param fails how often it fails
     * @param releases how often it gives a job back
     * @param leaves how often it has gone when a job comes to it
     * @param atOnce how many jobs it asks for
     */
    record Habits(int crashes, int fails, int releases, int leaves, int atOnce) {
        static final Habits PERFECT = new Habits(0, 0, 0, 0, 1);
    }

    private static final long POLL_MILLIS = 8_000;
    private static final long AGAIN_MILLIS = 200;
    private static final long UNHEARD_MILLIS = 1_500;
    private static final int LONGEST_WORK_MILLIS = 2_000;

    private final QueueWorld world;
    private final String name;
    private final String type;
    private Habits habits;
    private Poll poll;

    QueueWorker(QueueWorld world, String name, String type, Habits habits) {
        this.world = world;
        this.name = name;
        this.type = type;
        this.habits = habits;
    }

    /** How it is from now on. */
    void behave(Habits others) {
        habits = others;
    }

    void begin() {
        MortalGateway gateway = world.someGateway();
        if (gateway == null) {
            world.after(AGAIN_MILLIS, this::begin);
            return;
        }
        Poll next = new Poll(gateway);
        poll = next;
        gateway.tell(() -> gateway.queues().add(next));
        world.after(POLL_MILLIS, () -> {
            if (poll == next) {
                next.leaving = true;
                gateway.tell(() -> gateway.queues().remove(next));
            }
        });
    }

    void onDeath(MortalGateway gateway) {
        if (poll != null && poll.gateway == gateway) {
            again();
        }
    }

    private void again() {
        poll = null;
        world.after(AGAIN_MILLIS, this::begin);
    }

    /** One request for jobs. */
    private final class Poll implements Taker {
        private final MortalGateway gateway;
        private final Wish wish = new Wish(type, habits.atOnce(), name, null, QueueWorld.LEASE_MILLIS);
        private boolean leaving;

        private Poll(MortalGateway gateway) {
            this.gateway = gateway;
        }

        @Override
        public Wish wish() {
            return wish;
        }

        @Override
        public boolean onLeased(List<LeasedJob> leased) {
            again();
            if (world.chance(habits.leaves())) {
                return false;
            }
            leased.forEach(QueueWorker.this::work);
            return true;
        }

        @Override
        public boolean onNothing() {
            if (leaving) {
                again();
            }
            return !leaving;
        }

        @Override
        public void onFailure(StoreException failure) {
            again();
        }
    }

    private void work(LeasedJob leased) {
        JobId id = leased.job().jobId();
        world.note(() -> name + " has " + id + " by " + leased.token());
        world.ledger().promised(id, leased.deadlineMillis());
        if (world.chance(habits.crashes())) {
            return;
        }
        world.after(
                1 + world.random(LONGEST_WORK_MILLIS),
                () -> report(leased, JobState.PROCESSING, answer -> {
                    if (answer.verdict() == Verdict.TAKEN) {
                        world.after(1 + world.random(LONGEST_WORK_MILLIS), () -> end(leased));
                    }
                }));
    }

    private void end(LeasedJob leased) {
        int chance = world.random(1_000);
        boolean fails = chance < habits.fails();
        boolean releases = !fails && chance < habits.fails() + habits.releases();
        JobState state = fails ? JobState.FAILED : releases ? JobState.QUEUED : JobState.COMPLETED;
        report(leased, state, answer -> {
            boolean taken = answer.verdict() == Verdict.TAKEN || answer.verdict() == Verdict.DUPLICATE;
            if (taken && state == JobState.COMPLETED) {
                world.ledger().ended(leased.job().jobId(), state);
            }
        });
    }

    /** Again, to whatever gateway, until there is an answer. */
    private void report(LeasedJob leased, JobState state, Consumer<Answer> heard) {
        boolean[] answered = new boolean[1];
        MortalGateway gateway = world.someGateway();
        if (gateway != null) {
            JobId id = leased.job().jobId();
            boolean permanent = world.chance(200);
            var unused = gateway.ask(() ->
                            gateway.queues().desk().report(id, JobChange.to(state), leased.token(), null, 0, permanent))
                    .thenAccept(answer -> {
                        if (!answered[0]) {
                            answered[0] = true;
                            hear(id, answer);
                            heard.accept(answer);
                        }
                    });
        }
        world.after(UNHEARD_MILLIS, () -> {
            if (!answered[0]) {
                answered[0] = true;
                report(leased, state, heard);
            }
        });
    }

    private void hear(JobId id, Answer answer) {
        world.note(() -> name + " hears of " + id + ": " + answer.verdict());
        if (answer.deadlineMillis() > 0) {
            world.ledger().promised(id, answer.deadlineMillis());
        }
    }
}
