package dev.ringback.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.simulation.SeededScheduler;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriberGroupTest {
    private static final JobId JOB = JobId.of("job1");
    private static final int ROUNDS = 20_000;

    private final SeededScheduler scheduler = new SeededScheduler(1);

    /** A delivery that is under way on the connection's loop, and those who were there when it was made. */
    private record Lent(Runnable delivery, List<Subscriber> reached, Set<Subscriber> expected) {}

    private SimulatedClient newcomer() {
        return new SimulatedClient(JOB, scheduler.loops().get(0), WireFormat.OWN);
    }

    private static Lent lend(SubscriberGroup group, Set<Subscriber> present) {
        List<Subscriber> reached = new ArrayList<>();
        return new Lent(group.delivery(reached::add), reached, Set.copyOf(present));
    }

    private static void deliver(Lent lent) {
        lent.delivery.run();
        assertThat(lent.reached).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(lent.expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 32, 40, 1_000})
    void aDeliveryReachesThoseWhoWereThereWhenItWasMadeWhoeverComesAndGoesMeanwhile(int usualSize) {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("SubscriberGroupTest: -Dfuzz.seed=" + seed);
        Random random = new Random(seed);
        SimulatedClient first = newcomer();
        SubscriberGroup group = new SubscriberGroup(first);
        List<Subscriber> present = new ArrayList<>(List.of(first));
        Lent underWay = lend(group, Set.of(first));
        for (int round = 0; round < ROUNDS; round++) {
            if (present.isEmpty() || random.nextInt(2 * usualSize) >= present.size()) {
                SimulatedClient newcomer = newcomer();
                group.add(newcomer);
                present.add(newcomer);
            } else {
                Subscriber leaver = present.remove(random.nextInt(present.size()));
                assertThat(group.remove(leaver))
                        .as("seed %d, round %d", seed, round)
                        .isTrue();
                assertThat(group.remove(leaver)).isFalse();
            }
            assertThat(group.size()).isEqualTo(present.size());
            if (random.nextInt(usualSize) == 0) {
                deliver(underWay);
                underWay = lend(group, new LinkedHashSet<>(present));
            }
        }
        deliver(underWay);
        deliver(lend(group, new LinkedHashSet<>(present)));
    }

    @Test
    void everyoneOfALargeGroupCanLeaveInTheOrderInWhichTheyCameAndTheNextOnesFindRoom() {
        List<Subscriber> members = new ArrayList<>(List.of(newcomer()));
        SubscriberGroup group = new SubscriberGroup(members.get(0));
        for (int i = 1; i < 5_000; i++) {
            members.add(newcomer());
            group.add(members.get(i));
        }
        for (Subscriber member : members) {
            assertThat(group.remove(member)).isTrue();
        }
        assertThat(group.size()).isZero();

        group.add(members.get(7));
        deliver(lend(group, Set.of(members.get(7))));
    }

    @Test
    void aSmallGroupIsToldInTheOrderInWhichItsMembersCame() {
        List<Subscriber> members = new ArrayList<>(List.of(newcomer()));
        SubscriberGroup group = new SubscriberGroup(members.get(0));
        for (int i = 1; i < 20; i++) {
            members.add(newcomer());
            group.add(members.get(i));
        }
        List<Subscriber> reached = new ArrayList<>();
        group.delivery(reached::add).run();

        assertThat(reached).containsExactlyElementsOf(members);
    }

    @Test
    void aGroupRemembersEveryFormatThatAMemberAskedFor() {
        SubscriberGroup group = new SubscriberGroup(newcomer());
        assertThat(group.formats()).isEqualTo(WireFormat.OWN.bit());
        group.add(new SimulatedClient(JOB, scheduler.loops().get(0), WireFormat.SSE));
        assertThat(group.formats()).isEqualTo(WireFormat.OWN.bit() | WireFormat.SSE.bit());
    }
}
