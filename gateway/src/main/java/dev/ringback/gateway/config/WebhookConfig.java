package dev.ringback.gateway.config;

import java.time.Duration;
import java.util.List;

/**
 * {@code webhook.*}: what the gateway calls.
 *
 * @param enabled whether events are delivered to the URLs that callers gave
 * @param headers which set of headers receivers get
 * @param schedule how long after the one before each attempt is made; the first counts from the event
 * @param jitterPercent how much longer a delay may be, at random
 * @param connectTimeout how long a connection may take, TLS included
 * @param timeout how long one attempt may take, all together
 * @param concurrency requests at once to one endpoint
 * @param inFlight requests at once to all endpoints
 * @param circuitFailures so many in a row, and an endpoint is left alone
 * @param circuitOpen how long it is left alone before it is tried again; doubled with each trial that fails, 32 times at most
 * @param allowHttp whether URLs may begin with {@code http}
 * @param allowCidrs private addresses that may be called all the same
 * @param denyCidrs public addresses that may not be called
 * @param ports that may be called; empty for all
 * @param nameServers that are asked for addresses, {@code address} or {@code address:port}; empty for the system's
 * @param trust PEM files of certificate authorities that are trusted; empty for those of the Java runtime
 * @param progressInterval at most one progress event of a job is sent in this time
 * @param history how long deliveries are kept after they are delivered or given up
 * @param deliveries how many deliveries are kept; when so many are pending, events wait in the outbox
 * @param outbox how many events may wait to be turned into deliveries
 * @param endpoints how many one owner may have
 * @param secretRotation how long a replaced secret still signs
 */
public record WebhookConfig(
        @Setting("true") boolean enabled,
        @Setting("standard") Headers headers,

        @Setting(value = "[0s, 5s, 5m, 30m, 2h, 5h, 10h, 14h, 20h, 24h]", format = Format.DELAY)
        List<String> schedule,

        @Setting(value = "10", min = "0", max = "100") int jitterPercent,
        @Setting(value = "5s", min = "10ms", max = "5m") Duration connectTimeout,
        @Setting(value = "20s", min = "10ms", max = "5m") Duration timeout,
        @Setting(value = "8", min = "1", max = "1000") int concurrency,
        @Setting(value = "256", min = "1", max = "10000") int inFlight,
        @Setting(value = "10", min = "1", max = "1000000") int circuitFailures,
        @Setting(value = "30s", min = "50ms", max = "24h") Duration circuitOpen,
        @Setting("false") boolean allowHttp,
        @Setting(value = "", format = Format.ADDRESS_RANGE) List<String> allowCidrs,
        @Setting(value = "", format = Format.ADDRESS_RANGE) List<String> denyCidrs,
        @Setting(value = "[443, 80]", format = Format.PORT) List<String> ports,
        @Setting(value = "", format = Format.SERVER) List<String> nameServers,
        @Setting("") List<String> trust,
        @Setting(value = "10s", min = "0s", max = "24h") Duration progressInterval,
        @Setting(value = "3d", min = "1s", max = "365d") Duration history,

        @Setting(value = "100000", min = "10", max = "10000000")
        int deliveries,

        @Setting(value = "100000", min = "10", max = "10000000")
        int outbox,

        @Setting(value = "100", min = "1", max = "10000") int endpoints,
        @Setting(value = "24h", min = "0s", max = "30d") Duration secretRotation) {

    /** How a receiver is told who sends. */
    public enum Headers {
        /** {@code webhook-id}, {@code webhook-timestamp}, {@code webhook-signature}: Standard Webhooks 1.0. */
        STANDARD,
        /** {@code X-Webhook-Signature: sha256=…} and its like. */
        X,
        BOTH
    }

    public WebhookConfig {
        schedule = List.copyOf(schedule);
        allowCidrs = List.copyOf(allowCidrs);
        denyCidrs = List.copyOf(denyCidrs);
        ports = List.copyOf(ports);
        nameServers = List.copyOf(nameServers);
        trust = List.copyOf(trust);
        Keys.requireAllowed(
                WebhookConfig.class,
                enabled,
                headers,
                schedule,
                jitterPercent,
                connectTimeout,
                timeout,
                concurrency,
                inFlight,
                circuitFailures,
                circuitOpen,
                allowHttp,
                allowCidrs,
                denyCidrs,
                ports,
                nameServers,
                trust,
                progressInterval,
                history,
                deliveries,
                outbox,
                endpoints,
                secretRotation);
    }

    /** {@link #schedule} as durations. */
    public List<Duration> delays() {
        return schedule.stream().map(TimeSpan::of).toList();
    }

    /** {@link #ports} as numbers. */
    public List<Integer> portNumbers() {
        return ports.stream().map(Integer::valueOf).toList();
    }
}
