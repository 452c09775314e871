package dev.ringback.gateway.queue;

import dev.ringback.gateway.queue.QueueWorld.Fates;
import dev.ringback.gateway.simulation.SeededScheduler;
import dev.ringback.gateway.simulation.SeededScheduler.Lane;
import dev.ringback.gateway.simulation.SeededScheduler.SimulatedLoop;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreException.Kind;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One life of a gateway in a {@link QueueWorld}: its queues are real, and each of its calls to the stores goes over a wire, where it
 * may meet any {@link Fate}. Once it is dead nothing of it runs any more, but what it has sent is done.
 */
final class MortalGateway {
    /** What becomes of a call. */
    enum Fate {
        DONE,
        /** The gateway dies instead. */
        DIES_BEFORE,
        /** The gateway dies before the answer comes. */
        DIES_AFTER,
        UNAVAILABLE,
        OVERLOADED,
        /** It gets lost on its way: the gateway hears of a timeout. */
        LOST,
        /** Its answer gets lost. */
        ANSWER_LOST,
        /** It is done when the gateway has heard of a timeout already. */
        LATE,
        /** It is done at once, but other answers may come before its own. */
        SLOW
    }

    private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long LATEST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final QueueWorld world;
    private final SeededScheduler scheduler;
    private final String name;
    private final SimulatedLoop loop;
    private final Queues queues;
    private Fates fates = number -> Fate.DONE;
    private int calls;
    private boolean up = true;

    MortalGateway(QueueWorld world, String name) {
        this.world = world;
        this.scheduler = world.scheduler();
        this.name = name;
        this.loop = scheduler.loop(0);
        this.queues = new Queues(new Queues.Parts(
                loop,
                wired(JobStore.class, world.jobs()),
                wired(QueueStore.class, world.queue()),
                wired(DependencyStore.class, world.dependencies()),
                world.config(),
                world.clock(),
                scheduler.random()));
    }

    Queues queues() {
        return queues;
    }

    boolean isUp() {
        return up;
    }

    /** How many calls it has made since its fates were given. */
    int calls() {
        return calls;
    }

    /** From now on its calls meet these fates. */
    void meets(Fates others) {
        fates = others;
        calls = 0;
    }

    /** Begins to keep the queues. */
    void keep() {
        loop.execute(queues::start);
    }

    void die() {
        if (up) {
            up = false;
            loop.lane().end();
            world.onDeath(this);
        }
    }

    /** Does something on its loop: what it comes to, which nobody learns where it dies meanwhile. */
    <T> CompletableFuture<T> ask(Supplier<? extends CompletionStage<T>> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> {
            var unused =
                    question.get().whenComplete((value, failure) -> loop.execute(() -> give(answer, value, failure)));
        });
        return answer;
    }

    /** Tells it something, of what it has subscribed to. */
    void tell(Runnable news) {
        loop.execute(news);
    }

    // ── calls ──────────────────────────────────────────────────────────────────────────────────────────────────

    private <T> T wired(Class<T> type, T store) {
        Lane wire = scheduler.lane();
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "onWork" -> {
                        world.onWork(this, listener(arguments[0]));
                        yield null;
                    }
                    case "keeps" -> call(wire, new Call(method, arguments), () -> world.keeps(this));
                    default -> call(wire, new Call(method, arguments), () -> invoke(store, method, arguments));
                }));
    }

    @SuppressWarnings("unchecked")
    private static Consumer<String> listener(Object argument) {
        return (Consumer<String>) argument;
    }

    private record Call(Method method, Object[] arguments) {
        @Override
        public String toString() {
            String given = arguments == null ? "" : Arrays.toString(arguments).replaceAll("\\[B@[0-9a-f]+", "bytes");
            return method.getDeclaringClass().getSimpleName() + "." + method.getName() + given;
        }
    }

    private static CompletionStage<?> invoke(Object store, Method method, Object[] arguments) {
        try {
            return (CompletionStage<?>) method.invoke(store, arguments);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError(e);
        }
    }

    private CompletionStage<?> call(Lane wire, Call call, Supplier<CompletionStage<?>> step) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        if (!up) {
            return answer;
        }
        int number = ++calls;
        Fate fate = fates.of(number);
        world.note(() -> name + " " + number + " " + (fate == Fate.DONE ? "" : fate + " ") + call);
        switch (fate) {
            case DONE -> send(wire, step, answer);
            case DIES_BEFORE -> die();
            case DIES_AFTER -> send(wire, step, new CompletableFuture<>()).whenComplete((done, failure) -> die());
            case UNAVAILABLE -> fail(answer, Kind.UNAVAILABLE, 0);
            case OVERLOADED -> fail(answer, Kind.OVERLOADED, 0);
            case LOST -> fail(answer, Kind.TIMEOUT, TIMEOUT_NANOS);
            case ANSWER_LOST -> {
                send(wire, step, new CompletableFuture<>());
                fail(answer, Kind.TIMEOUT, TIMEOUT_NANOS);
            }
            case LATE -> {
                long late = (long) (LATEST_NANOS * scheduler.random().nextDouble());
                scheduler.after(TIMEOUT_NANOS + late, () -> send(wire, step, new CompletableFuture<>()));
                fail(answer, Kind.TIMEOUT, TIMEOUT_NANOS);
            }
            case SLOW -> {
                long slow = (long) (TIMEOUT_NANOS * scheduler.random().nextDouble());
                var unused = send(wire, step, new CompletableFuture<>())
                        .whenComplete((value, failure) ->
                                scheduler.after(slow, () -> loop.execute(() -> give(answer, value, failure))));
            }
        }
        return answer;
    }

    /** Has the step done, and the answer told on the gateway's loop. */
    private CompletableFuture<Object> send(
            Lane wire, Supplier<CompletionStage<?>> step, CompletableFuture<Object> answer) {
        CompletableFuture<Object> done = new CompletableFuture<>();
        wire.add(() -> world.storeLoop().execute(() -> {
            var unused = step.get().whenComplete((value, failure) -> {
                loop.execute(() -> give(answer, value, failure));
                give(done, value, failure);
            });
        }));
        return done;
    }

    private void fail(CompletableFuture<Object> answer, Kind kind, long nanos) {
        StoreException failure = new StoreException(kind, "by fate");
        scheduler.after(nanos, () -> loop.execute(() -> answer.completeExceptionally(failure)));
    }

    private static <T> void give(CompletableFuture<T> answer, T value, Throwable failure) {
        if (failure == null) {
            answer.complete(value);
        } else {
            answer.completeExceptionally(failure);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
