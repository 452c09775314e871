/** JMH benchmarks; the sub-packages mirror the gateway's. */
@NullMarked
package dev.ringback.bench;

import org.jspecify.annotations.NullMarked;
