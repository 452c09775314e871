/** Queues: jobs that wait for workers, the leases by which workers have them, and what becomes of those that nobody can do. */
@NullMarked
package dev.ringback.gateway.queue;

import org.jspecify.annotations.NullMarked;
