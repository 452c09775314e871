package dev.ringback.gateway.queue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import dev.ringback.protocol.Rfc3339;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Queues, leases and dead letters as workers and operators see them. Documents and inputs are spliced as they are. */
public final class QueueJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final double THOUSANDTHS = 1_000;

    private QueueJson() {}

    /** One lease. */
    public static byte[] lease(LeasedJob leased) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        write(out, leased);
        return out.toByteArray();
    }

    /** {@code {"leases": […]}}. */
    public static byte[] leases(List<LeasedJob> leased) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        raw(out, "{\"leases\":[");
        String comma = "";
        for (LeasedJob one : leased) {
            raw(out, comma);
            write(out, one);
            comma = ",";
        }
        raw(out, "]}");
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, LeasedJob leased) {
        raw(out, "{\"leaseId\":\"" + leased.token() + "\",\"deadline\":\"" + Rfc3339.format(leased.deadlineMillis()));
        raw(out, "\",\"leaseSeconds\":" + leased.leaseMillis() / THOUSANDTHS);
        raw(out, ",\"maxAttempts\":" + leased.work().maxAttempts() + ",\"job\":");
        out.writeBytes(leased.job().json());
        input(out, leased.input());
        raw(out, "}");
    }

    private static void input(ByteArrayOutputStream out, byte @Nullable [] input) {
        if (input != null) {
            raw(out, ",\"input\":");
            out.writeBytes(input);
        }
    }

    /** A dead letter, or a page's part of one. */
    public static byte[] dead(JobEvent job, long diedMillis, byte @Nullable [] input) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        raw(out, "{\"diedAt\":\"" + Rfc3339.format(diedMillis) + "\",\"job\":");
        out.writeBytes(job.json());
        input(out, input);
        raw(out, "}");
        return out.toByteArray();
    }

    /** {@code {"dead": […], "next"}}. */
    public static byte[] deadPage(List<byte[]> letters, @Nullable String next) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        raw(out, "{\"dead\":[");
        String comma = "";
        for (byte[] letter : letters) {
            raw(out, comma);
            out.writeBytes(letter);
            comma = ",";
        }
        raw(out, next == null ? "]}" : "],\"next\":\"" + next + "\"}");
        return out.toByteArray();
    }

    /** What becomes of what a worker said. */
    public static byte[] report(LeaseDesk.Answer answer, @Nullable JobState heartbeat) {
        ObjectNode node = MAPPER.createObjectNode();
        JobState state = heartbeat;
        if (answer.write() != null) {
            JobEvent job = answer.write().job();
            state = job.state();
            node.put("version", job.version());
        }
        if (state != null) {
            node.put("status", state.wireName());
        }
        JobWork work = answer.write() == null ? null : answer.write().work();
        if (work != null && state == JobState.QUEUED) {
            node.put("attempt", work.attempt());
            node.put("runAt", Rfc3339.format(work.dueMillis()));
        }
        if (answer.deadlineMillis() > 0) {
            node.put("deadline", Rfc3339.format(answer.deadlineMillis()));
        }
        if (answer.verdict() == LeaseDesk.Verdict.CANCELLED) {
            node.put("cancelled", true);
        }
        if (answer.verdict() == LeaseDesk.Verdict.DUPLICATE) {
            node.put("duplicate", true);
        }
        return bytes(node);
    }

    /** {@code {"queues": […], "blocked"}}. */
    public static byte[] queues(Map<String, QueueFigures> figures, long blocked, long nowMillis) {
        ObjectNode node = MAPPER.createObjectNode();
        var list = node.putArray("queues");
        figures.forEach((type, of) -> list.add(node(type, of, nowMillis)));
        node.put("blocked", blocked);
        return bytes(node);
    }

    /** One queue. */
    public static byte[] queue(String type, QueueFigures figures, long nowMillis) {
        return bytes(node(type, figures, nowMillis));
    }

    private static ObjectNode node(String type, QueueFigures of, long nowMillis) {
        ObjectNode node = MAPPER.createObjectNode()
                .put("type", type)
                .put("waiting", of.waiting())
                .put("delayed", of.delayed())
                .put("leased", of.leased())
                .put("dead", of.dead())
                .put("oldestAgeSeconds", rounded(of.oldestAgeMillis(nowMillis) / THOUSANDTHS))
                .put("workers", of.workers())
                .put("jobsPerWorker", rounded(of.jobsPerWorker()))
                .put("endsPerSecond", rounded(of.endsPerSecond()));
        QueueFigures.Counts counts = of.counts();
        node.putObject("counts")
                .put("added", counts.added())
                .put("completed", counts.completed())
                .put("failed", counts.failed())
                .put("cancelled", counts.cancelled())
                .put("dead", counts.dead())
                .put("retried", counts.retried())
                .put("released", counts.released())
                .put("lost", counts.lost());
        return node;
    }

    private static double rounded(double number) {
        return Math.round(number * THOUSANDTHS) / THOUSANDTHS;
    }

    /** {@code {"<what>": count, "more"}}. */
    public static byte[] count(String what, long count, @Nullable String next) {
        ObjectNode node = MAPPER.createObjectNode().put(what, count).put("more", next != null);
        if (next != null) {
            node.put("next", next);
        }
        return bytes(node);
    }

    /** {@code {"jobId", "jobs": […], "truncated"}}. */
    public static byte[] tree(JobId root, List<JobTree.Node> nodes, boolean truncated) {
        ObjectNode node = MAPPER.createObjectNode().put("jobId", root.toString());
        var list = node.putArray("jobs");
        for (JobTree.Node one : nodes) {
            ObjectNode job = list.addObject()
                    .put("jobId", one.id().toString())
                    .put("status", one.state().wireName());
            var after = job.putArray("after");
            one.after().forEach(id -> after.add(id.toString()));
        }
        if (truncated) {
            node.put("truncated", true);
        }
        return bytes(node);
    }

    private static void raw(ByteArrayOutputStream out, String ascii) {
        out.writeBytes(ascii.getBytes(ISO_8859_1));
    }

    private static byte[] bytes(ObjectNode node) {
        try {
            return MAPPER.writeValueAsString(node).getBytes(UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
