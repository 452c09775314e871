package dev.ringback.gateway.config;

/**
 * {@code results.*}: results that workers upload as bytes of any media type.
 *
 * @param kind where the bytes are kept
 * @param path the directory of {@link Kind#DIRECTORY}; relative to the working directory
 * @param memoryBytes how much the results in memory may hold, in bytes; when they are full, uploads are refused
 * @param maxBytes the largest result; more is 413
 * @param uploads how many may be on their way at once; more are refused
 */
public record ResultsConfig(
        @Setting("auto") Kind kind,
        @Setting("results") String path,

        @Setting(value = "256MiB", min = "64KiB", max = "1TiB")
        long memoryBytes,

        @Setting(value = "64MiB", min = "1KiB", max = "1TiB")
        long maxBytes,

        @Setting(value = "100", min = "1", max = "100000") int uploads) {
    /** What one value in Redis may have. */
    static final long REDIS_VALUE_BYTES = 512L << 20;

    /** Where the bytes are kept. */
    public enum Kind {
        /** What the jobs are kept in: {@link #MEMORY}, {@link #REDIS}, or a {@link #DIRECTORY} beside their file. */
        AUTO,
        /** In this process; gone when it ends. */
        MEMORY,
        /** In Redis, beside the job's record. */
        REDIS,
        /** In files of one directory, which all gateways that serve these jobs must share. */
        DIRECTORY
    }

    public ResultsConfig {
        Keys.requireAllowed(ResultsConfig.class, kind, path, memoryBytes, maxBytes, uploads);
    }

    /** {@link #kind} with {@link Kind#AUTO} decided by the store. */
    public Kind resolveKind(StoreConfig.Kind store) {
        if (kind != Kind.AUTO) {
            return kind;
        }
        return switch (store) {
            case MEMORY -> Kind.MEMORY;
            case FILE -> Kind.DIRECTORY;
            case REDIS -> Kind.REDIS;
        };
    }
}
