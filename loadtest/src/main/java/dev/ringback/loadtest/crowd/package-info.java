/** The side that waits: thousands of connections that check all that they hear. */
@NullMarked
package dev.ringback.loadtest.crowd;

import org.jspecify.annotations.NullMarked;
