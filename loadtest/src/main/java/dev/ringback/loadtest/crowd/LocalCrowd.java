package dev.ringback.loadtest.crowd;

import dev.ringback.loadtest.client.ClientLoops;
import dev.ringback.loadtest.client.SourceAddresses;
import dev.ringback.loadtest.client.Target;
import dev.ringback.loadtest.client.Transport;
import dev.ringback.loadtest.scenario.JobNames;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.scenario.Scenario.Comeback;
import dev.ringback.loadtest.scenario.Scenario.Shape;
import dev.ringback.loadtest.scenario.Settings;
import dev.ringback.loadtest.server.ServerKind;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The crowd of one process. */
public final class LocalCrowd implements Crowd {
    private static final int TICK_MILLIS = 10;
    private static final double TICKS_PER_SECOND = 1000.0 / TICK_MILLIS;
    private static final int MOST_CONNECTING = 256;
    /** How many of a whole crowd are on their way at once where it comes as fast as it can. */
    private static final int MOST_RUSHING = 64;

    private static final int PERCENT = 100;

    private final Plan plan;
    private final Scenario scenario;
    private final EventLoopGroup loops;
    private final Tally tally = new Tally();
    private final List<Desk> desks = new ArrayList<>();
    private final Map<Desk, List<Seat>> seats = new HashMap<>();
    private final Map<Integer, List<Seat>> seatsByJob = new HashMap<>();

    public LocalCrowd(Plan plan) throws IOException {
        this.plan = plan;
        scenario = Scenario.of("", Settings.of(plan.settings()));
        Target target = Target.parse(plan.url());
        InetSocketAddress address = target.address();
        if (address.isUnresolved()) {
            throw new IOException("no address for " + target.host());
        }
        Desk.Route route = new Desk.Route(
                target,
                ServerKind.of(scenario.target()),
                address,
                new SourceAddresses(address, 2 * scenario.load().connections()),
                scenario.trouble().comeback() == Comeback.AT_ONCE);
        loops = ClientLoops.start(scenario.means().loops());
        for (int i = 0; i < scenario.means().loops(); i++) {
            Desk desk = new Desk(loops.next(), tally, route, plan.part() * 1_000L + i);
            desks.add(desk);
            seats.put(desk, new ArrayList<>());
        }
        takeSeats();
    }

    private void takeSeats() {
        JobNames names = JobNames.of(plan.run(), scenario.load());
        int slowPercent = scenario.trouble().slowPercent();
        int taken = 0;
        for (int c = plan.part(); c < scenario.load().connections(); c += plan.parts()) {
            Desk desk = desks.get(taken % desks.size());
            int job = names.jobOf(c);
            boolean slow = (long) taken * slowPercent / PERCENT != (taken + 1L) * slowPercent / PERCENT;
            Seat seat = new Seat(c, desk, scenario.load().transportOf(c), new JobsOfSeat(names, job, scenario), slow);
            seatsOf(desk).add(seat);
            seatsByJob.computeIfAbsent(job, unused -> new ArrayList<>()).add(seat);
            taken++;
        }
    }

    private record JobsOfSeat(JobNames names, int job, Scenario scenario) implements Seat.Jobs {
        @Override
        public String id(int generation) {
            return names.id(job, generation);
        }

        @Override
        public boolean goesOn() {
            return scenario.load().shape() == Shape.ONE;
        }

        @Override
        public boolean areMade() {
            return scenario.pace().makesJobs(scenario.target());
        }
    }

    private List<Seat> seatsOf(Desk desk) {
        return seats.getOrDefault(desk, List.of());
    }

    @Override
    public void open() {
        if (scenario.load().rampPerSecond() == 0) {
            int each = Math.max(1, MOST_RUSHING / plan.parts() / desks.size());
            desks.forEach(desk -> desk.loop.execute(() -> new Rush(seatsOf(desk)).begin(each)));
            return;
        }
        double each = scenario.load().rampPerSecond() / TICKS_PER_SECOND / desks.size() / plan.parts();
        desks.forEach(desk -> every(desk, new Ramp(desk, each)));
    }

    @Override
    public void churn() {
        double each = scenario.trouble().churnPerSecond() / TICKS_PER_SECOND / desks.size() / plan.parts();
        if (each > 0) {
            desks.forEach(desk -> every(desk, new Churn(desk, each)));
        }
    }

    private static void every(Desk desk, Runnable task) {
        var unused = desk.loop.scheduleAtFixedRate(task, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Opens a desk's connections, the next one as soon as one waits or has failed. */
    private static final class Rush {
        private final Iterator<Seat> left;

        Rush(List<Seat> seats) {
            left = seats.iterator();
        }

        void begin(int atOnce) {
            for (int i = 0; i < atOnce; i++) {
                next();
            }
        }

        private void next() {
            if (left.hasNext()) {
                left.next().begin(this::next);
            }
        }
    }

    /** Opens a desk's connections, no faster than the server takes them. */
    private final class Ramp implements Runnable {
        private final Desk desk;
        private final double perTick;
        private double owed;
        private int begun;

        Ramp(Desk desk, double perTick) {
            this.desk = desk;
            this.perTick = perTick;
        }

        @Override
        public void run() {
            List<Seat> all = seatsOf(desk);
            owed = Math.min(owed + perTick, MOST_CONNECTING);
            long settled = tally.parked.sum() + tally.failedConnects.sum();
            while (begun < all.size() && owed >= 1 && (long) begun * desks.size() - settled < MOST_CONNECTING) {
                all.get(begun).begin(() -> {});
                begun++;
                owed--;
            }
        }
    }

    private final class Churn implements Runnable {
        private final Desk desk;
        private final double perTick;
        private double owed;

        Churn(Desk desk, double perTick) {
            this.desk = desk;
            this.perTick = perTick;
        }

        @Override
        public void run() {
            List<Seat> all = seatsOf(desk);
            for (owed += perTick; owed >= 1; owed--) {
                all.get(desk.random.nextInt(all.size())).drop(true);
            }
        }
    }

    @Override
    public void storm() {
        for (Desk desk : desks) {
            desk.loop.execute(() -> seatsOf(desk).forEach(seat -> seat.drop(false)));
        }
    }

    @Override
    public CrowdFigures read() {
        Map<String, Histogram> merged = new HashMap<>();
        for (Desk desk : desks) {
            for (Transport transport : Transport.values()) {
                add(merged, transport.spelling(), desk.latency(transport).getIntervalHistogram());
            }
            add(merged, CrowdFigures.CONNECTING, desk.connecting.getIntervalHistogram());
        }
        Map<String, String> encoded = new HashMap<>();
        merged.forEach((name, histogram) -> encoded.put(name, Histograms.encode(histogram)));
        return CrowdFigures.of(tally, encoded);
    }

    private static void add(Map<String, Histogram> merged, String name, Histogram histogram) {
        if (histogram.getTotalCount() > 0) {
            merged.computeIfAbsent(name, unused -> new Histogram(3)).add(histogram);
        }
    }

    @Override
    public long outstanding(long[] accepted) {
        return outstanding(accepted, false);
    }

    @Override
    public long missing(long[] accepted) {
        return outstanding(accepted, true);
    }

    private long outstanding(long[] accepted, boolean complaining) {
        long outstanding = 0;
        for (Desk desk : desks) {
            outstanding += desk.loop
                    .submit(() -> outstanding(desk, accepted, complaining))
                    .awaitUninterruptibly()
                    .getNow();
        }
        return outstanding;
    }

    private long outstanding(Desk desk, long[] accepted, boolean complaining) {
        long sum = 0;
        for (Map.Entry<Integer, List<Seat>> job : seatsByJob.entrySet()) {
            for (Seat seat : job.getValue()) {
                long left = seat.desk == desk ? seat.outstanding(accepted[job.getKey()]) : 0;
                sum += left;
                if (left > 0 && complaining) {
                    seat.complainOfSilence();
                }
            }
        }
        return sum;
    }

    @Override
    public void close() {
        for (Desk desk : desks) {
            desk.loop
                    .submit(() -> {
                        desk.closing = true;
                        seatsOf(desk).forEach(Seat::leave);
                    })
                    .awaitUninterruptibly();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
