package dev.ringback.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A job as the store has it at one version.
 *
 * @param present the state, in the form in which events carry it
 * @param owner who may see it; null where nobody in particular owns it (it was made over Redis, or without authentication)
 */
public record JobSnapshot(JobEvent present, @Nullable String owner) {}
