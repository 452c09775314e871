/** Event loops as the rest of the gateway sees them: an executor that owns state, its clock and its ticker. */
@NullMarked
package dev.ringback.gateway.loop;

import org.jspecify.annotations.NullMarked;
