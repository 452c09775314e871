/** The side that makes events, on schedule. */
@NullMarked
package dev.ringback.loadtest.publish;

import org.jspecify.annotations.NullMarked;
