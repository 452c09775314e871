package dev.ringback.gateway.webhook;

import dev.ringback.gateway.config.WebhookConfig;
import dev.ringback.gateway.loop.Loop;
import dev.ringback.gateway.loop.LoopTicker;
import dev.ringback.gateway.store.Hmac;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.webhook.JobWebhook.MalformedException;
import dev.ringback.gateway.webhook.client.UrlPolicy;
import dev.ringback.gateway.webhook.client.WebhookClient;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Webhooks as the rest of the gateway knows them: what may be asked for, what is stored of it, and that it is sent. Any thread. */
public final class Webhooks {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final long SECRET_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * What webhooks are made of.
     *
     * @param loop has everything but the connections
     * @param random makes secrets and ids, and must be unguessable
     */
    public record Parts(
            Loop loop,
            JobStore jobs,
            WebhookStore store,
            WebhookClient client,
            WebhookConfig config,
            InstantSource clock,
            SecureRandom random) {}

    private final Parts parts;
    private final UrlPolicy urls;
    private final WebhookCounters counters = new WebhookCounters();
    private final SecretTimer secretTimer = new SecretTimer();
    /** Null until the secret is known, and where nothing is delivered. */
    private volatile @Nullable Dispatcher dispatcher;

    private volatile boolean closed;

    public Webhooks(Parts parts) {
        this.parts = parts;
        this.urls = new UrlPolicy(parts.config());
    }

    /** Begins to deliver, once the store can be read. */
    public void start() {
        if (parts.config().enabled()) {
            parts.loop().run(secretTimer::onDeadline);
        }
    }

    /** Asks for the fleet's secret until it is told. */
    private final class SecretTimer extends LoopTicker.Deadline {
        @Override
        protected void onDeadline() {
            var unused = parts.jobs()
                    .secret()
                    .whenComplete((secret, failure) -> parts.loop().run(() -> {
                        if (closed) {
                            return;
                        }
                        if (failure == null) {
                            begin(secret);
                        } else {
                            parts.loop().ticker().set(this, parts.loop().nanoTime(), SECRET_AGAIN_NANOS);
                        }
                    }));
        }
    }

    private void begin(byte[] fleetSecret) {
        Dispatcher begun = new Dispatcher(new Dispatcher.Parts(
                parts.loop(),
                parts.store(),
                parts.config(),
                parts.client()::post,
                owner -> secretOf(fleetSecret, owner),
                parts.clock(),
                parts.random(),
                counters));
        dispatcher = begun;
        begun.start();
    }

    /** Signs for the jobs of an owner whose webhooks have no secret of their own. */
    public CompletionStage<SigningSecret> secretOf(@Nullable String owner) {
        return parts.jobs().secret().thenApply(secret -> secretOf(secret, owner));
    }

    private static SigningSecret secretOf(byte[] fleetSecret, @Nullable String owner) {
        return new SigningSecret(Hmac.ofOwner(fleetSecret, "WEBHOOK", owner));
    }

    /**
     * Looks at what a job's submission says of its webhook.
     *
     * @throws MalformedException where it can't be called
     */
    public void check(byte[] webhook) throws MalformedException {
        requireUrl(JobWebhook.read(webhook).url());
    }

    /**
     * Looks at a URL. Where its name leads is looked at with each attempt.
     *
     * @throws MalformedException where it may not be called
     */
    public void requireUrl(String url) throws MalformedException {
        String complaint = urls.complaint(url);
        if (complaint != null) {
            throw new MalformedException("\"url\" can't be called: " + complaint);
        }
    }

    public WebhookStore store() {
        return parts.store();
    }

    public WebhookConfig config() {
        return parts.config();
    }

    public WebhookCounters counters() {
        return counters;
    }

    /** A new secret that nobody can guess. */
    public SigningSecret newSecret() {
        return SigningSecret.random(parts.random());
    }

    /** 16 random bytes in hexadecimal, for ids. */
    String newName() {
        byte[] name = new byte[16];
        parts.random().nextBytes(name);
        return HexFormat.of().formatHex(name);
    }

    /** The wall clock. */
    public long nowMillis() {
        return parts.clock().millis();
    }

    Loop loop() {
        return parts.loop();
    }

    /** Something was made due: it need not wait for the next look. */
    void nudge() {
        Dispatcher begun = dispatcher;
        if (begun != null) {
            begun.nudge();
        }
    }

    /** Destinations that are left alone, as of the last beat. */
    public long openCircuits() {
        Dispatcher begun = dispatcher;
        return begun == null ? 0 : begun.openCircuits();
    }

    /** Destinations that this gateway works for, as of the last beat; those that are left alone count. */
    public long destinations() {
        Dispatcher begun = dispatcher;
        return begun == null ? 0 : begun.destinations();
    }

    /** Connections to receivers. */
    public long connections() {
        return parts.client().connections();
    }

    /** Requests under way. */
    public long inFlight() {
        Dispatcher begun = dispatcher;
        return begun == null ? 0 : begun.inFlight();
    }

    /** Begins nothing more; completes when what is under way has ended, is written, and others may take over. */
    public CompletionStage<Void> drain() {
        closed = true;
        Dispatcher begun = dispatcher;
        return begun == null ? CompletableFuture.completedFuture(null) : begun.stop();
    }

    /** Stops at once. */
    public void close() {
        closed = true;
        parts.loop().run(() -> {
            parts.loop().ticker().clear(secretTimer);
            Dispatcher begun = dispatcher;
            if (begun != null) {
                begun.close();
            }
        });
        parts.client().close();
        LOG.debug("webhooks are closed");
    }
}
