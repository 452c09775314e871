package dev.ringback.gateway.demo;

import dev.ringback.gateway.config.DemoConfig;
import dev.ringback.worker.JobWorker;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker behind the demo page: a job of type {@code demo} counts to 100 in {@code demo.duration}. It is a worker as any other, and
 * takes its jobs over the gateway's own port.
 */
public final class DemoWorker implements AutoCloseable {
    /** The type of the jobs that it takes. */
    public static final String TYPE = "demo";

    private static final Logger LOG = LoggerFactory.getLogger(DemoWorker.class);
    private static final int TOTAL = 100;
    private static final int TOKEN_BYTES = 32;
    private static final Duration GRACE = Duration.ofMillis(500);

    private final JobWorker worker;

    /**
     * Begins to work.
     *
     * @param gateway where it listens
     * @param token by which this gateway knows its own worker
     */
    public DemoWorker(InetSocketAddress gateway, String token, DemoConfig config) {
        long stepMillis = Math.max(1, config.duration().toMillis() / TOTAL);
        worker = JobWorker.of(url(gateway), TYPE)
                .token(token)
                .name("demo")
                .concurrency(config.maxJobs())
                .grace(GRACE)
                .problems(problem -> LOG.debug("the demo worker: {}", problem))
                .start((job, context) -> count(context, stepMillis));
    }

    /** A token that nobody can guess. */
    public static String newToken() {
        byte[] secret = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    private static String url(InetSocketAddress address) {
        String host = address.getAddress().isAnyLocalAddress()
                ? "127.0.0.1"
                : address.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static String count(JobWorker.Context context, long stepMillis) throws Exception {
        for (int i = 1; i <= TOTAL; i++) {
            try {
                context.cancelled().get(stepMillis, TimeUnit.MILLISECONDS);
                return "null";
            } catch (TimeoutException notCancelled) {
                context.progress(i, TOTAL, "counting");
            }
        }
        return "{\"counted\":" + TOTAL + "}";
    }

    /** Takes no more jobs, and gives back those that it has. Blocks for a moment. */
    @Override
    public void close() {
        worker.close();
    }
}
