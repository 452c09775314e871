/** How long after a job's end its waiter knows. */
@NullMarked
package dev.ringback.loadtest.latency;

import org.jspecify.annotations.NullMarked;
