/** Speaks the wire protocol: makes jobs, moves them, waits for them. */
@NullMarked
package dev.ringback.loadtest.client;

import org.jspecify.annotations.NullMarked;
