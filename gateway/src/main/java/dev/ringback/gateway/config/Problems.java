package dev.ringback.gateway.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The mistakes found so far. Past {@value #MAX} they are only counted. */
final class Problems {

    static final int MAX = 100;

    private final List<String> lines = new ArrayList<>();
    private int omitted;

    void add(String line) {
        if (isFull()) {
            omitted++;
        } else {
            lines.add(line);
        }
    }

    /** The same for a line that takes long to find out, and is not made when it is only counted. */
    void add(Supplier<String> line) {
        add(isFull() ? "" : line.get());
    }

    private boolean isFull() {
        return lines.size() >= MAX;
    }

    List<String> lines() {
        if (omitted == 0) {
            return List.copyOf(lines);
        }
        List<String> all = new ArrayList<>(lines);
        all.add("and " + omitted + " more");
        return all;
    }
}
