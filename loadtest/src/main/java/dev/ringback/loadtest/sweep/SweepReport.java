package dev.ringback.loadtest.sweep;

import java.util.Locale;

/**
 * What Redis was asked for, per second.
 *
 * @param cpuPercent of one core, Redis's own count, user and system
 */
record SweepReport(int jobs, double seconds, double readsPerSecond, double commandsPerSecond, double cpuPercent) {
    static SweepReport between(int jobs, RedisFigures.Reading before, RedisFigures.Reading after, double seconds) {
        return new SweepReport(
                jobs,
                seconds,
                (after.reads() - before.reads()) / seconds,
                (after.commands() - before.commands()) / seconds,
                100 * (after.cpuSeconds() - before.cpuSeconds()) / seconds);
    }

    String table() {
        return String.format(
                Locale.ROOT,
                "%,d jobs waited for, nothing happening, %.0f s: %,.0f reads/s, %,.0f commands/s in all, Redis at %.1f %% of"
                        + " a core%n",
                jobs,
                seconds,
                readsPerSecond,
                commandsPerSecond,
                cpuPercent);
    }
}
