package dev.ringback.loadtest.recovery;

import dev.ringback.loadtest.scenario.Scenario.Comeback;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How clients came back in one case.
 *
 * @param settings of the gateway, beside those of all cases
 * @param moments from the loss on
 * @param memories of the gateway's process from the loss on
 * @param readySeconds from the loss until a gateway that was killed was ready again; 0 for one that was not
 * @param lost ends of jobs, made after the recovery, that somebody did not hear
 * @param complaints what else went wrong for clients, and how often
 */
record Recovery(
        Loss loss,
        Comeback comeback,
        List<String> settings,
        int clients,
        List<Moment> moments,
        List<Memory> memories,
        double readySeconds,
        long heapAfterGcBytes,
        long lost,
        Map<String, Integer> complaints) {
    /** How the connections are lost. */
    enum Loss {
        /** The gateway is killed with SIGKILL, and started again on its port. */
        KILL("the gateway is killed and started again"),
        /** Each connection is reset, as by a proxy that dies, and the gateway goes on. */
        RESET("every connection is reset");

        final String words;

        Loss(String words) {
            this.words = words;
        }
    }

    /**
     * The clients at one moment.
     *
     * @param connected whose connection is open
     * @param answered who have had their first answer on it and wait
     */
    record Moment(double atSeconds, long connected, long answered) {}

    /** The gateway's memory at one moment; -1 for what it could not tell then. */
    record Memory(double atSeconds, long heapBytes, long directBytes, long residentBytes) {}

    static final double NEVER = -1;

    /** When so many percent had their first answer and kept it; {@link #NEVER} where they did not. */
    double secondsUntil(double percent) {
        double enough = clients * percent / 100;
        double reached = NEVER;
        for (Moment moment : moments) {
            if (moment.answered() < enough) {
                reached = NEVER;
            } else if (reached == NEVER) {
                reached = moment.atSeconds();
            }
        }
        return reached;
    }

    long mostHeap() {
        return memories.stream().mapToLong(Memory::heapBytes).max().orElse(-1);
    }

    long mostDirect() {
        return memories.stream().mapToLong(Memory::directBytes).max().orElse(-1);
    }

    long mostResident() {
        return memories.stream().mapToLong(Memory::residentBytes).max().orElse(-1);
    }

    String id() {
        return loss.name().toLowerCase(Locale.ROOT)
                + "-"
                + comeback.name().toLowerCase(Locale.ROOT).replace('_', '-')
                + (settings.isEmpty() ? "" : "-set");
    }

    String words() {
        return loss.words
                + (comeback == Comeback.AT_ONCE ? ", clients come back at once" : ", clients come back when told")
                + (settings.isEmpty() ? "" : ", with " + String.join(" ", settings));
    }

    boolean isWhole() {
        return lost == 0 && secondsUntil(100) != NEVER;
    }
}
