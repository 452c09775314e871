package dev.ringback.loadtest.client;

import dev.ringback.loadtest.check.Heard;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobId;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A crowd of clients that each follow one job until its end and record what they do and hear. They come back when they are
 * refused or their connection ends, each time to any of the gateways. For one thread.
 */
public final class Followers implements AutoCloseable {
    /**
     * Where the crowd goes, and how.
     *
     * @param gateways those to choose from at each connection
     * @param clients at most so many at a time
     * @param pollSeconds how long a long poll asks to be held
     * @param seed of each client's choices
     */
    public record Plan(List<Target> gateways, int loops, int clients, int pollSeconds, long seed) {
        public Plan {
            gateways = List.copyOf(gateways);
            if (gateways.isEmpty()) {
                throw new IllegalArgumentException("no gateways");
            }
        }
    }

    /** A place to connect to and to come from. */
    private record Route(Target target, InetSocketAddress address, SourceAddresses sources) {}

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final Plan plan;
    private final List<Route> routes = new ArrayList<>();
    private final EventLoopGroup loops;
    private final Map<EventLoop, Bootstrap> bootstraps = new ConcurrentHashMap<>();
    private final List<Follower> followers = new ArrayList<>();

    public Followers(Plan plan) throws IOException {
        this.plan = plan;
        for (Target target : plan.gateways()) {
            InetSocketAddress address = target.address();
            if (address.isUnresolved()) {
                throw new IOException("no address for " + target.host());
            }
            routes.add(new Route(target, address, new SourceAddresses(address, plan.clients())));
        }
        loops = ClientLoops.start(plan.loops());
    }

    /** Adds a client, which begins at once; its number is how many there were before. */
    public int follow(JobId job, Transport transport) {
        int client = followers.size();
        Follower follower = new Follower(
                new Follower.Subject(client, job, transport),
                loops.next(),
                new SplittableRandom(plan.seed() + client),
                this::dial);
        followers.add(follower);
        follower.loop.execute(follower::begin);
        return client;
    }

    private ChannelFuture dial(Follower follower, @Nullable Cursor after) {
        Follower.Subject subject = follower.subject;
        Route route = routes.get(follower.random.nextInt(routes.size()));
        Waiter.Wait wait = new Waiter.Wait(subject.job(), route.target, after, plan.pollSeconds());
        return bootstraps
                .computeIfAbsent(follower.loop, Followers::bootstrap)
                .clone()
                .handler(subject.transport().waiter(wait, follower))
                .connect(route.address, route.sources.of(subject.client()));
    }

    private static Bootstrap bootstrap(EventLoop loop) {
        return ClientLoops.bootstrap(loop)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis());
    }

    public int size() {
        return followers.size();
    }

    /** How many wait for nothing more: they have heard the end, or been told that there is none, or left. */
    public int ended() throws InterruptedException {
        return Math.toIntExact(
                collect(Follower::hasEnded).stream().filter(ended -> ended).count());
    }

    /** Everything that was recorded until now, each client's lines in their order. */
    public List<Heard> heard() throws InterruptedException {
        return collect(Follower::lines).stream().flatMap(List::stream).toList();
    }

    /** What gateways said that they may not say, one sentence each; empty where all is well. */
    public List<String> wrongs() throws InterruptedException {
        return collect(Follower::wrongs).stream().flatMap(List::stream).toList();
    }

    /** Lets those who still wait give up. */
    public void leave() throws InterruptedException {
        collect(follower -> {
            follower.leave();
            return true;
        });
    }

    /** Asks every follower on its own loop; the answers are in the order of the clients. */
    private <T> List<T> collect(Function<Follower, T> question) throws InterruptedException {
        Map<EventLoop, List<Follower>> byLoop = new LinkedHashMap<>();
        followers.forEach(follower -> byLoop.computeIfAbsent(follower.loop, unused -> new ArrayList<>())
                .add(follower));
        Map<Integer, T> answers = new TreeMap<>();
        for (Map.Entry<EventLoop, List<Follower>> entry : byLoop.entrySet()) {
            answers.putAll(ask(entry.getKey(), entry.getValue(), question));
        }
        return List.copyOf(answers.values());
    }

    private static <T> Map<Integer, T> ask(EventLoop loop, List<Follower> followers, Function<Follower, T> question)
            throws InterruptedException {
        return loop.submit(() -> {
                    Map<Integer, T> answers = new TreeMap<>();
                    followers.forEach(f -> answers.put(f.subject.client(), question.apply(f)));
                    return answers;
                })
                .sync()
                .getNow();
    }

    /** Leaves, without a record of it. */
    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
