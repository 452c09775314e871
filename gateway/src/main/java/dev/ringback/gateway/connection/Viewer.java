package dev.ringback.gateway.connection;

import org.jspecify.annotations.Nullable;

/** Who looks at jobs. */
public interface Viewer {
    /** Whether this viewer may see jobs of the owner; null for jobs of nobody in particular. */
    boolean maySee(@Nullable String owner);
}
