package dev.ringback.loadtest.publish;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.loadtest.scenario.Scenario.PublisherKind;
import dev.ringback.loadtest.server.ServerKind.Change;
import dev.ringback.protocol.ApplyScript;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.RedisKeys;
import java.io.ByteArrayOutputStream;

/** Events over Redis (RESP2): published plainly, by the apply script, or as the script publishes them, but without a record. */
final class RedisCodec implements Codec {
    private static final String TIME = "2026-01-01T00:00:00.000Z";

    private final PublisherKind kind;

    RedisCodec(PublisherKind kind) {
        this.kind = kind;
    }

    @Override
    public byte[] greeting() {
        return kind == PublisherKind.REDIS_APPLY
                ? command(bytes("SCRIPT"), bytes("LOAD"), ApplyScript.source())
                : command(bytes("PING"));
    }

    @Override
    public byte[] change(Change change) {
        JobId job = JobId.of(change.job());
        String status = change.ends() ? "completed" : "processing";
        String value = change.ends() ? ApplyScript.RESULT : ApplyScript.PROGRESS;
        String said = "\"status\":\"" + status + "\",\"" + value + "\":" + change.value();
        return switch (kind) {
            case REDIS_PUBLISH -> command(bytes("PUBLISH"), job.channel(), bytes("{" + said + "}"));
            case REDIS_RELAY ->
                command(bytes("PUBLISH"), job.channel(), bytes("{\"rb\":1," + document(job, change.version(), said)));
            default -> script(job, ApplyScript.APPLY, ApplyScript.STATUS, status, value, change.value());
        };
    }

    /** A job's document without its first brace. */
    private static String document(JobId job, long version, String said) {
        return "\"jobId\":\"" + job + "\",\"type\":\"load\"," + said + ",\"version\":" + version
                + ",\"incarnation\":\"load\",\"createdAt\":\"" + TIME + "\",\"updatedAt\":\"" + TIME
                + "\",\"startedAt\":\"" + TIME + "\",\"attempt\":1}";
    }

    @Override
    public byte[] create(String job) {
        JobId id = JobId.of(job);
        if (kind == PublisherKind.REDIS_RELAY) {
            // The gateway believes events only of jobs that it finds when it reads them.
            String first = "{" + document(id, 1, "\"status\":\"processing\"");
            return command(bytes("HSET"), RedisKeys.record(id), bytes("doc"), bytes(first));
        }
        return script(id, ApplyScript.CREATE, ApplyScript.TYPE, "load");
    }

    private static byte[] script(JobId job, String... arguments) {
        byte[][] parts = new byte[6 + arguments.length][];
        parts[0] = bytes("EVALSHA");
        parts[1] = bytes(ApplyScript.sha1());
        parts[2] = bytes("3");
        parts[3] = RedisKeys.record(job);
        parts[4] = RedisKeys.log(job);
        parts[5] = RedisKeys.result(job);
        for (int i = 0; i < arguments.length; i++) {
            parts[6 + i] = bytes(arguments[i]);
        }
        return command(parts);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] command(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes("*" + parts.length + "\r\n"));
        for (byte[] part : parts) {
            out.writeBytes(bytes("$" + part.length + "\r\n"));
            out.writeBytes(part);
            out.writeBytes(bytes("\r\n"));
        }
        return out.toByteArray();
    }

    @Override
    public int answer(byte[] bytes, int from, int to, Answer into) {
        int end = skip(bytes, from, to);
        if (end >= 0) {
            String text = new String(bytes, from, end - from, ISO_8859_1);
            boolean refused =
                    text.startsWith("*") && !text.contains("\r\napplied\r\n") && !text.contains("\r\ncreated\r\n");
            into.accepted = !text.startsWith("-") && !refused;
            into.reason = text.lines().limit(3).reduce("Redis:", (a, b) -> a + " " + b);
            into.version = Versions.in(text, 0, text.length());
        }
        return end;
    }

    /** Returns where the reply ends that begins there. */
    private static int skip(byte[] bytes, int from, int to) {
        int line = from;
        while (line + 1 < to && bytes[line] != '\r') {
            line++;
        }
        int next = line + 2;
        if (next > to || from >= to) {
            return NEEDS_MORE;
        }
        byte kind = bytes[from];
        if (kind != '$' && kind != '*') {
            return next;
        }
        int count = Integer.parseInt(new String(bytes, from + 1, line - from - 1, ISO_8859_1));
        if (kind == '$') {
            int end = count < 0 ? next : next + count + 2;
            return end > to ? NEEDS_MORE : end;
        }
        for (int i = 0; i < count && next >= 0; i++) {
            next = skip(bytes, next, to);
        }
        return next;
    }
}
