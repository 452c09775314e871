package dev.ringback.loadtest.result;

import java.util.List;
import java.util.Map;

/**
 * Everything that one run found.
 *
 * @param settings every key of the scenario, as it was used
 * @param target the kind of server: {@code ringback}, {@code nchan} or {@code floor}
 * @param startedAt RFC 3339
 * @param costs what the server spent
 * @param latencyByTransport by the transport's spelling; from the moment an event was due until its bytes were read
 * @param samples one for each second, from the first connection on
 * @param verdicts what is wrong with the run, one sentence each; empty where nothing is
 */
public record LoadResult(
        String scenario,
        Map<String, String> settings,
        String target,
        String url,
        String startedAt,
        double seconds,
        Machine machine,
        Counts counts,
        Costs costs,
        Map<String, Latency> latencyByTransport,
        List<Sample> samples,
        Generator generator,
        List<String> verdicts) {}
