package dev.ringback.loadtest.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.loadtest.queue.Trips.Stop;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class TripsTest {
    private final Trips trips = new Trips(2);

    @Test
    void jobsThatAllClientsWereToldOfAreNoFault() {
        trips.reached(0, Stop.TOLD, 1);
        trips.reached(1, Stop.TOLD, 2);
        assertThat(trips.faults()).isEmpty();
    }

    @Test
    void aJobThatNobodyWasToldOfIsAFault() {
        trips.reached(0, Stop.TOLD, 1);
        trips.reached(1, Stop.LEASED, 2);
        assertThat(trips.faults()).containsExactly("of 2 jobs 1 ended without their client knowing");
    }

    @Test
    void whatWentWrongIsAFaultThoughAllWereTold() {
        trips.reached(0, Stop.TOLD, 1);
        trips.reached(1, Stop.TOLD, 1);
        trips.wrong("job x was leased again");
        assertThat(trips.faults()).containsExactly("job x was leased again");
    }

    @Test
    void aStopThatWasNotReachedIsInNoFigure() {
        trips.reached(0, Stop.LEASED, 700);
        trips.reached(1, Stop.LEASED, -1);
        Histogram histogram = trips.histogram(Stop.LEASED);
        assertThat(histogram.getTotalCount()).isEqualTo(1);
        assertThat(histogram.getMaxValue()).isEqualTo(700);
    }
}
