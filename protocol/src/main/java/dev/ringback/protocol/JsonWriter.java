package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Builds one JSON object as bytes: strings are escaped, callers' JSON is spliced as it is. Absent members are left out. */
final class JsonWriter {
    private byte[] out;
    private int length;
    private boolean first = true;

    JsonWriter(int expectedBytes) {
        out = new byte[expectedBytes];
        raw('{');
    }

    JsonWriter string(String name, @Nullable String value) {
        if (value != null) {
            name(name);
            quoted(value);
        }
        return this;
    }

    JsonWriter number(String name, long value) {
        name(name);
        return raw(Long.toString(value).getBytes(ISO_8859_1));
    }

    /** A member whose value is already JSON. */
    JsonWriter json(String name, byte @Nullable [] value) {
        if (value != null) {
            name(name);
            raw(value);
        }
        return this;
    }

    /** A member with a time; left out where it is 0. */
    JsonWriter time(String name, long epochMillis) {
        if (epochMillis == 0) {
            return this;
        }
        name(name);
        raw('"');
        reserve(Rfc3339.LENGTH);
        Rfc3339.write(epochMillis, out, length);
        length += Rfc3339.LENGTH;
        return raw('"');
    }

    /** A member with a job id, which needs no escaping. */
    JsonWriter jobId(String name, JobId id) {
        name(name);
        raw('"');
        id.writeTo(this);
        return raw('"');
    }

    JsonWriter raw(byte[] bytes) {
        reserve(bytes.length);
        System.arraycopy(bytes, 0, out, length, bytes.length);
        length += bytes.length;
        return this;
    }

    /** Closes the object and hands over its bytes; the writer is finished. */
    byte[] end() {
        raw('}');
        return out.length == length ? out : Arrays.copyOf(out, length);
    }

    private void name(String name) {
        if (!first) {
            raw(',');
        }
        first = false;
        raw('"');
        raw(name.getBytes(ISO_8859_1));
        raw('"');
        raw(':');
    }

    private void quoted(String value) {
        raw('"');
        raw(JsonStringEncoder.getInstance().quoteAsUTF8(value));
        raw('"');
    }

    private JsonWriter raw(char ascii) {
        reserve(1);
        out[length++] = (byte) ascii;
        return this;
    }

    private void reserve(int bytes) {
        if (out.length - length < bytes) {
            out = Arrays.copyOf(out, Math.max(out.length * 2, length + bytes));
        }
    }
}
