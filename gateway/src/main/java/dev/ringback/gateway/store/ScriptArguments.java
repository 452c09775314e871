package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.config.JobsConfig;
import dev.ringback.gateway.config.StoreConfig;
import dev.ringback.gateway.config.WebhookConfig;
import dev.ringback.protocol.ApplyScript;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.NewJob.AfterFailure;
import dev.ringback.protocol.NewJob.Plan;
import dev.ringback.protocol.RedisKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The apply script's keys and arguments: what is absent is left out, callers' JSON goes as it is. */
final class ScriptArguments {
    private static final byte[] YES = {'1'};
    private static final byte[] NO = {'0'};

    /** The same in each call. */
    private final List<byte[]> limits;

    private final long deadTtlMillis;

    ScriptArguments(GatewayConfig config) {
        JobsConfig jobs = config.jobs();
        WebhookConfig webhooks = config.webhook();
        this.deadTtlMillis = config.queues().deadTtl().toMillis();
        boolean publishes = config.store().durability() == StoreConfig.Durability.STORED;
        this.limits = new Pairs(new ArrayList<>())
                .add(ApplyScript.INLINE_BYTES, config.limits().inlineResultBytes())
                .add(ApplyScript.RESULT_TTL_MILLIS, jobs.resultTtl().toMillis())
                .add(ApplyScript.TOMBSTONE_MILLIS, jobs.tombstoneTtl().toMillis())
                .add(ApplyScript.MAX_AGE_MILLIS, jobs.maxAge().toMillis())
                .add(ApplyScript.LOG_EVENTS, jobs.logEvents())
                .add(ApplyScript.CHECKED, YES)
                .add(ApplyScript.PUBLISH, publishes ? null : NO)
                .add(ApplyScript.WEBHOOKS, webhooks.enabled() ? null : NO)
                .add(ApplyScript.OUTBOX_EVENTS, webhooks.outbox())
                .add(
                        ApplyScript.PROGRESS_INTERVAL_MILLIS,
                        webhooks.progressInterval().toMillis())
                .list();
    }

    static List<byte[]> keys(JobId id) {
        return List.of(RedisKeys.record(id), RedisKeys.log(id), RedisKeys.result(id));
    }

    List<byte[]> apply(JobChange change, JobStore.Origin origin) {
        Pairs pairs = operation(ApplyScript.APPLY)
                .add(ApplyScript.STATUS, change.state().wireName())
                .add(ApplyScript.PROGRESS, change.progress())
                .add(ApplyScript.RESULT, change.result())
                .add(ApplyScript.RESULT_URL, change.resultUrl())
                .add(ApplyScript.ERROR, change.error())
                .add(ApplyScript.TYPE, change.type())
                .add(ApplyScript.EVENT_ID, change.eventId())
                .add(ApplyScript.OWNER, origin.owner())
                .add(ApplyScript.CREATES, origin.createsUnknown() ? YES : NO)
                .add(ApplyScript.PLAIN, origin.plainGateway());
        LeaseUse use = origin.lease();
        return (use == null ? pairs : leased(pairs, change.state(), use)).list();
    }

    /** The script takes what a lease says of a state with that state only. */
    private Pairs leased(Pairs pairs, JobState state, LeaseUse use) {
        pairs.add(ApplyScript.LEASE, use.leaseId())
                .add(ApplyScript.BEGINS, use.begins() ? YES : null)
                .add(ApplyScript.DEAD_TTL_MILLIS, deadTtlMillis);
        if (state == JobState.QUEUED) {
            pairs.add(ApplyScript.DELAY_MILLIS, use.delayMillis());
        }
        LeaseUse.Retry retry = use.retry();
        return state != JobState.FAILED || retry == null
                ? pairs
                : pairs.add(ApplyScript.RETRY_BASE_MILLIS, retry.baseMillis())
                        .add(ApplyScript.RETRY_MAX_MILLIS, retry.maxMillis())
                        .add(ApplyScript.JITTER_PER_MILLION, retry.jitterPerMillion());
    }

    List<byte[]> create(NewJob job, JobStore.Submission submission) {
        Plan plan = job.plan();
        Duration ttl = job.ttl();
        return operation(ApplyScript.CREATE)
                .add(ApplyScript.TYPE, job.type())
                .add(ApplyScript.INPUT, job.input())
                .add(ApplyScript.PRIORITY, job.priority())
                .add(ApplyScript.WEBHOOK, job.webhook())
                .add(ApplyScript.CORRELATION_ID, job.correlationId())
                .add(ApplyScript.ORIGINAL_JOB_ID, text(job.originalJobId()))
                .add(ApplyScript.OWNER, submission.owner())
                .add(ApplyScript.FINGERPRINT, submission.fingerprint())
                .addUnlessZero(ApplyScript.TTL_MILLIS, ttl == null ? 0 : ttl.toMillis())
                .addUnlessZero(ApplyScript.MAX_ATTEMPTS, submission.maxAttempts())
                .addUnlessZero(ApplyScript.RUN_AT_MILLIS, plan.runAtMillis())
                .addUnlessZero(ApplyScript.PLANNED_ATTEMPTS, plan.maxAttempts())
                .add(ApplyScript.AFTER, list(plan.after()))
                .add(ApplyScript.AFTER_FAILURE, plan.afterFailure() == AfterFailure.CANCEL ? "cancel" : null)
                .list();
    }

    /** As JSON; no character of an id needs an escape. */
    private static @Nullable String list(List<JobId> ids) {
        return ids.isEmpty()
                ? null
                : ids.stream().map(JobId::toString).collect(Collectors.joining("\",\"", "[\"", "\"]"));
    }

    private static @Nullable String text(@Nullable JobId id) {
        return id == null ? null : id.toString();
    }

    private Pairs operation(String name) {
        List<byte[]> list = new ArrayList<>(limits.size() + 36);
        list.add(name.getBytes(ISO_8859_1));
        list.addAll(limits);
        return new Pairs(list);
    }

    /** Names and values, one after the other. */
    private record Pairs(List<byte[]> list) {
        private Pairs add(String name, byte @Nullable [] value) {
            if (value != null) {
                list.add(name.getBytes(ISO_8859_1));
                list.add(value);
            }
            return this;
        }

        private Pairs add(String name, @Nullable String value) {
            return add(name, value == null ? null : value.getBytes(UTF_8));
        }

        private Pairs add(String name, long value) {
            return add(name, Long.toString(value).getBytes(ISO_8859_1));
        }

        private Pairs addUnlessZero(String name, long value) {
            return value == 0 ? this : add(name, value);
        }
    }
}
