package dev.ringback.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairsTest {
    @Test
    void theTwoTakeTurnsInComingFirst() throws Exception {
        List<String> made = new ArrayList<>();
        List<Integer> rounds = new ArrayList<>();
        Pairs<Integer> pairs = Pairs.inTurn(
                3, () -> made(made, "without", 10), () -> made(made, "with", 20), (round, without, with) -> {
                    rounds.add(round);
                    assertThat(without).isEqualTo(10);
                    assertThat(with).isEqualTo(20);
                });
        assertThat(made).containsExactly("without", "with", "with", "without", "without", "with");
        assertThat(rounds).containsExactly(1, 2, 3);
        assertThat(pairs.ratio(figure -> figure).median()).isEqualTo(2);
    }

    private static int made(List<String> made, String name, int figure) {
        made.add(name);
        return figure;
    }
}
