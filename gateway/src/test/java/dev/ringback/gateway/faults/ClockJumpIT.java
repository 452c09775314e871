package dev.ringback.gateway.faults;

import static dev.ringback.gateway.faults.Trial.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringback.gateway.testkit.FakeClock;
import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.Place;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.loadtest.check.Fault;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.loadtest.check.Stats;
import dev.ringback.protocol.JobId;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Clocks of gateways and of Redis jump by hours while clients wait: no wait hangs or ends early (I4), and a result expires by the clock of
 * the store and no other.
 */
@Tag("chaos")
@ExtendWith(SeedWatcher.class)
class ClockJumpIT {
    private static final int JOBS = 300;
    private static final int WORKERS = 8;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration WITHIN = Duration.ofSeconds(15);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final FakeClock ofGateway = FakeClock.wind();
    private final FakeClock ofRedis = FakeClock.wind();

    @BeforeEach
    void require() {
        assumeTrue(FakeClock.isPossible(), "needs libfaketime");
    }

    private static GatewayProcess gateway(Place place, RedisProcess redis) {
        return GatewayProcess.startAt(
                place,
                "store.kind=redis",
                "redis.uri=" + redis.uri(),
                "redis.required=false",
                "jobs.result-ttl=90m",
                // What is asked again soon is else answered from memory.
                "hub.linger=0s",
                "hub.sweep-interval=1h");
    }

    @Test
    void clocksThatJumpHoursDelayNoWaitAndExpireNothing() throws Exception {
        try (FakeClock wound = ofGateway;
                FakeClock woundToo = ofRedis;
                RedisProcess redis = RedisProcess.startAt(ofRedis.place());
                GatewayProcess a = gateway(ofGateway.place(), redis);
                GatewayProcess b = gateway(Place.HERE, redis);
                Trial trial = new Trial(Seed.value(), JOBS, a.port(), b.port())) {
            awaitThat("both are ready at first", () -> Trial.areReady(a, b));
            List<JobId> jobs = trial.makeAndFollow(JOBS, a, b);
            List<FakeClock> clocks = List.of(wound, wound, woundToo, woundToo);
            List<Duration> jumps = List.of(HOUR, HOUR.negated(), HOUR, HOUR.negated());
            int part = JOBS / (clocks.size() + 1);
            for (int i = 0; i < clocks.size(); i++) {
                long beganNanos = System.nanoTime();
                clocks.get(i).jump(jumps.get(i));
                Trial.awaitPassed(beganNanos, FakeClock.NOTICED);
                trial.note(new Fault("clock " + i + " by " + jumps.get(i), beganNanos, System.nanoTime()));
                trial.complete(WORKERS, jobs.subList(i * part, (i + 1) * part)).join();
                clocks.get(i).jump(Duration.ZERO);
            }
            trial.complete(WORKERS, jobs.subList(clocks.size() * part, JOBS)).join();
            trial.awaitAllEnded();
            Stats stats = trial.judge(redis, WITHIN, true).stats();
            report(stats, trial);
            assertExpiry(redis, a, b, jobs.get(JOBS - 1));
        }
    }

    /** The gateway's own clock is hours ahead, and the result is there; Redis's is, and it has expired for both gateways. */
    private void assertExpiry(RedisProcess redis, GatewayProcess a, GatewayProcess b, JobId job) throws Exception {
        ofGateway.jump(HOUR.multipliedBy(3));
        Trial.awaitPassed(System.nanoTime(), FakeClock.NOTICED);
        assertThat(Duration.between(date(result(b, job)), date(result(a, job))))
                .isBetween(
                        HOUR.multipliedBy(3).minus(WITHIN), HOUR.multipliedBy(3).plus(WITHIN));
        assertThat(result(a, job).statusCode()).isEqualTo(200);
        long before = redisSeconds(redis);
        ofRedis.jump(HOUR.multipliedBy(2));
        awaitThat("Redis's clock has jumped", () -> redisSeconds(redis) - before > HOUR.toSeconds());
        assertThat(result(a, job).statusCode()).isEqualTo(410);
        assertThat(result(b, job).statusCode()).isEqualTo(410);
    }

    private static long redisSeconds(RedisProcess redis) {
        List<?> time = (List<?>) Objects.requireNonNull(redis.cli("TIME"));
        return Long.parseLong(String.valueOf(time.get(0)));
    }

    private static HttpResponse<Void> result(GatewayProcess gateway, JobId job)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(gateway.http("/jobs/" + job + "/result")).build();
        return CLIENT.send(request, BodyHandlers.discarding());
    }

    /** What the gateway's clock said. */
    private static ZonedDateTime date(HttpResponse<?> answer) {
        String date = answer.headers().firstValue("date").orElseThrow();
        return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME);
    }

    private static void report(Stats stats, Trial trial) throws InterruptedException {
        System.out.printf(
                "measured: clock jumps: %d clients, %d of %d acknowledged ends undone, %d resets heard, %d writes unknown, worst"
                        + " delay of an end %d ms%n",
                stats.clients(),
                stats.undoneEnds(),
                stats.acknowledgedEnds(),
                stats.resetsHeard(),
                trial.unknownWrites(),
                Duration.ofNanos(stats.worstDelayNanos()).toMillis());
        assertThat(trial.heard(Heard.Kind.GONE)).isZero();
        assertThat(stats.terminalsHeard()).isEqualTo(JOBS);
        assertThat(stats.undoneEnds()).isZero();
    }
}
