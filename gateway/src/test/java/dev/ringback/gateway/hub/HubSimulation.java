package dev.ringback.gateway.hub;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.config.HubConfig;
import dev.ringback.gateway.simulation.SeededScheduler;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One shard, a simulated Redis, a worker that moves jobs to their end, and clients that come and go, all in the order that a seed
 * decides. Says who missed an end, saw two, or saw versions fall.
 */
final class HubSimulation {
    private static final int LOOPS = 3;
    private static final long HORIZON = TimeUnit.SECONDS.toNanos(60);

    /** What happened in all runs, to show that they were not idle. */
    final Map<TopicState, Integer> endsByState = new EnumMap<>(TopicState.class);

    int endsWithoutTopic;
    int breaks;
    long steps;

    private final SeededScheduler scheduler = new SeededScheduler(LOOPS);
    private final boolean faulty;
    private final HubConfig config;

    // Of the present run.
    private Shard shard;
    private SimulatedRedis redis;
    private final List<SimulatedClient> clients = new ArrayList<>();
    private List<String> timeline;

    HubSimulation(boolean faulty) {
        this.faulty = faulty;
        // Without faults no sweep may hide a loss.
        String sweep = faulty ? "hub.sweep-interval=5s" : "hub.sweep-interval=1h";
        this.config = GatewayConfig.of("hub.linger=100ms", sweep).hub();
    }

    /** Runs one seed; null where all went well, else what did not, with the timeline. */
    String run(long seed) {
        String failure = run(seed, null);
        if (failure == null) {
            return null;
        }
        List<String> traced = new ArrayList<>();
        run(seed, traced);
        return "seed " + seed + (faulty ? " with faults: " : ": ") + failure + "\n  " + String.join("\n  ", traced);
    }

    private String run(long seed, List<String> newTimeline) {
        timeline = newTimeline;
        clients.clear();
        scheduler.reset(seed);
        SeededScheduler.SimulatedLoop shardLoop = scheduler.loops().get(0);
        redis = new SimulatedRedis(scheduler, shardLoop, faulty);
        UnpooledByteBufAllocator heap = new UnpooledByteBufAllocator(false);
        Shard.Parts parts = new Shard.Parts(
                redis, config, new HubCounters(), heap, new Hints(InstantSource.system()), scheduler.random());
        shard = new Shard(shardLoop, redis, parts);
        shardLoop.execute(shard::start);
        script(scheduler.random());
        return judge();
    }

    /** Lays out who does what; when each thing happens is the scheduler's choice. */
    private void script(Random random) {
        int jobs = 1 + random.nextInt(2);
        for (int i = 0; i < jobs; i++) {
            JobId id = JobId.of("j" + i);
            worker(id, random);
            int waiting = 1 + random.nextInt(4);
            for (int c = 0; c < waiting; c++) {
                client(id, random);
            }
        }
        for (int i = 0; i < random.nextInt(3); i++) {
            scheduler.after(moment(random), () -> {
                note("pub/sub stalls");
                redis.stallPubSub(moment(random) * 16);
            });
        }
        for (int i = 0; faulty && i < random.nextInt(4); i++) {
            scheduler.after(moment(random), () -> {
                breaks++;
                note("pub/sub breaks");
                redis.breakPubSub();
            });
        }
    }

    /** Few moments, so that things meet; the linger time lies between some of them, give or take a tick. */
    private static long moment(Random random) {
        return TimeUnit.MILLISECONDS.toNanos(50L * random.nextInt(6));
    }

    private void worker(JobId id, Random random) {
        SeededScheduler.Lane lane = scheduler.lane();
        int moves = random.nextInt(4);
        long start = moment(random);
        scheduler.after(start, () -> {
            for (int m = 0; m < moves; m++) {
                lane.add(() -> move(id, JobState.PROCESSING));
            }
            lane.add(() -> move(id, JobState.COMPLETED));
        });
    }

    private void move(JobId id, JobState state) {
        note(id + " " + state);
        if (state.isTerminal()) {
            TopicState topic = shard.stateOf(id);
            if (topic == null) {
                endsWithoutTopic++;
            } else {
                endsByState.merge(topic, 1, Integer::sum);
            }
        }
        redis.move(id, state);
    }

    private void client(JobId id, Random random) {
        SeededScheduler.SimulatedLoop loop = scheduler.loops().get(random.nextInt(LOOPS));
        WireFormat format = random.nextBoolean() ? WireFormat.OWN : WireFormat.JSON;
        SimulatedClient client = new SimulatedClient(id, loop, format);
        clients.add(client);
        SeededScheduler.SimulatedLoop shardLoop = scheduler.loops().get(0);
        scheduler.after(
                moment(random),
                () -> loop.execute(() -> {
                    note("subscribe " + clients.indexOf(client) + " to " + id);
                    shardLoop.execute(() -> shard.subscribe(id, client, null));
                }));
        if (random.nextInt(3) == 0) {
            scheduler.after(
                    moment(random),
                    () -> loop.execute(() -> {
                        note("unsubscribe " + clients.indexOf(client));
                        client.left = true;
                        shardLoop.execute(() -> shard.unsubscribe(id, client));
                    }));
        }
    }

    private void note(String what) {
        if (timeline != null) {
            timeline.add(scheduler.now() / 1_000_000 + " ms " + what);
        }
    }

    private String judge() {
        long horizon = scheduler.now() + HORIZON;
        while (scheduler.step(horizon)) {
            steps++;
        }
        for (SimulatedClient client : clients) {
            String who = "client " + clients.indexOf(client) + " of " + client.id + " heard " + client.heard;
            if (timeline != null) {
                timeline.add(who);
            }
            if (client.violation != null) {
                return who + ": " + client.violation;
            }
            if (!client.left && !client.ended) {
                return who + ": never heard the end";
            }
        }
        return shard.topics() == 0 ? null : shard.topics() + " topics are left, " + shard.stateOf(JobId.of("j0"));
    }
}
