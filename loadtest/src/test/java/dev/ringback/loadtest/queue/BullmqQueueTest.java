package dev.ringback.loadtest.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.loadtest.queue.Trips.Stop;
import org.junit.jupiter.api.Test;

class BullmqQueueTest {
    @Test
    void timesAndFaultsAreThoseOfTheScript() throws Exception {
        String said =
                "{\"posted\":[10,11],\"accepted\":[20,21],\"leased\":[30,-1],\"told\":[40,-1],\"wrong\":[\"timed out\"]}";

        Trips trips = BullmqQueue.read(2, new ObjectMapper().readTree(said));

        assertThat(trips.histogram(Stop.ACCEPTED).getTotalCount()).isEqualTo(2);
        assertThat(trips.histogram(Stop.TOLD).getMaxValue()).isEqualTo(40);
        assertThat(trips.faults()).containsExactly("timed out", "of 2 jobs 1 ended without their client knowing");
    }

    @Test
    void aScriptThatSaysNothingHasToldNobody() throws Exception {
        Trips trips = BullmqQueue.read(3, new ObjectMapper().readTree("{}"));

        assertThat(trips.faults()).containsExactly("of 3 jobs 3 ended without their client knowing");
    }
}
