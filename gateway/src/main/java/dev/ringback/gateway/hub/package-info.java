/** Who waits for what: topics sharded by job id, each shard owned by one event loop. No HTTP, no Redis, no codecs. */
@NullMarked
package dev.ringback.gateway.hub;

import org.jspecify.annotations.NullMarked;
