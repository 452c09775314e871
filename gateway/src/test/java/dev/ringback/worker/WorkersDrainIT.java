package dev.ringback.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.loadtest.client.Followers;
import dev.ringback.loadtest.client.Transport;
import dev.ringback.protocol.JobId;
import dev.ringback.worker.WorkerExample.Language;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The four workers of {@code docs/workers} drain 1,000 jobs together, of which 5 % kill their worker, 2.5 % fail once and 2.5 % are
 * poison: each job ends once, as its followers hear too, attempts are right, and the dead letters are the poison ones.
 */
@Tag("chaos")
class WorkersDrainIT {
    private static final int JOBS = 1_000;
    private static final int MOST_ATTEMPTS = 5;
    private static final String TYPE = "drain";
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    /** How many leases may be lost with one gateway: what workers held, and what was on its way to them, with room. */
    private static final int MOST_LOST = 16;

    /** Where the jobs are, and whether a gateway is killed, and started again, when a third of them have ended. */
    enum Place {
        MEMORY(1, false),
        FILE_WITH_KILL(1, true),
        REDIS(1, false),
        REDIS_WITH_KILL_OF_ONE_OF_TWO(2, true);

        private final int gateways;
        private final boolean kills;

        Place(int gateways, boolean kills) {
            this.gateways = gateways;
            this.kills = kills;
        }

        private List<String> settings(Path directory, String redis) {
            return switch (this) {
                case MEMORY -> List.of("store.kind=memory");
                case FILE_WITH_KILL -> List.of("store.kind=file", "store.path=" + directory.resolve("jobs.db"));
                default -> List.of("store.kind=redis", "redis.uri=" + redis);
            };
        }
    }

    /** What a job does to its worker. */
    private enum Mode {
        OK("completed", 1),
        CRASH("completed", 2),
        FLAKY("completed", 2),
        POISON("failed", MOST_ATTEMPTS),
        PERMANENT("failed", 1);

        private final String end;
        private final int attempts;

        Mode(String end, int attempts) {
            this.end = end;
            this.attempts = attempts;
        }

        static Mode of(int number) {
            return switch (number % 40) {
                case 0, 20 -> CRASH;
                case 5 -> FLAKY;
                case 25 -> number % 80 < 40 ? POISON : PERMANENT;
                default -> OK;
            };
        }

        boolean isPoison() {
            return end.equals("failed");
        }
    }

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void eachJobEndsOnceThoughWorkersCrashAndJobsFail(Place place) throws Exception {
        for (Language language : Language.values()) {
            assumeTrue(language.isThere(), language::absent);
        }
        try (RedisProcess redis = RedisProcess.start();
                GatewayFleet fleet = GatewayFleet.start(place.gateways, settings(place, redis));
                Followers followers = new Followers(new Followers.Plan(fleet.targets(), 2, JOBS, 20, 1))) {
            QueueCaller caller = new QueueCaller(() -> fleet.targets().get(0).toString());
            Map<JobId, Mode> jobs = submitAndFollow(caller, followers);
            int crashes;
            try (WorkerCrew crew = WorkerCrew.start(fleet.targets(), TYPE)) {
                if (place.kills) {
                    await().atMost(PATIENCE).until(() -> followers.ended() >= JOBS / 3);
                    fleet.killAndRestart(place.gateways - 1);
                }
                awaitEnds(caller, jobs, followers, crew);
                assertThat(crew.faults()).isEmpty();
                crashes = crew.crashes();
            }
            assertThat(followers.wrongs()).isEmpty();
            Outcome outcome = judge(caller, jobs, followers);
            judgeQueue(place, caller, outcome, crashes);
        }
    }

    private static void awaitEnds(QueueCaller caller, Map<JobId, Mode> jobs, Followers followers, WorkerCrew crew)
            throws Exception {
        try {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> followers.ended() == JOBS || !crew.faults().isEmpty());
        } catch (ConditionTimeoutException late) {
            throw new AssertionError(standing(caller, jobs, followers, crew), late);
        }
    }

    /** Where everything stands, to find out why it stands still. */
    private static String standing(QueueCaller caller, Map<JobId, Mode> jobs, Followers followers, WorkerCrew crew)
            throws Exception {
        StringBuilder text = new StringBuilder()
                .append(followers.ended())
                .append(" ends were heard, ")
                .append(crew.crashes())
                .append(" workers crashed; ")
                .append(caller.take("GET", "/queues/" + TYPE, ""));
        Set<JobId> heard = followers.heard().stream()
                .filter(line -> line.state() != null && line.state().isTerminal())
                .map(Heard::job)
                .collect(Collectors.toSet());
        for (JobId id : jobs.keySet()) {
            JsonNode job = caller.job(id.toString());
            boolean ended =
                    Set.of("completed", "failed").contains(job.path("status").asText());
            if (!ended || !heard.contains(id)) {
                text.append('\n')
                        .append(heard.contains(id) ? "heard " : "unheard ")
                        .append(job);
            }
        }
        return text.toString();
    }

    private String[] settings(Place place, RedisProcess redis) {
        return Stream.concat(
                        place.settings(directory, redis.uri()).stream(),
                        Stream.of("queues.retry-delay=100ms", "queues.max-attempts=" + MOST_ATTEMPTS))
                .toArray(String[]::new);
    }

    private static Map<JobId, Mode> submitAndFollow(QueueCaller caller, Followers followers) throws Exception {
        Map<JobId, Mode> jobs = new LinkedHashMap<>();
        Transport[] transports = Transport.values();
        for (int i = 0; i < JOBS; i++) {
            JobId id = JobId.of(TYPE + "-" + i);
            Mode mode = Mode.of(i);
            String input = "{\"mode\":\"" + mode.name().toLowerCase(Locale.ROOT) + "\",\"millis\":20}";
            caller.take("PUT", "/jobs/" + id, "{\"type\":\"" + TYPE + "\",\"input\":" + input + "}");
            followers.follow(id, transports[i % transports.length]);
            jobs.put(id, mode);
        }
        return jobs;
    }

    /**
     * How the jobs ended.
     *
     * @param extra attempts beyond those that the modes explain, of jobs that ended before their attempts were used up
     * @param workers who completed jobs
     */
    private record Outcome(Set<String> poison, int extra, Set<String> workers) {}

    private static Outcome judge(QueueCaller caller, Map<JobId, Mode> jobs, Followers followers) throws Exception {
        Map<JobId, Set<String>> heard = followers.heard().stream()
                .filter(line -> line.state() != null && line.state().isTerminal())
                .collect(Collectors.groupingBy(
                        Heard::job, Collectors.mapping(WorkersDrainIT::said, Collectors.toSet())));
        Set<String> poison = new TreeSet<>();
        Set<String> workers = new TreeSet<>();
        int extra = 0;
        for (Map.Entry<JobId, Mode> entry : jobs.entrySet()) {
            Mode mode = entry.getValue();
            JsonNode job = caller.job(entry.getKey().toString());
            assertThat(job.path("status").asText()).as(job.toString()).isEqualTo(mode.end);
            assertThat(job.path("attempt").asInt()).as(job.toString()).isBetween(mode.attempts, MOST_ATTEMPTS);
            assertThat(heard.get(entry.getKey()))
                    .as(job.toString())
                    .containsExactly(job.path("incarnation").asText() + "-" + job.path("version") + " " + mode.end);
            extra += job.path("attempt").asInt() - mode.attempts;
            if (mode.isPoison()) {
                poison.add(entry.getKey().toString());
            } else {
                assertThat(job.at("/result/attempt").asInt())
                        .as(job.toString())
                        .isEqualTo(job.path("attempt").asInt());
                workers.add(job.at("/result/by").asText());
            }
        }
        return new Outcome(poison, extra, workers);
    }

    private static String said(Heard line) {
        return line.incarnation() + "-" + line.version() + " " + line.state().wireName();
    }

    private static void judgeQueue(Place place, QueueCaller caller, Outcome outcome, int crashes) throws Exception {
        JsonNode queue = await().atMost(PATIENCE)
                .until(
                        () -> caller.take("GET", "/queues/" + TYPE, ""),
                        figures -> figures.path("leased").asInt() == 0);
        assertThat(queue.path("waiting").asInt() + queue.path("delayed").asInt())
                .as(queue.toString())
                .isZero();
        List<String> dead = new ArrayList<>();
        caller.dead(TYPE).forEach(letter -> dead.add(letter.at("/job/jobId").asText()));
        assertThat(dead).containsExactlyInAnyOrderElementsOf(outcome.poison());
        assertThat(outcome.workers()).containsExactly("bash", "java", "node", "python");
        int fatal = Math.toIntExact(
                IntStream.range(0, JOBS).filter(i -> Mode.of(i) == Mode.CRASH).count());
        // A lease that is on its way when its gateway is killed takes the attempt that would have crashed.
        int unlived = outcome.extra() + (place.kills ? MOST_LOST : 0);
        assertThat(crashes).as("%s, %s", outcome, queue).isBetween(fatal - unlived, fatal);
        if (place.kills) {
            assertThat(outcome.extra()).isLessThanOrEqualTo(MOST_LOST);
        } else {
            // A machine that is too busy may lose a lease that nobody killed; then it is counted.
            assertThat(queue.at("/counts/lost").asInt())
                    .as("%s, %s", outcome, queue)
                    .isGreaterThanOrEqualTo(fatal + outcome.extra());
            assertThat(queue.at("/counts/completed").asInt()
                            + queue.at("/counts/dead").asInt())
                    .isEqualTo(JOBS);
        }
    }
}
