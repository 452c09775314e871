/** What a parked connection costs the gateway's process. */
@NullMarked
package dev.ringback.loadtest.memory;

import org.jspecify.annotations.NullMarked;
