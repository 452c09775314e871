/** The wake-up: events of jobs, on their way from the store to the hub's shards. */
@NullMarked
package dev.ringback.gateway.relay;

import org.jspecify.annotations.NullMarked;
