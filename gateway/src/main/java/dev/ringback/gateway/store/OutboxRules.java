package dev.ringback.gateway.store;

import dev.ringback.gateway.config.WebhookConfig;
import dev.ringback.gateway.store.StoredJob.Hooks;
import dev.ringback.gateway.store.StoredJob.Own;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import org.jspecify.annotations.Nullable;

/** Which steps of a job webhooks are to tell of. As {@link JobRules}, it only says so. */
final class OutboxRules {
    private final Outbox outbox;
    private final boolean enabled;
    private final long progressMillis;

    OutboxRules(WebhookConfig config, Outbox outbox) {
        this.outbox = outbox;
        this.enabled = config.enabled() && outbox != Outbox.NONE;
        this.progressMillis = config.progressInterval().toMillis();
    }

    /** Whether a change is told of that was accepted: an end always, progress now and then. */
    boolean tellsOf(JobChange change, Hooks hooks, long nowMillis) {
        if (change.state().isTerminal()) {
            return enabled && (hooks.own() != Own.NONE || outbox.wants(false)) && outbox.hasRoom();
        }
        boolean progress = change.state() == JobState.PROCESSING && change.progress() != null;
        return progress && enabled && isTime(hooks, nowMillis) && wantsProgress(hooks) && outbox.hasRoom();
    }

    private boolean wantsProgress(Hooks hooks) {
        return hooks.own() == Own.PROGRESS || outbox.wants(true);
    }

    /** A clock that was set back must not silence a job. */
    private boolean isTime(Hooks hooks, long nowMillis) {
        long since = nowMillis - hooks.toldMillis();
        return since < 0 || since >= progressMillis;
    }

    /** Whether a submission is told of the end that its job had before: nobody else waits for it. */
    boolean tellsAdopter(JobRecord adopted, Hooks hooks) {
        return enabled && adopted.state().isTerminal() && hooks.own() != Own.NONE && outbox.hasRoom();
    }

    /**
     * What goes into the outbox with a step that tells; null where a closer look finds that nobody wants it.
     *
     * @param submitted the job's submission; null for none
     */
    @Nullable OutboxEvent event(JobRules.Step step, @Nullable NewJob submitted) {
        JobRecord record = step.after() == null ? null : step.after().record();
        byte[] webhook = submitted == null ? null : submitted.webhook();
        if (record == null || webhook == null && !outbox.wants(!record.state().isTerminal())) {
            return null;
        }
        return new OutboxEvent(record.snapshot(), record.type(), webhook);
    }
}
