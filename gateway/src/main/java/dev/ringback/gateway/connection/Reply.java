package dev.ringback.gateway.connection;

import dev.ringback.protocol.Problem;
import java.util.ArrayList;
import java.util.List;

/** One whole HTTP answer. Mutable while it is built; not to be changed once it was given to a connection. */
public final class Reply {
    public static final String JSON = "application/json";

    private static final byte[] NOTHING = {};

    private final int status;
    private final List<String> headers = new ArrayList<>(8);
    private String contentType = "";
    private byte[] body = NOTHING;
    /** Of a body that is not in this answer; negative where it is. */
    private long length = -1;

    private boolean closing;
    private boolean sized = true;

    private Reply(int status) {
        this.status = status;
    }

    /** An answer that is about a request, and so never kept by caches. */
    public static Reply of(int status) {
        return new Reply(status).header("Cache-Control", "no-store");
    }

    /** What the head of an event stream says: no cache may keep it, and no proxy hold it back or change it. */
    public static Reply stream() {
        return new Reply(200)
                .header("Cache-Control", "no-store, no-transform")
                .header("X-Accel-Buffering", "no")
                .header("Vary", "Accept, Prefer, Authorization");
    }

    public static Reply json(int status, byte[] json) {
        return of(status).body(JSON, json);
    }

    public static Reply problem(Problem problem) {
        return of(problem.status()).body(Problem.MEDIA_TYPE, problem.json());
    }

    /** Adds a header line. The value is printable ASCII: whatever comes from clients is checked before. */
    public Reply header(String name, String value) {
        headers.add(name);
        headers.add(value);
        return this;
    }

    /** The body; the bytes are not copied. */
    public Reply body(String type, byte[] bytes) {
        contentType = type;
        body = bytes;
        return this;
    }

    /** Ends the connection with this answer. */
    public Reply closing() {
        closing = true;
        return this;
    }

    /** States no length: the head of an answer whose body nobody asked for, and which has no end of its own. */
    public Reply unsized() {
        sized = false;
        return closing();
    }

    /** States the length of a body that is not in this answer: it is written after it, or was not asked for. */
    public Reply sized(String type, long bytes) {
        contentType = type;
        length = bytes;
        return this;
    }

    /** The length that is stated. */
    public long length() {
        return length < 0 ? body.length : length;
    }

    public boolean isSized() {
        return sized;
    }

    public int status() {
        return status;
    }

    /** Names and values in turn. */
    public List<String> headers() {
        return headers;
    }

    /** Empty where there is no body. */
    public String contentType() {
        return contentType;
    }

    public byte[] body() {
        return body;
    }

    public boolean isClosing() {
        return closing;
    }
}
