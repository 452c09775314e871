package dev.ringback.gateway.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.config.RedisConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.redis.RedisFailure.Kind;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the Sentinels say of who the primary is. All of them are asked, once a second and at each dial, and where they differ the
 * latest failover counts: one that was cut off, or not told yet, names the primary of before. Confined to the loop, but for
 * {@link #risk}.
 */
final class Sentinels {
    private static final Logger LOG = LoggerFactory.getLogger(Sentinels.class);
    private static final long ASK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How long those that are connected have for their answers. */
    private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** All of them are dialled at once by a process that has just begun: one that is away is given up before, by its own dial. */
    private static final int FIRST_DIALS = 3;

    /**
     * What one of them says.
     *
     * @param epoch rises with each failover
     */
    private record Named(RedisPlace place, long epoch) {}

    private final Loop loop;
    private final List<CommandLink> links;
    private final byte[] name;
    private final long connectNanos;
    private final Consumer<RedisPlace> onPrimary;
    private final Beat beat = new Beat();
    private @Nullable Asking asking;
    private @Nullable Named latest;
    private boolean closed;
    private volatile @Nullable String risk;

    /**
     * @param name by which the Sentinels know the primary
     * @param onPrimary hears, on the loop, each time that they have answered
     */
    Sentinels(Loop loop, List<CommandLink> links, String name, RedisConfig config, Consumer<RedisPlace> onPrimary) {
        this.loop = loop;
        this.links = links;
        this.name = name.getBytes(ISO_8859_1);
        this.connectNanos = config.connectTimeout().toNanos();
        this.onPrimary = onPrimary;
    }

    /** Begins to ask, until it is closed. */
    void start() {
        beat.onDeadline();
    }

    void close() {
        closed = true;
        loop.ticker().clear(beat);
        if (asking != null) {
            asking.decide();
        }
        links.forEach(link -> {
            var unused = link.close();
        });
    }

    /** What is at risk while too few of them answer; null where enough do. Any thread. */
    @Nullable String risk() {
        return risk;
    }

    /** Who it is now; fails where none of them says. */
    CompletionStage<RedisPlace> primary() {
        assert loop.inLoop();
        Asking present = asking;
        if (present != null) {
            return present.outcome;
        }
        Asking begun = new Asking();
        asking = begun;
        begun.begin();
        return begun.outcome;
    }

    /**
     * Where fewer than half of them answer, one that knows of a later failover may be out of reach. Those that call the same one by
     * different names must not send the gateway to and fro, not even while some of them are silent: what most of them say counts,
     * and what was chosen is left only where nobody names it and most of all do name another.
     */
    private Named choose(List<Named> answers, boolean few) {
        Named best = answers.stream()
                .max(Comparator.comparingLong(Named::epoch)
                        .thenComparingInt(named -> Collections.frequency(answers, named)))
                .orElseThrow();
        Named before = latest;
        if (before == null) {
            return best;
        }
        if (before.epoch == best.epoch) {
            boolean most = 2 * Collections.frequency(answers, best) > links.size();
            return most && !answers.contains(before) ? best : before;
        }
        return few && before.epoch > best.epoch ? before : best;
    }

    /** Whether the latest answers named this place. */
    boolean isStill(RedisPlace place) {
        assert loop.inLoop();
        return latest != null && latest.place.equals(place);
    }

    private final class Beat extends LoopTicker.Deadline {
        @Override
        protected void onDeadline() {
            if (!closed) {
                loop.ticker().set(this, loop.nanoTime(), ASK_EVERY_NANOS);
                var unused = primary();
            }
        }
    }

    /** All of them are asked once. */
    private final class Asking extends LoopTicker.Deadline {
        private final CompletableFuture<RedisPlace> outcome = new CompletableFuture<>();
        private final List<Named> answers = new ArrayList<>();
        private final long beganNanos = loop.nanoTime();
        private int missing = links.size();
        private String failure = "no answer";

        private void begin() {
            loop.ticker()
                    .set(this, beganNanos, latest == null ? FIRST_DIALS * connectNanos + ANSWER_NANOS : ANSWER_NANOS);
            links.forEach(link -> link.start()
                    .exceptionally(firstAttemptFailed -> null)
                    .thenCompose(started -> ask(link))
                    .whenComplete(this::onAnswer));
        }

        /** The name's own place may still be that of before, with the epoch of a failover that has just been won. */
        private CompletableFuture<Named> ask(CommandLink link) {
            // The epoch first: were it asked second, the place of before could come with the epoch of the failover.
            CompletableFuture<List<Object>> fields = link.send(CommandType.SENTINEL, List.of(text("MASTER"), name));
            CompletableFuture<List<Object>> place =
                    link.send(CommandType.SENTINEL, List.of(text("GET-MASTER-ADDR-BY-NAME"), name));
            return place.thenCombine(fields, Sentinels::named);
        }

        private void onAnswer(@Nullable Named named, @Nullable Throwable refusal) {
            if (named != null) {
                answers.add(named);
            } else if (refusal != null) {
                failure = String.valueOf(RedisFailure.causeOf(refusal).getMessage());
            }
            missing--;
            if (missing == 0) {
                decide();
            }
        }

        @Override
        protected void onDeadline() {
            links.forEach(link -> link.onSilence(beganNanos));
            decide();
        }

        @SuppressWarnings("ReferenceEquality")
        private void decide() {
            if (asking != this) {
                return;
            }
            asking = null;
            loop.ticker().clear(this);
            boolean few = 2 * answers.size() <= links.size();
            risk = few
                    ? answers.size() + " of " + links.size() + " Sentinels answer, a failover may go unnoticed: "
                            + failure
                    : null;
            if (answers.isEmpty() || closed) {
                outcome.completeExceptionally(
                        RedisFailure.of(Kind.NOT_CONNECTED, "no Sentinel names the primary: " + failure));
                return;
            }
            Named chosen = choose(answers, few);
            latest = chosen;
            tell(chosen.place);
            outcome.complete(chosen.place);
        }
    }

    /** Whoever dials waits for the outcome: a fault of those who are told must not keep it from them. */
    private void tell(RedisPlace place) {
        try {
            onPrimary.accept(place);
        } catch (RuntimeException bug) {
            LOG.error("the primary that Sentinels name could not be followed", bug);
        }
    }

    private static Named named(List<Object> place, List<Object> fields) {
        if (place.size() < 2) {
            throw RedisFailure.of(Kind.REFUSED, "the name is not known there");
        }
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            if ("config-epoch".equals(string(fields.get(i)))) {
                RedisPlace at = new RedisPlace(string(place.get(0)), Integer.parseInt(string(place.get(1))));
                return new Named(at, Long.parseLong(string(fields.get(i + 1))));
            }
        }
        throw RedisFailure.of(Kind.REFUSED, "a Sentinel tells no config-epoch");
    }

    private static byte[] text(String ascii) {
        return ascii.getBytes(ISO_8859_1);
    }

    private static String string(Object value) {
        return new String((byte[]) value, ISO_8859_1);
    }
}
