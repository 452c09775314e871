/** Redis as the store and the relay use it: one client per shard, on the shard's own event loop. The only place that knows Lettuce. */
@NullMarked
package dev.ringback.gateway.redis;

import org.jspecify.annotations.NullMarked;
