package dev.ringback.gateway.overload;

import dev.ringback.gateway.config.OverloadConfig;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What all connections ask before they take something on. Thread-safe. */
public final class Overload {
    private static final long SECOND_MILLIS = 1000;

    private final OverloadConfig config;
    private final Supplier<Pressure> pressure;
    private final RandomGenerator random;
    private final Map<Shortage, LongAdder> turnedAway = new EnumMap<>(Shortage.class);

    /** @param random spreads the return of those who are turned away; called from every loop */
    public Overload(OverloadConfig config, Supplier<Pressure> pressure, RandomGenerator random) {
        this.config = config;
        this.pressure = pressure;
        this.random = random;
        for (Shortage shortage : Shortage.values()) {
            turnedAway.put(shortage, new LongAdder());
        }
    }

    /** Where memory is nobody's concern, as in a test or on the admin port. */
    public static Overload none() {
        return new Overload(OverloadConfig.defaults(), () -> Pressure.NONE, RandomGenerator.getDefault());
    }

    public Pressure pressure() {
        return pressure.get();
    }

    /** Whether nobody new may wait. */
    public boolean refusesWaits() {
        return pressure() != Pressure.NONE;
    }

    /** Requests that each of so many loops may be answering at once. */
    public int requestsPerLoop(int loops) {
        return Math.max(1, (config.requests() + loops - 1) / loops);
    }

    /** How long somebody who is turned away is told to stay away: half to one and a half of {@code overload.retry}. */
    public long retryMillis() {
        return (long) (config.retry().toMillis() * (0.5 + random.nextDouble()));
    }

    /** The same for {@code Retry-After}: whole seconds, one at least. */
    public long retrySeconds() {
        return Math.max(1, Math.round((double) retryMillis() / SECOND_MILLIS));
    }

    /** Counts somebody who was turned away. */
    public LongAdder turnedAway(Shortage shortage) {
        return Objects.requireNonNull(turnedAway.get(shortage));
    }
}
