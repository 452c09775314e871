package dev.ringback.gateway.store;

import dev.ringback.gateway.store.StoredJob.Hooks;
import dev.ringback.gateway.store.StoredJob.Own;
import dev.ringback.gateway.store.StoredJob.PlainLease;
import dev.ringback.gateway.store.StoredJob.Work;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.NewJob;
import dev.ringback.protocol.NewJob.AfterFailure;
import dev.ringback.protocol.NewJob.Plan;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the file store writes jobs and submissions as bytes: fields in a fixed order, without names. A change of it needs another
 * {@link JobFile#VERSION}, and reads what the versions before have written.
 */
final class StoredJobFormat {
    private static final int ABSENT = -1;
    private static final Own[] OWN = Own.values();

    private StoredJobFormat() {}

    private interface Fields<T> {
        T read(DataInputStream in) throws IOException;
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    static byte[] encode(StoredJob job) {
        return bytes(out -> {
            JobRecord record = job.record();
            out.writeBoolean(record != null);
            if (record != null) {
                record(out, record);
            }
            text(out, job.formerOwner());
            out.writeLong(job.ttl() == null ? ABSENT : job.ttl().toMillis());
            text(out, job.fingerprint());
            text(out, job.lastEventId());
            PlainLease lease = job.lease();
            text(out, lease == null ? null : lease.gateway());
            out.writeLong(lease == null ? 0 : lease.untilMillis());
            out.writeLong(job.deadlineMillis());
            out.writeByte(job.hooks().own().ordinal());
            out.writeLong(job.hooks().toldMillis());
            work(out, job.work());
        });
    }

    /** Throws {@link StoreException.Kind#CORRUPT} where the bytes are none of ours. */
    static StoredJob decode(JobId id, byte[] bytes) {
        return read(id, bytes, in -> {
            JobRecord record = in.readBoolean() ? record(in, id) : null;
            String formerOwner = text(in);
            long ttl = in.readLong();
            String fingerprint = text(in);
            String lastEventId = text(in);
            String gateway = text(in);
            long until = in.readLong();
            return new StoredJob(
                    id,
                    record,
                    formerOwner,
                    ttl == ABSENT ? null : Duration.ofMillis(ttl),
                    fingerprint,
                    lastEventId,
                    gateway == null ? null : new PlainLease(gateway, until),
                    in.readLong(),
                    hooks(in, fingerprint != null),
                    work(in));
        });
    }

    private static void work(DataOutputStream out, @Nullable Work work) throws IOException {
        out.writeBoolean(work != null);
        if (work != null) {
            out.writeInt(work.maxAttempts());
            out.writeInt(work.released());
            text(out, work.leaseId());
            out.writeLong(work.dueMillis());
            out.writeBoolean(work.dead());
        }
    }

    /** Versions 1 and 2 end before it. */
    private static @Nullable Work work(DataInputStream in) throws IOException {
        if (in.available() == 0 || !in.readBoolean()) {
            return null;
        }
        return new Work(in.readInt(), in.readInt(), text(in), in.readLong(), in.readBoolean());
    }

    /** Version 1 ends before them: a job that was submitted may have a webhook then. */
    private static Hooks hooks(DataInputStream in, boolean submitted) throws IOException {
        if (in.available() == 0) {
            return submitted ? new Hooks(Own.ENDS, 0) : Hooks.NONE;
        }
        int own = in.readUnsignedByte();
        if (own >= OWN.length) {
            throw new IOException("no webhook of kind " + own);
        }
        return new Hooks(OWN[own], in.readLong());
    }

    private static void record(DataOutputStream out, JobRecord record) throws IOException {
        text(out, record.incarnation());
        out.writeLong(record.version());
        text(out, record.state().wireName());
        text(out, record.type());
        text(out, record.owner());
        JobRecord.Times times = record.times();
        out.writeLong(times.created());
        out.writeLong(times.updated());
        out.writeLong(times.started());
        out.writeLong(times.completed());
        out.writeLong(times.expires());
        json(out, record.progress());
        json(out, record.result());
        text(out, record.resultUrl());
        json(out, record.error());
        out.writeInt(record.attempt());
        text(out, record.correlationId());
        text(out, record.originalJobId());
    }

    private static JobRecord record(DataInputStream in, JobId id) throws IOException {
        Cursor cursor = new Cursor(required(text(in)), in.readLong());
        return new JobRecord(
                id,
                cursor.incarnation(),
                cursor.version(),
                state(required(text(in))),
                text(in),
                text(in),
                new JobRecord.Times(in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong()),
                json(in),
                json(in),
                text(in),
                json(in),
                in.readInt(),
                text(in),
                text(in));
    }

    static byte[] encode(NewJob job) {
        return bytes(out -> {
            text(out, job.type());
            json(out, job.input());
            out.writeInt(job.priority());
            json(out, job.webhook());
            text(out, job.correlationId());
            out.writeLong(job.ttl() == null ? ABSENT : job.ttl().toMillis());
            text(out, job.originalJobId() == null ? null : job.originalJobId().toString());
            plan(out, job.plan());
        });
    }

    private static void plan(DataOutputStream out, Plan plan) throws IOException {
        out.writeInt(plan.maxAttempts());
        out.writeLong(plan.runAtMillis());
        out.writeInt(plan.after().size());
        for (JobId id : plan.after()) {
            text(out, id.toString());
        }
        out.writeByte(plan.afterFailure().ordinal());
    }

    /** Versions 1 and 2 end before it. */
    private static Plan plan(DataInputStream in) throws IOException {
        if (in.available() == 0) {
            return Plan.NONE;
        }
        int maxAttempts = in.readInt();
        long runAt = in.readLong();
        int count = in.readInt();
        List<JobId> after = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            after.add(JobId.of(required(text(in))));
        }
        return new Plan(maxAttempts, runAt, after, in.readByte() == 0 ? AfterFailure.FAIL : AfterFailure.CANCEL);
    }

    /** Throws {@link StoreException.Kind#CORRUPT} where the bytes are none of ours. */
    static NewJob decodeSubmission(JobId id, byte[] bytes) {
        return read(id, bytes, in -> {
            String type = required(text(in));
            byte[] input = json(in);
            int priority = in.readInt();
            byte[] webhook = json(in);
            String correlationId = text(in);
            long ttl = in.readLong();
            String original = text(in);
            return new NewJob(
                    type,
                    input,
                    priority,
                    webhook,
                    correlationId,
                    ttl == ABSENT ? null : Duration.ofMillis(ttl),
                    original == null ? null : JobId.of(original),
                    plan(in));
        });
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(JobId id, byte[] bytes, Fields<T> fields) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            T read = fields.read(in);
            if (in.available() > 0) {
                throw new IOException(in.available() + " bytes too many");
            }
            return read;
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(id);
        }
    }

    static JobState state(JobId id, @Nullable String wireName) {
        try {
            return state(required(wireName));
        } catch (IOException e) {
            throw damaged(id);
        }
    }

    private static StoreException damaged(JobId id) {
        return new StoreException(StoreException.Kind.CORRUPT, "the file's record of job " + id + " is damaged");
    }

    private static JobState state(String wireName) throws IOException {
        for (JobState state : JobState.values()) {
            if (state.wireName().equals(wireName)) {
                return state;
            }
        }
        throw new IOException("no state " + wireName);
    }

    private static String required(@Nullable String text) throws IOException {
        if (text == null) {
            throw new IOException("a field is missing");
        }
        return text;
    }

    /** In the encoding of Java's class files, which keeps lone surrogates. */
    private static void text(DataOutputStream out, @Nullable String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    private static @Nullable String text(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }

    private static void json(DataOutputStream out, byte @Nullable [] json) throws IOException {
        out.writeInt(json == null ? ABSENT : json.length);
        if (json != null) {
            out.write(json);
        }
    }

    private static byte @Nullable [] json(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length == ABSENT) {
            return null;
        }
        if (length < 0 || length > in.available()) {
            throw new IOException(length + " bytes of JSON");
        }
        return in.readNBytes(length);
    }
}
