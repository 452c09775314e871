package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;

/**
 * How fast a job moves, by its own document. Times are milliseconds since the epoch, 0 where the document has none.
 *
 * @param type the job's type; null where it has none
 * @param done how much of the work is done, from 0 to 1; NaN where the progress does not say
 * @param retryable whether the job has failed with an error that another try may not have
 */
public record JobPace(
        @Nullable String type,
        long createdMillis,
        long updatedMillis,
        long startedMillis,
        long completedMillis,
        double done,
        boolean retryable) {

    /** Reads the document of an event, which was checked before. */
    public static JobPace of(JobEvent event) {
        Reader reader = new Reader();
        try {
            JsonMembers.visit(event.json(), reader::member);
        } catch (InvalidDocumentException e) {
            throw new IllegalStateException("an event's document is checked before it becomes one", e);
        }
        boolean retryable = event.state() == JobState.FAILED && reader.retryable;
        return new JobPace(
                reader.type,
                reader.created,
                reader.updated,
                reader.started,
                reader.completed,
                reader.total > 0 ? Math.min(1, Math.max(0, reader.current / reader.total)) : Double.NaN,
                retryable);
    }

    /** Whether an error says that another try would end the same way: only {@code "retryable": false} says so. */
    public static boolean isPermanent(byte @Nullable [] error) {
        if (error == null) {
            return false;
        }
        boolean[] permanent = {false};
        try {
            JsonMembers.visit(error, (name, value) -> {
                if (name.equals("retryable")) {
                    permanent[0] = new String(value.bytes(), ISO_8859_1).equals("false");
                }
            });
        } catch (InvalidDocumentException e) {
            throw new IllegalStateException("an error is checked before it is looked at", e);
        }
        return permanent[0];
    }

    private static final class Reader {
        private @Nullable String type;
        private long created;
        private long updated;
        private long started;
        private long completed;
        private double current;
        private double total;
        private boolean retryable;

        void member(String name, JsonMembers.Value value) throws InvalidDocumentException {
            switch (name) {
                case "type" -> type = value.isString() ? value.string() : null;
                case "createdAt" -> created = time(value);
                case "updatedAt" -> updated = time(value);
                case "startedAt" -> started = time(value);
                case "completedAt" -> completed = time(value);
                case "progress" -> {
                    if (value.isObject()) {
                        JsonMembers.visit(value.bytes(), this::progress);
                    }
                }
                case "error" -> {
                    if (value.isObject()) {
                        JsonMembers.visit(value.bytes(), this::error);
                    }
                }
                default -> {
                    // Says nothing of the pace.
                }
            }
        }

        private void progress(String name, JsonMembers.Value value) {
            if (name.equals("current")) {
                current = number(value);
            } else if (name.equals("total")) {
                total = number(value);
            }
        }

        private void error(String name, JsonMembers.Value value) {
            if (name.equals("retryable")) {
                retryable = new String(value.bytes(), ISO_8859_1).equals("true");
            }
        }

        private static long time(JsonMembers.Value value) throws InvalidDocumentException {
            return value.isString() ? Math.max(0, Rfc3339.read(value.string())) : 0;
        }

        /** A worker's number may have any length, and counts as none where a double can't hold it. */
        private static double number(JsonMembers.Value value) {
            if (!value.isNumber()) {
                return 0;
            }
            double number = Double.parseDouble(new String(value.bytes(), ISO_8859_1));
            return Double.isFinite(number) ? number : 0;
        }
    }
}
