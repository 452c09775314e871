/** A worker for queues of Ringback, as programs in Java use it. It knows the gateway by its HTTP side alone. */
@NullMarked
package dev.ringback.worker;

import org.jspecify.annotations.NullMarked;
