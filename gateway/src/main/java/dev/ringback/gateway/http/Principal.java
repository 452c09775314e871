package dev.ringback.gateway.http;

import dev.ringback.gateway.connection.Viewer;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request.
 *
 * @param owner whose jobs it may see and make; null for all owners' jobs
 * @param movesJobs whether it may say what becomes of jobs, as workers do
 */
public record Principal(@Nullable String owner, boolean movesJobs) implements Viewer {
    /** Everybody, where {@code auth.mode} is {@code none}. */
    public static final Principal ANYONE = new Principal(null, true);

    /** Somebody who has not said who they are, and may only see what is public. */
    static final Principal NOBODY = new Principal("", false);

    @Override
    public boolean maySee(@Nullable String jobOwner) {
        return owner == null || jobOwner == null || owner.equals(jobOwner);
    }
}
