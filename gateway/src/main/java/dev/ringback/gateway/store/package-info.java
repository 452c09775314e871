/** The truth: what each job's state is, moved one atomic step at a time. */
@NullMarked
package dev.ringback.gateway.store;

import org.jspecify.annotations.NullMarked;
