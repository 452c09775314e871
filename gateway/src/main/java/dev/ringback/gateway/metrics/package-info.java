/** What operators measure. */
@NullMarked
package dev.ringback.gateway.metrics;

import org.jspecify.annotations.NullMarked;
