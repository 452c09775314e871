package dev.ringback.loadtest.queue;

import dev.ringback.loadtest.queue.Trips.Stop;
import dev.ringback.loadtest.sweep.RedisFigures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Lets contenders take turns, round by round, on one machine and one Redis. */
final class QueueRace {
    private static final double SECOND_MICROS = 1e6;

    private final QueueLoad load;
    private final RedisFigures redis;

    QueueRace(QueueLoad load, RedisFigures redis) {
        this.load = load;
        this.redis = redis;
    }

    /** All rounds of all contenders, in the order in which they were run; whoever was first is last in the next. */
    List<QueueRound> run(List<Contender> contenders, int rounds) throws IOException, InterruptedException {
        for (Contender contender : contenders) {
            contender.run(load.warmupJobs());
        }
        List<QueueRound> all = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < contenders.size(); i++) {
                int turn = round % 2 == 0 ? i : contenders.size() - 1 - i;
                all.add(told(round(contenders.get(turn))));
            }
        }
        return all;
    }

    private QueueRound round(Contender contender) throws IOException, InterruptedException {
        Trips settling = contender.run(load.settlingJobs());
        RedisFigures.Reading redisBefore = redis.read();
        Map<String, Double> before = contender.cpuSeconds();
        Trips trips = contender.run(load.jobs());
        RedisFigures.Reading redisAfter = redis.read();
        Map<String, Double> cpuMicros = new TreeMap<>();
        contender
                .cpuSeconds()
                .forEach((what, seconds) -> cpuMicros.put(what, perJob(seconds - before.getOrDefault(what, 0.0))));
        cpuMicros.put("Redis", perJob(redisAfter.cpuSeconds() - redisBefore.cpuSeconds()));
        List<String> faults = new ArrayList<>(settling.faults());
        faults.addAll(trips.faults());
        return new QueueRound(
                contender.name(),
                Arrays.stream(Stop.values())
                        .map(stop -> QueueRound.Leg.of(stop, trips))
                        .toList(),
                cpuMicros,
                (double) (redisAfter.scripts() - redisBefore.scripts()) / load.jobs(),
                faults);
    }

    private double perJob(double seconds) {
        return seconds * SECOND_MICROS / load.jobs();
    }

    private static QueueRound told(QueueRound round) {
        System.err.printf(
                Locale.ROOT,
                "%s: told p50 %,.0f µs, p99 %,.0f µs%n",
                round.name(),
                round.leg(Stop.TOLD).p50(),
                round.leg(Stop.TOLD).p99());
        return round;
    }
}
